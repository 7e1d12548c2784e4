"""Dunning on other pages: where a customer stands, and what to do with a run."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from erp.dunning.models import DunningLevel, DunningNotice, DunningRun
from erp.dunning.selectors import dunning_state
from suite.kernel.parties.models import Party
from suite.resources.display import money
from suite.resources.panels import Panel, attach

SHOWN = 8


class CustomerDunning(Panel):
    """How far a customer is dunned, what blocks it, and the letters so far."""

    title = gettext_lazy("Dunning")
    icon = "mail-exclamation"
    permission = "erp.view_dunningnotice"
    position = 20

    def context(self) -> dict[str, Any] | None:
        party = self.record
        if not party.is_customer:
            return None
        state = dunning_state(party.company_id, party.pk, timezone.localdate())
        letters = DunningNotice.objects.visible_to(self.user).filter(customer=party, status__in=DunningNotice.STANDING).select_related("level", "currency")
        rows = []
        if state.level:
            level = DunningLevel.objects.filter(company_id=party.company_id, position=state.level).first()
            rows.append({
                "label": _("Highest level of what is open"), "value": "", "badge": str(level), "colour": "red" if state.stops_delivery else "orange",
                "hint": _("Delivery is stopped until it is paid.") if state.stops_delivery else "", "url": "",
            })
        for block in state.blocks:
            rows.append({
                "label": block.get_kind_display(), "hint": block.reason, "badge": date_format(block.until, "SHORT_DATE_FORMAT"), "colour": "yellow",
                "value": "", "url": reverse("erp:dunningblock_detail", args=[block.pk]) if self.user.has_perm("erp.view_dunningblock") else "",
            })
        rows += [
            {
                "label": letter.number, "hint": f"{date_format(letter.issued_on, 'SHORT_DATE_FORMAT')} · {letter.level}", "badge": "",
                "value": money(letter.total, letter.currency_id), "url": reverse("erp:dunningnotice_detail", args=[letter.pk]),
            }
            for letter in letters.order_by("-issued_on", "-pk")[:SHOWN]
        ]
        more = f"{reverse('erp:dunningnotice_list')}?customer={party.pk}" if letters.count() > SHOWN else ""
        return {"rows": rows, "empty": _("Never dunned."), "more_url": more}


class RunActions(Panel):
    """Sends the letters of a posted run."""

    title = gettext_lazy("Letters")
    icon = "mail-forward"
    template = "erp/dunning/_run_actions.html"
    permission = "erp.send_dunningnotice"
    position = 1

    def context(self) -> dict[str, Any] | None:
        if self.record.status != DunningRun.Status.POSTED:
            return None
        return {"run": self.record, "letters": DunningNotice.objects.filter(run=self.record, status__in=DunningNotice.STANDING).count()}


attach(Party, CustomerDunning)
attach(DunningRun, RunActions)
