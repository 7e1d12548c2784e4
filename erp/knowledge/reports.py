"""What reports say of the time they are known at."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _


def known_facts(known: datetime | None) -> tuple[tuple[str, str], ...]:
    """The line above a report that says what it knows; nothing where it knows all that is posted."""
    return ((_("As known at"), date_format(timezone.localtime(known), "DATETIME_FORMAT")),) if known is not None else ()
