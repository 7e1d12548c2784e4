"""What settling items does to their tax: what is withheld first, then what falls due."""

from collections.abc import Iterable
from datetime import date

from erp.receivables.models import OpenItem
from erp.receivables.services.tax_falling_due import let_tax_fall_due
from erp.receivables.services.tax_withheld import withhold


def tax_follows(items: Iterable[OpenItem], *, on: date) -> None:
    """Brings withheld tax and tax on payment to what the items now have settled, whether that grew or was taken back. Nothing is asked of the
    database for items that have neither. Raises Refusal: closed period, missing role, a supplier paid more than withholding leaves.
    """
    touched = {item.pk: item for item in items if item.withheld or item.is_taxed_on_payment}
    if not touched:
        return
    withheld = [item for item in touched.values() if item.withheld]
    if withheld:
        withhold(withheld, on=on)
    on_payment = [item for item in touched.values() if item.is_taxed_on_payment]
    if on_payment:
        let_tax_fall_due(on_payment, on=on)
