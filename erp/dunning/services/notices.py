"""One letter: left out of its run or taken back in, sent, its charges waived."""

from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from erp.dunning.models import DunningNotice, DunningRun
from erp.dunning.printouts import print_notice, words_of
from erp.dunning.selectors import charges_of
from erp.dunning.services.posting import charge_lines
from erp.ledger.models import Journal
from erp.ledger.services.entries import begin_entry, complete_entry
from erp.receivables.models import OpenItem
from erp.receivables.selectors import posting_facts
from erp.receivables.services.settling import settle_against
from erp.receivables.services.writing import open_item
from suite.kernel.attachments.services import attachments_named, keep_made
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.transitions import Act, transition
from suite.kernel.mail.services import keep_mail
from suite.kernel.parties.selectors import mail_address

Status = DunningNotice.Status


@transition(
    DunningNotice, "leave_out", source={Status.PROPOSED}, target=Status.LEFT_OUT, label=gettext_lazy("Leave out"), icon="user-minus", order=30,
)
def leave_out_notice(notice: DunningNotice, *, actor: Any, act: Act, reason: str = "") -> None:
    """The customer gets no letter by this run; the items keep their level and come again next time."""
    _refuse_unless_proposed(notice)


@transition(
    DunningNotice, "take_in", source={Status.LEFT_OUT}, target=Status.PROPOSED, label=gettext_lazy("Take in again"), icon="user-plus", order=30,
)
def take_in_notice(notice: DunningNotice, *, actor: Any, act: Act) -> None:
    """The customer gets the letter after all."""
    _refuse_unless_proposed(notice)


def _refuse_unless_proposed(notice: DunningNotice) -> None:
    if notice.run.status != DunningRun.Status.PROPOSED:
        raise Refusal(_("%(run)s is finished; nothing was changed.") % {"run": notice.run}, code="run_finished")


@transition(
    DunningNotice, "send", source=DunningNotice.STANDING, target=None, label=gettext_lazy("Send by mail"), icon="mail-forward", order=10,
)
def send_notice(notice: DunningNotice, *, actor: Any, act: Act) -> None:
    """The letter, kept with the record as it was printed first, on its way to the customer. Raises Refusal: the customer has no address."""
    address = mail_address(notice.customer)
    printout = print_notice(notice)
    kept = attachments_named(notice, printout.filename).first() or keep_made(
        record=notice, name=printout.filename, content=printout.content, media_type=printout.media_type, actor=actor,
    )
    with override(notice.customer.language):
        words = words_of(notice)
    keep_mail(record=notice, to=address, subject=words.subject, body=words.mail, attachment=kept, actor=actor)
    act.payload["to"] = address


@transition(
    DunningNotice, "waive", source={Status.ISSUED}, target=Status.WAIVED, label=gettext_lazy("Waive fee and interest"), icon="heart-handshake",
    is_dangerous=True, order=60,
)
def waive_charges(notice: DunningNotice, *, actor: Any, act: Act, reason: str, on: date | None = None) -> None:
    """Fee and interest of the letter, taken back by the mirror of their posting; what was paid of them becomes a credit. The level stays.

    Raises Refusal: no reason, no charges, a day before the letter's, a closed period.
    """
    on = on or max(timezone.localdate(), notice.issued_on)
    charges = charges_of(notice)
    if not reason.strip():
        raise Refusal(_("Say why the charges are waived; nothing was done."), field="reason", code="reason_missing")
    if not charges:
        raise Refusal(_("%(notice)s has no fee and no interest; nothing was done.") % {"notice": notice}, code="nothing_to_waive")
    if on < notice.issued_on:
        raise Refusal(_("Charges are not waived before they were made; nothing was done."), field="on", code="too_early")
    entry = begin_entry(
        company_id=notice.company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, actor=actor, source_key=f"{notice.key}/waived",
        description=f"{notice.number} {reason}".strip(),
    )
    facts = posting_facts(notice.company_id)
    mirrors, lines = [], []
    for charge in charges:
        mirrors.append(open_item(
            entry, facts, party_id=notice.customer_id, kind=charge.kind, document_key=notice.key, amount=-charge.amount, issued_on=on,
            currency_id=charge.currency_id, amount_currency=-charge.amount_currency,
        ))
        lines += charge_lines(notice, -charge.amount, -charge.amount_currency, facts)
    OpenItem.objects.bulk_create(mirrors)
    complete_entry(entry, lines, actor)
    settle_against(credit_items=mirrors, debit_items=charges, on=on)
    notice.waiver = entry
