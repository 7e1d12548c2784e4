"""Scan-first picking: a queue, and one page per pick list that a scanner and a thumb can work."""

from typing import Any

from django.contrib import messages
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.generic import TemplateView

from scm.shipping.models import Shipment
from scm.shipping.views import StaffPage
from scm.warehousing.forms import CountForm, PackForm, ScanForm
from scm.warehousing.models import PickList, PickListLine
from scm.warehousing.selectors import picking_queue
from scm.warehousing.services import draw_pick_list, finish_picking, is_tracked, pack_pick_list, scan, set_picked
from suite.kernel.documents.errors import BusinessError
from suite.kernel.money.rules import ZERO


class PickingQueue(StaffPage, TemplateView):
    """What waits to be picked; POST draws the list of one shipment and opens it."""

    template_name = "scm/warehousing/picking.html"

    def get_permission_required(self) -> tuple[str, ...]:
        return ("scm.add_picklist",) if self.request.method == "POST" else ("scm.view_picklist",)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        queue = picking_queue(self.request.user, on=timezone.localdate())
        return super().get_context_data(queue=queue, number=len(queue), ready=sum(1 for item in queue if item.share == 100), **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        asked = request.POST.get("shipment", "")
        shipment = Shipment.objects.visible_to(request.user, "change").filter(pk=asked).first() if asked.isdecimal() and len(asked) < 19 else None
        if shipment is None:
            raise Http404(_("There is no such shipment, or it is not yours to see."))
        try:
            pick_list = draw_pick_list(shipment_id=shipment.pk, actor=request.user)
        except BusinessError as error:
            messages.error(request, error.message)
            return HttpResponseRedirect(reverse("scm:picking"))
        return HttpResponseRedirect(reverse("scm:pick", args=[pick_list.pk]))


class PickPage(StaffPage, TemplateView):
    """One pick list: scan, count by hand, finish, pack. Answers a scan with the part of the page that changed."""

    template_name = "scm/warehousing/pick.html"

    def get_permission_required(self) -> tuple[str, ...]:
        if self.request.method != "POST":
            return ("scm.view_picklist",)
        return ("scm.pack_picklist",) if self.request.POST.get("do") == "pack" else ("scm.pick_picklist",)

    def pick_list(self) -> PickList:
        found = PickList.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).select_related(
            "shipment__customer", "shipment__carrier", "shipment__site", "picked_by").first()
        if found is None:
            raise Http404(_("There is no such pick list, or it is not yours to see."))
        return found

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        pick_list = self.pick_list()
        lines = list(
            pick_list.lines.select_related("product__unit").order_by("place", "position").prefetch_related("shipment_line__lots"),
        )
        for line in lines:
            line.missing = line.quantity - line.picked
            line.is_tracked = is_tracked(line)
            line.lots = sorted(line.shipment_line.lots.all(), key=lambda lot: (lot.expires_on is None, lot.expires_on, lot.pk)) if line.is_tracked else []
            line.lacking = line.missing - sum((lot.proposed for lot in line.lots), ZERO) if line.is_tracked else ZERO
        sums = pick_list.lines.aggregate(wanted=Sum("quantity"), picked=Sum("picked"))
        share = int(100 * (sums["picked"] or 0) / sums["wanted"]) if sums["wanted"] else 0
        open_for_scan = pick_list.status in PickList.BEFORE_PICKING
        return super().get_context_data(
            pick_list=pick_list, shipment=pick_list.shipment, lines=lines, share=share, wanted=sums["wanted"] or 0, picked=sums["picked"] or 0,
            is_open=open_for_scan, may_pick=self.request.user.has_perm("scm.pick_picklist"),
            may_pack=pick_list.status == PickList.Status.PICKED and self.request.user.has_perm("scm.pack_picklist"),
            steps=self._next_steps(pick_list), **kwargs,
        )

    def _next_steps(self, pick_list: PickList) -> list[tuple[str, str, str]]:
        """(label, address, icon) of what follows on the shipment's own page."""
        shipment, user = pick_list.shipment, self.request.user
        if pick_list.status != PickList.Status.PACKED or not shipment.is_open:
            return []
        known = [("book", _("Book carrier"), "calendar-check"), ("dispatch", _("Dispatch"), "truck-delivery")]
        known = known if shipment.status == Shipment.Status.PLANNED else known[1:]
        return [
            (label, reverse("scm:shipment_transition", args=[shipment.pk, name]), icon) for name, label, icon in known
            if user.has_perm(f"scm.{name}_shipment")
        ]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        pick_list = self.pick_list()
        done: dict[str, Any] = {}
        try:
            done = self._act(request, pick_list)
        except BusinessError as error:
            done = {"problem": error.message, "hint": error.hint, "status": error.status, **self._typed(request, error)}
        status = done.pop("status", 200)
        if request.headers.get("HX-Request"):
            self.template_name = "scm/warehousing/_pick_body.html"
            return self.render_to_response(self.get_context_data(**done))
        if "typed" in done or "problem" in done:
            return self.render_to_response(self.get_context_data(**done), status=status)
        return HttpResponseRedirect(request.path)

    def _typed(self, request: HttpRequest, error: BusinessError) -> dict[str, Any]:
        """What was typed, and at which field the page says what is wrong: nothing is typed twice."""
        typed = {name: request.POST.get(name, "")[:60] for name in ("do", "code", "lot", "line", "quantity")}
        if error.code == "lot_missing" and typed["do"] == "scan":
            return {"typed": typed, "at_field": "lot", "asks_lot": True, "problem": None, "said": f"{error.message} {error.hint}"}
        return {"typed": typed, "at_field": error.field, "asks_lot": bool(typed["lot"]) and typed["do"] == "scan"}

    def _act(self, request: HttpRequest, pick_list: PickList) -> dict[str, Any]:
        """What the page says after the deed. Raises BusinessError."""
        what = request.POST.get("do")
        if what == "scan":
            form = ScanForm(request.POST)
            if not form.is_valid():
                return {"problem": _("Scan a barcode or type an article number."), "status": 422}
            line = scan(pick_list_id=pick_list.pk, actor=request.user, **form.cleaned_data)
            return {"counted": line}
        if what == "count":
            form = CountForm(request.POST)
            if not form.is_valid():
                return {"problem": _("Enter a quantity."), "status": 422}
            line = PickListLine.objects.filter(pick_list=pick_list, pk=form.cleaned_data["line"]).first()
            if line is None:
                raise Http404(_("There is no such line."))
            counted = set_picked(
                line_id=line.pk, quantity=form.cleaned_data["quantity"], reason=form.cleaned_data["reason"], lot=form.cleaned_data["lot"],
                actor=request.user,
            )
            return {"counted": counted}
        if what == "finish":
            finish_picking(pick_list, actor=request.user)
            return {"said": _("Picked. Now pack it.")}
        if what == "pack":
            return self._pack(request, pick_list)
        raise Http404(_("There is no such action."))

    def _pack(self, request: HttpRequest, pick_list: PickList) -> dict[str, Any]:
        form = PackForm(request.POST, document=pick_list, user=request.user)
        if not form.is_valid():
            return {"problem": _("Enter a weight and how many parcels."), "status": 422}
        pack_pick_list(pick_list, actor=request.user, **{name: value for name, value in form.cleaned_data.items() if value is not None})
        return {"said": _("Packed. Book a carrier or dispatch it.")}
