"""The dunning letter on paper: in the customer's language, on the company's letterhead."""

from dataclasses import dataclass

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from erp.dunning.models import DunningNotice, DunningNoticeLine, DunningText
from erp.dunning.rules import filled
from suite.kernel.parties.selectors import letter_address
from suite.kernel.printing.letters import Column, Letter, day, money, number
from suite.kernel.printing.services import Printout


@dataclass(frozen=True)
class Words:
    """What a letter says besides its table, in the language that is active."""

    subject: str
    opening: str
    closing: str

    @property
    def mail(self) -> str:
        """The text of the mail that carries the letter."""
        return "\n\n".join(part for part in (self.opening, self.closing, _("The letter with all items is attached.")) if part)


def words_of(notice: DunningNotice) -> Words:
    """The level's own text in the active language (else in English), else the suite's words; placeholders filled."""
    language = (translation.get_language() or "en")[:2]
    texts = {text.language[:2]: text for text in DunningText.objects.filter(level=notice.level_id)}
    text = texts.get(language) or texts.get("en")
    facts = {
        "customer": notice.customer.name, "company": notice.company.name, "level": notice.level.name, "date": day(notice.issued_on),
        "pay_by": day(notice.pay_by), "total": money(notice.total, notice.currency), "fee": money(notice.fee, notice.currency),
        "interest": money(notice.interest, notice.currency), "number": notice.number or "",
    }
    if text is not None:
        return Words(*(filled(part, facts) for part in (text.subject, text.opening, text.closing)))
    return Words(*(filled(part, facts) for part in _usual(notice.level.position, is_last=notice.level.stops_delivery)))


def _usual(position: int, *, is_last: bool) -> tuple[str, str, str]:
    """What letters say where a company has written no text of its own."""
    closing = _("Please pay {total} by {pay_by}. If you have paid already, please take this letter as settled.")
    if position == 1:
        return _("Payment reminder"), _("you will surely have overlooked that the items below are due."), closing
    opening = _("despite our reminder we have not seen the payment of the items below.")
    if not is_last:
        return _("Dunning letter"), opening, closing
    return _("Last dunning letter"), opening, _(
        "Please pay {total} by {pay_by}. Until then we deliver nothing more; after that day we hand the claim over for collection.")


def print_notice(notice: DunningNotice) -> Printout:
    """The letter as issued; before that with a stamp that says so."""
    customer, currency = notice.customer, notice.currency
    with translation.override(customer.language):
        words = words_of(notice)
        lines = list(notice.lines.select_related("item__entry").order_by("position"))
        if notice.status in DunningNotice.STANDING:
            lines = [line for line in lines if line.is_issued]
        letter = Letter(
            company=notice.company, title=words.subject, recipient=letter_address(customer),
            facts=[(_("Date"), day(notice.issued_on)), (_("Letter"), notice.number or ""), (_("Customer"), customer.number), (_("Pay by"), day(notice.pay_by))],
            opening=[_("Dear Sir or Madam,"), words.opening],
            columns=[
                Column(_("Document"), is_wide=True), Column(_("Date")), Column(_("Due on")), Column(_("Days overdue"), True), Column(_("Level"), True),
                Column(_("Open"), True), Column(_("Interest"), True),
            ],
            rows=[_row(line, currency.digits) for line in lines],
            totals=[
                (_("Overdue"), number(notice.overdue, currency.digits)),
                *[
                    (label, number(amount, currency.digits)) for label, amount in (
                        (_("Credits not yet set off"), -notice.credits), (_("Charges of earlier letters"), notice.charges_before),
                        (_("Interest"), notice.interest), (_("Fee of this letter"), notice.fee),
                    ) if amount
                ],
                (_("Please pay"), money(notice.total, currency)),
            ],
            notes=[words.closing, _interest_note(notice), _("With kind regards"), notice.company.name],
            stamp="" if notice.status == DunningNotice.Status.ISSUED else notice.get_status_display(),
        )
        return Printout(f"dunning-{(notice.number or str(notice.pk)).replace('/', '-')}.pdf", letter.pdf())


def _row(line: DunningNoticeLine, digits: int) -> list[str]:
    item = line.item
    return [
        f"{item.get_kind_display()} {item.entry.number or ''}".strip(), day(item.issued_on), day(item.due_on), str(line.days_overdue), str(line.level),
        number(line.open_amount, digits), number(line.interest, digits) if line.interest else "",
    ]


def _interest_note(notice: DunningNotice) -> str:
    points = notice.level.interest_points
    if not notice.interest or not points:
        return ""
    return ngettext(
        "Interest: %(points)s percentage point a year above the base rate, by days over 365.",
        "Interest: %(points)s percentage points a year above the base rate, by days over 365.", int(points),
    ) % {"points": number(points, 2).rstrip("0").rstrip(".,")}
