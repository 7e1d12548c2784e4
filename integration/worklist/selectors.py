"""What needs a person, over all suites: money at risk first, each with what resolves it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.margins.models import MarginApproval
from crm.orders.models import Order
from crm.quotes.models import Quote
from erp.carrierclaims.models import CarrierClaim
from erp.claims.models import ExpenseClaim
from erp.claims.selectors import claims_to_decide
from erp.compliance.models import ObligationTask
from erp.dunning.models import DunningRun
from erp.einvoicing.models import ReceivedInvoice
from erp.inventory.models import Reservation
from erp.receivables.models import OpenItem
from erp.receivables.selectors import of_customers
from integration.outbox.consumers import consumer_named
from integration.outbox.models import Delivery
from scm.shipping.models import Shipment
from suite.access.permissions import may
from suite.kernel.approvals.models import ApprovalRequest
from suite.kernel.approvals.selectors import waiting_for

MOST = 200
ALERT = timedelta(days=7)


@dataclass(frozen=True)
class Action:
    """A button: `url` is posted to when `is_post`, opened otherwise."""

    label: str
    url: str
    is_post: bool = False


@dataclass(frozen=True)
class Item:
    """One exception. `money` is what is at risk, in company currency."""

    kind: str
    label: str
    title: str
    detail: str
    money: Decimal
    since: datetime | date | None
    url: str
    actions: tuple[Action, ...] = ()


def worklist(user: Any, *, kind: str = "") -> list[Item]:
    """Exceptions that the user may see and do something about, dearest first."""
    items: list[Item] = []
    for name, (model, find) in _FINDERS.items():
        if (not kind or kind == name) and may(user, model, "view"):
            items.extend(find(user))
    return sorted(items, key=lambda item: (-item.money, item.title))


def _held(user: Any) -> list[Item]:
    orders = Order.objects.visible_to(user).filter(status=Order.Status.ON_HOLD).exclude(margin_state=Order.MarginState.ASKED)
    orders = orders.select_related("customer").order_by("-gross")[:MOST]
    return [
        Item(
            "credit", _("Held"), f"{order.number} · {order.customer}",
            _("Held on credit: over the customer's limit.") if order.hold_reason == "credit" else order.hold_message, order.gross, order.created_at,
            reverse("crm:order_detail", args=[order.pk]),
            (Action(_("Release"), reverse("crm:order_transition", args=[order.pk, "release"])),) if may(user, Order, "release") else (),
        )
        for order in orders
    ]


def _margins(user: Any) -> list[Item]:
    """Orders and quotes that wait for somebody to approve their margin; who asked is shown them without the button: four eyes."""
    asked = MarginApproval.objects.filter(company_id=user.company_id, outcome=MarginApproval.Outcome.ASKED, asked_by=user)
    own = {("order", order_id) if order_id else ("quote", quote_id) for order_id, quote_id in asked.values_list("order_id", "quote_id")}
    items = []
    for model in (Order, Quote):
        if not may(user, model, "view"):
            continue
        name, may_approve = model._meta.model_name, may(user, model, "approve_margin")
        waiting = model.objects.visible_to(user).filter(margin_state=model.MarginState.ASKED).select_related("customer").order_by("-gross")[:MOST]
        items += [
            Item(
                "margin", _("Margin"), f"{document} · {document.customer}", _("Priced so low that it needs approval."), document.gross,
                document.created_at, reverse(f"crm:{name}_detail", args=[document.pk]),
                (Action(_("Approve margin"), reverse(f"crm:{name}_transition", args=[document.pk, "approve_margin"])),)
                if may_approve and (name, document.pk) not in own else (),
            )
            for document in waiting
        ]
    return items


def _blocked_stock(user: Any) -> list[Item]:
    waiting = (
        Reservation.objects.visible_to(user).filter(status=Reservation.Status.PLANNED).values("document_key")
        .annotate(quantity=Sum("quantity")).order_by("document_key")
    )
    keys = {int(row["document_key"].partition(":")[2]): row["quantity"] for row in waiting if row["document_key"].startswith("crm.order:")}
    orders = Order.objects.visible_to(user).filter(pk__in=keys).select_related("customer").order_by("promised_on", "pk")[:MOST]
    return [
        Item(
            "stock", _("Waits for stock"), f"{order.number} · {order.customer}",
            ngettext(
                "%(quantity)s unit is not in stock; promised for %(on)s.", "%(quantity)s units are not in stock; promised for %(on)s.",
                1 if keys[order.pk] == 1 else 2,
            ) % {"quantity": f"{keys[order.pk].normalize():f}", "on": _day(order.promised_on)},
            order.gross, order.created_at, reverse("crm:order_detail", args=[order.pk]),
            (Action(_("Order's page"), reverse("crm:order_detail", args=[order.pk])),),
        )
        for order in orders
    ]


def _late_shipments(user: Any) -> list[Item]:
    today = timezone.localdate()
    rows = Shipment.objects.visible_to(user).filter(
        Q(status=Shipment.Status.EXCEPTION) | Q(status__in=Shipment.OPEN, promised_on__lt=today),
    ).select_related("customer").order_by("promised_on", "pk")[:MOST]
    return [
        Item(
            "delivery", _("Late or stopped"), f"{shipment.number} · {shipment.customer}",
            _("The carrier reports an exception.") if shipment.status == Shipment.Status.EXCEPTION
            else _("Promised for %(on)s, not dispatched.") % {"on": _day(shipment.promised_on)},
            Decimal(0), shipment.created_at, reverse("scm:shipment_detail", args=[shipment.pk]),
            (Action(_("Shipment's page"), reverse("scm:shipment_detail", args=[shipment.pk])),),
        )
        for shipment in rows
    ]


def _overdue(user: Any) -> list[Item]:
    today = timezone.localdate()
    late = of_customers(OpenItem.objects.visible_to(user), user.company_id).filter(open_amount__gt=0, due_on__lt=today)
    rows = late.select_related("party").order_by("-open_amount")[:MOST]
    return [
        Item(
            "overdue", _("Overdue"), f"{item.party}", _("Due on %(on)s.") % {"on": _day(item.due_on)}, item.open_amount, item.due_on,
            reverse("kernel:party_detail", args=[item.party_id]), (),
        )
        for item in rows
    ]


def _obligations(user: Any) -> list[Item]:
    """What the law asks for within a week, or should have had: the owner's, and everybody's where nobody owns it."""
    today = timezone.localdate()
    rows = ObligationTask.objects.visible_to(user).filter(Q(owner=user) | Q(owner=None), status=ObligationTask.Status.OPEN, due_on__lte=today + ALERT)
    return [
        Item(
            "obligation", _("Obligation"), str(task), (_("Was due on %(on)s.") if task.due_on < today else _("Due on %(on)s.")) % {"on": _day(task.due_on)},
            Decimal(0), task.due_on, reverse("erp:obligationtask_detail", args=[task.pk]), (),
        )
        for task in rows.select_related("obligation").order_by("due_on", "pk")[:MOST]
    ]


def _letters(user: Any) -> list[Item]:
    """A dunning run whose letters wait for somebody to look at them, and claims on carriers that nobody has made yet."""
    runs = DunningRun.objects.visible_to(user).filter(status=DunningRun.Status.PROPOSED) if may(user, DunningRun, "post") else ()
    claims = CarrierClaim.objects.visible_to(user).filter(status=CarrierClaim.Status.DRAFT) if may(user, CarrierClaim, "post") else ()
    return [
        *(
            Item(
                "letters", _("Dunning"), str(run), ngettext("%(number)s letter is proposed.", "%(number)s letters are proposed.", run.letters) % {
                    "number": run.letters}, Decimal(0), run.as_of, reverse("erp:dunningrun_detail", args=[run.pk]),
            )
            for run in runs
        ),
        *(
            Item(
                "letters", _("Claim on a carrier"), f"{claim.carrier} · {claim.shipment_number}", _("Lost goods, not claimed yet."), claim.amount,
                claim.claimed_on, reverse("erp:carrierclaim_detail", args=[claim.pk]),
            )
            for claim in claims[:MOST]
        ),
    ]


def _dead(user: Any) -> list[Item]:
    rows = Delivery.objects.visible_to(user).filter(status=Delivery.Status.DEAD).select_related("event").order_by("pk")[:MOST]
    return [
        Item(
            "dead", _("Could not be done"), f"{_label(row.handler)} · {row.aggregate_key}", row.last_error[:200], Decimal(0), row.first_failed_at,
            reverse("integration:delivery_detail", args=[row.pk]),
            (Action(_("Look, replay or skip"), reverse("integration:delivery_detail", args=[row.pk])),),
        )
        for row in rows
    ]


def _e_invoices(user: Any) -> list[Item]:
    """E-invoices of suppliers that were not recognised whole: what is missing, and the way to the bill."""
    rows = ReceivedInvoice.objects.visible_to(user).filter(status=ReceivedInvoice.Status.OPEN).order_by("-gross", "pk")[:MOST]
    may_bill = may(user, ReceivedInvoice, "bill")
    return [
        Item(
            "e-invoice", _("E-invoice"), f"{received.number} · {received.seller_name}",
            " ".join(problem["message"] for problem in received.problems)[:200] or _("No bill was made of it yet."), received.gross, received.created_at,
            reverse("erp:receivedinvoice_detail", args=[received.pk]),
            (Action(_("Make the bill"), reverse("erp:receivedinvoice_transition", args=[received.pk, "bill"])),) if may_bill else (),
        )
        for received in rows
    ]


def _approvals(user: Any) -> list[Item]:
    """Questions for approval that wait for this user's answer, in their own name or in a colleague's place."""
    return [
        Item(
            "approval", _("Approval"), request.subject, request.reason or _("%(who)s asks you to approve it.") % {"who": request.created_by}, request.amount,
            request.created_at, reverse("kernel:approvalrequest_detail", args=[request.pk]),
            (Action(_("Look and answer"), reverse("kernel:approvalrequest_detail", args=[request.pk])),),
        )
        for request in waiting_for(user)
    ]


def _expenses(user: Any) -> list[Item]:
    """Claims of employees that wait for this user: for a decision, or to be posted once decided."""
    items = []
    if may(user, ExpenseClaim, "approve"):
        items += [
            Item(
                "expenses", _("Expenses"), f"{claim.claimant} · {claim.purpose}", _("Waits for approval."), claim.gross, claim.submitted_at,
                reverse("erp:expenses_to_approve"), (Action(_("Look and decide"), reverse("erp:expenses_to_approve")),),
            )
            for claim in claims_to_decide(user).select_related("claimant").order_by("-gross")[:MOST]
        ]
    if may(user, ExpenseClaim, "post"):
        approved = ExpenseClaim.objects.visible_to(user, "post").filter(status=ExpenseClaim.Status.APPROVED)
        items += [
            Item(
                "expenses", _("Expenses"), f"{claim.claimant} · {claim.purpose}", _("Approved, not in the books yet."), claim.gross, claim.approved_at,
                reverse("erp:expenseclaim_detail", args=[claim.pk]),
                (Action(_("Post"), reverse("erp:expenseclaim_transition", args=[claim.pk, "post"])),),
            )
            for claim in approved.select_related("claimant").order_by("-gross")[:MOST]
        ]
    return items


def _day(day: date | None) -> str:
    return date_format(day, "DATE_FORMAT") if day else "—"


def _label(handler: str) -> str:
    try:
        return str(consumer_named(handler).label)
    except KeyError:
        return handler


_FINDERS: dict[str, tuple[type, Callable[[Any], list[Item]]]] = {
    "credit": (Order, _held),
    "margin": (Order, _margins),
    "stock": (Reservation, _blocked_stock),
    "delivery": (Shipment, _late_shipments),
    "overdue": (OpenItem, _overdue),
    "letters": (DunningRun, _letters),
    "obligation": (ObligationTask, _obligations),
    "e-invoice": (ReceivedInvoice, _e_invoices),
    "expenses": (ExpenseClaim, _expenses),
    "approval": (ApprovalRequest, _approvals),
    "dead": (Delivery, _dead),
}
KINDS = tuple(_FINDERS)
