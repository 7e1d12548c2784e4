"""What finance does with customers: money on the statement, bounced money, credit, invoices before dispatch, bad debt."""

from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import Sum

from erp.banking.models import StatementLine
from erp.banking.services import enter_statement_line, match_statement_line
from erp.receivables.models import CustomerInvoice, CustomerPayment, OpenItem
from erp.receivables.services import credit_invoice, draft_payment, post_invoice, post_payment, reverse_payment, write_off
from integration.profiles.demo.customers import Habit
from integration.profiles.demo.plan import Happening
from integration.profiles.demo.story import Story, tells

CENT = Decimal("0.01")
INVOICE = CustomerInvoice.Kind.INVOICE
UNREAD_DAYS = 6


@tells("pay", by="finance")
def pay(story: Story, happening: Happening) -> None:
    """The customer pays what is due, with one transfer. Most of it is booked from the statement; cards are booked when they pay.

    The last days' statement lines are still to be matched.
    """
    customer = story.plan.customers[happening.subject]
    party_id = story.house.customers[happening.subject]
    due = _due(story, happening, party_id)
    amount = _amount(happening, customer.habit, due)
    if amount <= 0:
        return
    if happening.subject % 5 == 0:
        _by_card(story, happening, party_id, amount)
        return
    line = enter_statement_line(
        bank_account=story.house.bank, booked_on=happening.on, amount=amount, party_id=party_id, actor=story.person("finance"),
        text=f"{customer.name} {' '.join(item.entry.number for item in due)}"[:200], external_id=f"demo/{happening.key}",
    )
    if (story.plan.today - happening.on).days > UNREAD_DAYS:
        match_statement_line(line, actor=story.person("finance"))


def _due(story: Story, happening: Happening, party_id: int) -> list[OpenItem]:
    """What the customer pays on this day: all that is due; all there is, where early payment is rewarded."""
    items = OpenItem.objects.filter(
        company_id=story.company_id, party_id=party_id, kind=OpenItem.Kind.INVOICE, open_amount__gt=0, issued_on__lte=happening.on,
    )
    if story.plan.customers[happening.subject].habit != Habit.EARLY:
        items = items.filter(due_on__lte=happening.on)
    return list(items.select_related("entry").order_by("due_on", "pk"))


def _amount(happening: Happening, habit: Habit, due: list[OpenItem]) -> Decimal:
    """The sum, less early-payment discount; now and then some cents less, or one invoice too much."""
    total = sum((item.open_amount for item in due), Decimal(0))
    if habit == Habit.EARLY and len(due) == 1 and (happening.on - due[0].issued_on).days <= 10:
        return (total * Decimal("0.98")).quantize(CENT, rounding=ROUND_HALF_UP)
    number = happening.on.toordinal() * 31 + happening.subject
    if total > 50 and number % 53 == 0:
        return total - Decimal("0.03")
    if total > 50 and number % 61 == 0:
        return total + 40
    return total


def _by_card(story: Story, happening: Happening, party_id: int, amount: Decimal) -> None:
    finance = story.person("finance")
    payment = draft_payment(
        company_id=story.company_id, customer_id=party_id, bank_account_id=story.house.bank.pk, amount=amount, paid_on=happening.on,
        currency_id=story.house.company.currency_id, actor=finance, method=CustomerPayment.Method.CARD, source_key=f"demo/{happening.key}",
    )
    post_payment(payment, actor=finance)


@tells("statement", by="finance")
def statement(story: Story, happening: Happening) -> None:
    """On Fridays the card payments of the week before stand on the statement and are matched."""
    finance = story.person("finance")
    posted = CustomerPayment.objects.filter(
        company_id=story.company_id, status=CustomerPayment.Status.POSTED, paid_on__lte=happening.on - timedelta(days=1),
    ).order_by("pk")
    for payment in posted:
        line = enter_statement_line(
            bank_account=story.house.bank, booked_on=happening.on, amount=payment.amount, party_id=payment.customer_id, actor=finance,
            text=f"Card settlement {payment.number}", external_id=f"demo/card/{payment.pk}",
        )
        if line.status == StatementLine.Status.OPEN:
            match_statement_line(line, actor=finance, payment_id=payment.pk)


@tells("bounce", by="finance")
def bounce(story: Story, happening: Happening) -> None:
    """The bank takes the customer's last transfer back and charges for it."""
    payment = CustomerPayment.objects.filter(
        company_id=story.company_id, customer_id=story.house.customers[happening.subject], paid_on__gte=happening.on - timedelta(days=10),
        status__in=(CustomerPayment.Status.POSTED, CustomerPayment.Status.MATCHED),
    ).order_by("-paid_on", "-pk").first()
    if payment is not None:
        reverse_payment(payment, actor=story.person("finance"), on=happening.on, fee=Decimal("3.00"), reason="Account closed")


@tells("invoice_first", by="finance")
def invoice_first(story: Story, happening: Happening) -> None:
    """The customer wants the invoice before the goods."""
    draft = _invoices(story, happening).filter(status=CustomerInvoice.Status.DRAFT).first()
    if draft is not None:
        post_invoice(draft, actor=story.person("finance"), issued_on=happening.on)


@tells("credit", by="finance")
def credit(story: Story, happening: Happening) -> None:
    """A scratched piece: one unit of the first line is credited, the customer keeps it."""
    invoice = _invoices(story, happening).filter(status=CustomerInvoice.Status.POSTED).first()
    line = invoice.lines.filter(kind="goods").order_by("position").first() if invoice else None
    if line is not None:
        credit_invoice(
            invoice, actor=story.person("finance"), reason=CustomerInvoice.Reason.GOODWILL, quantities={line.pk: Decimal(1)},
            issued_on=happening.on,
        )


@tells("write_off", by="finance")
def give_up(story: Story, happening: Happening) -> None:
    """What is half a year overdue will not come any more."""
    finance = story.person("finance")
    entries = OpenItem.objects.filter(
        company_id=story.company_id, party_id=story.house.customers[happening.subject], kind=OpenItem.Kind.INVOICE, open_amount__gt=0,
        due_on__lte=happening.on - timedelta(days=180),
    ).values("entry").annotate(left=Sum("open_amount")).values_list("entry", flat=True)

    for invoice in CustomerInvoice.objects.filter(entry__in=list(entries), kind=INVOICE).order_by("pk"):
        write_off(invoice, actor=finance, on=happening.on, reason="The customer has gone out of business")


def _invoices(story: Story, happening: Happening):
    return CustomerInvoice.objects.filter(
        company_id=story.company_id, order_key=story.order_key(story.sale(happening)), kind=INVOICE,
    ).exclude(order_key="").order_by("pk")
