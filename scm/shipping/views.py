"""The shipments board, and the page on which a person enters what a carrier told."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import LoginRequiredMixin, PermissionRequiredMixin
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import FormView, TemplateView

from scm.carriers.models import Carrier
from scm.shipping.forms import BoardFilter, GiveawayForm, TrackingForm
from scm.shipping.models import Shipment
from scm.shipping.services import plan_giveaway, record_tracking
from suite.kernel.documents.errors import BusinessError
from suite.kernel.documents.transitions import available
from suite.kernel.sites.models import Site

Status = Shipment.Status
CARDS = 25
RECENT_DAYS = 14
COLUMNS = (
    (Status.PLANNED,), (Status.BOOKED,), (Status.DISPATCHED,), (Status.IN_TRANSIT, Status.OUT_FOR_DELIVERY), (Status.DELIVERED,),
    (Status.EXCEPTION,),
)
BUTTONS = 2
HIDDEN_STEPS = {"in_transit", "out_for_delivery"}


class StaffPage(LoginRequiredMixin, PermissionRequiredMixin):
    """Signed in and permitted; anonymous goes to the sign-in, others get 403."""

    def handle_no_permission(self) -> HttpResponse:
        self.raise_exception = self.request.user.is_authenticated
        return super().handle_no_permission()


class ShipmentBoard(StaffPage, TemplateView):
    """Shipments by state, the most urgent on top. Delivered ones stay for two weeks."""

    template_name = "scm/shipping/shipment_board.html"
    permission_required = "scm.view_shipment"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        form = BoardFilter(
            self.request.GET, sites=Site.objects.visible_to(user), carriers=Carrier.objects.visible_to(user).filter(is_active=True),
        )
        shown = self._narrowed(Shipment.objects.visible_to(user), form)
        counts = dict(shown.order_by().values_list("status").annotate(Count("pk")))
        return super().get_context_data(form=form, columns=self._columns(shown, counts), today=timezone.localdate(), **kwargs)

    def _narrowed(self, rows: QuerySet, form: BoardFilter) -> QuerySet:
        today = timezone.localdate()
        since = timezone.now() - timezone.timedelta(days=RECENT_DAYS)
        rows = rows.exclude(status__in=(Status.CANCELLED, Status.RETURNED)).exclude(status=Status.DELIVERED, delivered_at__lt=since)
        if not form.is_valid():
            return rows
        asked = form.cleaned_data
        if asked["q"]:
            rows = rows.filter(
                Q(number__icontains=asked["q"]) | Q(order_number__icontains=asked["q"]) | Q(customer__name__icontains=asked["q"])
                | Q(tracking_number__icontains=asked["q"])
            )
        if asked["site"]:
            rows = rows.filter(site=asked["site"])
        if asked["carrier"]:
            rows = rows.filter(carrier=asked["carrier"])
        if asked["late"]:
            rows = rows.filter(Q(promised_on__lt=today) | Q(expected_on__gt=F("promised_on"))).exclude(status=Status.DELIVERED)
        return rows

    def _columns(self, rows: QuerySet, counts: dict[str, int]) -> list[dict[str, Any]]:
        """The first cards of every column in one query: each state numbered by urgency."""
        place = Window(RowNumber(), partition_by="status", order_by=(F("promised_on").asc(nulls_last=True), F("pk").asc()))
        cards = list(
            rows.annotate(place=place).filter(place__lte=CARDS).select_related("customer", "carrier", "pick_list")
            .annotate(pieces=Count("lines")).order_by("place")
        )
        user, today = self.request.user, timezone.localdate()
        for card in cards:
            hidden = HIDDEN_STEPS | ({"book"} if card.status == Status.BOOKED else set())
            card.steps = [step for step in available(card, user) if not step.is_dangerous and step.name not in hidden][:BUTTONS]
            card.is_late = card.promised_on is not None and card.promised_on < today and card.status != Status.DELIVERED
        return [
            {
                "label": Status(states[0]).label, "status": states[0], "number": sum(counts.get(state, 0) for state in states),
                "cards": [card for card in cards if card.status in states],
            }
            for states in COLUMNS
        ]


class TrackingEntry(StaffPage, FormView):
    """A carrier's report by hand: the same service as the API."""

    template_name = "scm/shipping/tracking_entry.html"
    permission_required = "scm.add_trackingevent"
    form_class = TrackingForm

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        given.pop("files", None)
        given["initial"] = {name: self.request.GET[name] for name in ("carrier", "tracking_number") if self.request.GET.get(name)}
        return {**{key: given[key] for key in ("data", "initial", "prefix") if key in given}, "user": self.request.user}

    def form_valid(self, form: TrackingForm) -> HttpResponse:
        facts, user = dict(form.cleaned_data), self.request.user
        carrier = facts.pop("carrier")
        try:
            event, is_new = record_tracking(company_id=user.company_id, carrier_id=carrier.pk, actor=user, **facts)
        except BusinessError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
            return self.form_invalid(form)
        if not is_new:
            messages.info(self.request, _("This report was recorded before; nothing changed."))
        elif event.shipment is None:
            messages.warning(self.request, _("Recorded. No shipment has this tracking number yet."))
        else:
            messages.success(self.request, _("Recorded for %(shipment)s.") % {"shipment": event.shipment})
            return HttpResponseRedirect(reverse("scm:shipment_detail", args=[event.shipment_id]))
        return HttpResponseRedirect(reverse("scm:tracking_entry"))

    def form_invalid(self, form: TrackingForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class GiveawayPage(StaffPage, FormView):
    """A gift or sample: the planned shipment, to be booked and dispatched as any other."""

    template_name = "scm/shipping/giveaway.html"
    permission_required = "scm.give_away_shipment"
    form_class = GiveawayForm

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        return {**{key: given[key] for key in ("data", "initial", "prefix") if key in given}, "user": self.request.user}

    def form_valid(self, form: GiveawayForm) -> HttpResponse:
        try:
            shipment = plan_giveaway(company_id=self.request.user.company_id, actor=self.request.user, **form.kwargs())
        except BusinessError as error:
            form.add_error(error.field if error.field in form.fields else None, f"{error.message} {error.hint}".strip())
            return self.form_invalid(form)
        messages.success(self.request, _("%(shipment)s is planned. It is never invoiced.") % {"shipment": shipment})
        return HttpResponseRedirect(reverse("scm:shipment_detail", args=[shipment.pk]))

    def form_invalid(self, form: GiveawayForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
