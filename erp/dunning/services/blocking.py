"""What keeps a customer or an item from being dunned."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils import timezone
from django.utils.translation import gettext as _

from erp.dunning.models import DunningBlock
from erp.dunning.selectors import DUNNED_KINDS
from suite.access.permissions import may
from suite.kernel.documents.editing import editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.work import in_unit_of_work


@editing(DunningBlock)
def refuse_bad_block(block: DunningBlock, *, actor: Any) -> None:
    """Raises Refusal: no reason, a day that has passed, an item of another customer or none that is dunned."""
    block.reason = " ".join(block.reason.split())
    if not block.reason:
        raise Refusal(_("Say why nothing is dunned; nothing was saved."), field="reason", code="dunning_block_has_a_reason")
    if block.pk is None and block.until < timezone.localdate():
        raise Refusal(_("A block lasts until today or longer; nothing was saved."), field="until", hint=_("Choose the day it ends."))
    item = block.item
    if item is not None and (item.party_id != block.customer_id or item.kind not in DUNNED_KINDS or item.amount <= 0):
        raise Refusal(
            _("%(item)s is nothing that %(customer)s is dunned for; nothing was saved.") % {"item": item, "customer": block.customer}, field="item",
            code="foreign_item", hint=_("Choose an open invoice of this customer, or leave the item empty."),
        )


def block_dunning(
    *, company_id: int, customer_id: int, reason: str, until: date, actor: Any, kind: str = DunningBlock.Kind.DISPUTE, item_id: int | None = None,
) -> DunningBlock:
    """The customer (or one item) is not dunned up to and with that day. Raises PermissionDenied, and Refusal as the page does."""

    def block() -> DunningBlock:
        if not may(actor, DunningBlock, "add"):
            raise PermissionDenied(_("You may not block dunning."))
        made = DunningBlock(company_id=company_id, customer_id=customer_id, item_id=item_id, kind=kind, reason=reason, until=until)
        refuse_bad_block(made, actor=actor)
        made.save()
        return made

    return in_unit_of_work(block, actor=actor)
