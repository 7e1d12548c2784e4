"""Whether an opening is whole."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from erp.opening.selectors import opening_difference
from suite.resources.display import money
from suite.resources.panels import Panel


class OpeningEquity(Panel):
    """What still stands on opening balance equity."""

    title = _("Opening balance equity")
    icon = "scale"
    permission = "erp.view_journalentry"

    def context(self) -> dict[str, Any]:
        difference = opening_difference(self.record)
        account = accounts_of(self.record.company_id).of(AccountRole.OPENING_BALANCE_EQUITY)
        day = self.record.opened_on
        return {"rows": [{
            "label": _("Left to bring in"), "value": money(difference, self.record.company.currency_id),
            "url": f"{reverse('erp:report_general_ledger')}?account={account}&starts_on={day}&ends_on={day}",
            "badge": _("zero: whole") if not difference else _("not zero"), "colour": "green" if not difference else "orange",
        }]}
