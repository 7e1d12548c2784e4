"""Which moment a report as known then stands for."""

from datetime import datetime

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal


def known_until(company_id: int, known_at: datetime | None) -> datetime | None:
    """The moment itself, or now where it lies ahead; by then whoever was posting has committed, so nothing known at it appears later.

    None stays None: everything that is committed. To be called before the statement that reads. Raises Refusal when a posting hangs.
    """
    if known_at is None:
        return None
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT erp_known_until(%s, %s)", [company_id, known_at])
            return cursor.fetchone()[0]
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) != "55P03" and getattr(error.__cause__, "pgcode", None) != "55P03":
            raise
        raise Refusal(
            _("Postings are being committed at this moment; the report of what was known was not made."), code="postings_under_way",
            hint=_("Ask again in a moment."),
        ) from error
