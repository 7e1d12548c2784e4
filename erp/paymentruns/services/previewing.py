"""What a proposal would post, found by posting it and rolling back."""

from typing import Any

from django.db import connection, transaction

from erp.paymentruns.services.paying import pay_lines
from erp.paymentruns.services.proposing import propose_batches
from suite.kernel.companies.cause import caused_by
from suite.kernel.documents.event_ids import draw_event_id
from suite.kernel.documents.preview import Preview, collect_effects
from suite.kernel.documents.work import unit_of_work


class _RollBack(Exception):
    pass


def preview_proposal(*, actor: Any, **proposal: Any) -> Preview:
    """The ledger lines that sending the proposed batches will post; takes what `propose_batches` takes, raises what it and the payments raise."""
    result = Preview()
    try:
        with transaction.atomic(), unit_of_work(actor, previewing=True) as work, caused_by(draw_event_id()):
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '500ms'")
            for batch in propose_batches(actor=actor, **proposal):
                pay_lines(batch, list(batch.lines.select_related("party", "payee_account", "mandate").order_by("position")), actor)
                result.messages.append(str(batch.get_method_display()))
            collect_effects(work, result)
            raise _RollBack
    except _RollBack:
        return result
