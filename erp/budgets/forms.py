"""What pages of budgets ask."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from erp.budgets.models import Budget
from erp.budgets.rules import TYPES, Cell, CellFault, FaultyCells, read_amount
from erp.dimensions.models import DimensionValue
from erp.ledger.models import Account
from suite.resources.forms import scoped
from suite.resources.paging import BadRequest
from suite.resources.reporting import AsOfForm, KnownAt

MOST_CELLS = 20_000


class VarianceForm(KnownAt, AsOfForm):
    """A budget, and the day up to which it is compared."""

    budget = forms.ModelChoiceField(Budget.objects.all(), label=_("Budget"))
    value = forms.ModelChoiceField(DimensionValue.objects.select_related("dimension"), label=_("Dimension value"), required=False, empty_label=_("all"))
    by_value = forms.BooleanField(label=_("By dimension value"), required=False)
    field_order = ("budget", "on", "value", "by_value", "known_at")

    def defaults(self) -> dict[str, Any]:
        return {"on": timezone.localdate()}

    def clean(self) -> dict[str, Any]:
        values = super().clean()
        budget, on = values.get("budget"), values.get("on")
        if budget and on and not budget.year.starts_on <= on <= budget.year.ends_on:
            self.add_error("on", _("The budget is of %(year)s: choose a day of that year.") % {"year": budget.year})
        return values


class ChangesForm(forms.Form):
    """Two versions."""

    before = forms.ModelChoiceField(Budget.objects.all(), label=_("From version"))
    after = forms.ModelChoiceField(Budget.objects.all(), label=_("To version"))


class BudgetImportForm(forms.Form):
    """A file of amounts."""

    file = forms.FileField(label=_("Amounts (CSV)"))

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > settings.UPLOAD_MAX_BYTES:
            raise forms.ValidationError(_("The file is larger than 10 MB; nothing was read. Split it."))
        return file


class ReasonForm(forms.Form):
    """Why."""

    takes = ()
    reason = forms.CharField(label=_("Reason"), max_length=200, required=False)


class RowForm(forms.Form):
    """The account, and the value, of a new row of the grid."""

    account = forms.ModelChoiceField(Account.objects.all(), label=_("Account"), required=False)
    value = forms.ModelChoiceField(DimensionValue.objects.all(), label=_("Dimension value"), required=False)

    def __init__(self, *args: Any, budget: Budget, user: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["account"].limit_choices_to = {"type__in": TYPES[budget.kind], "is_heading": False}
        self.fields["value"].limit_choices_to = {"dimension_id": budget.dimension_id}
        scoped(self, user)


def cells_of_request(said: Any, digits: int) -> list[Cell]:
    """The cells of a request: objects with account, value (or null), period, amount (a decimal as text; null or "" takes the line away).

    Raises FaultyCells naming cells whose amount is no amount, BadRequest for what is no list of cells.
    """
    if not isinstance(said, list) or len(said) > MOST_CELLS or not all(isinstance(one, dict) for one in said):
        raise BadRequest(_("“cells” is a list of at most %(most)s cells; nothing was saved.") % {"most": MOST_CELLS}, field="cells")
    cells, faults = [], []
    for one in said:
        keys = [one.get("account"), one.get("value"), one.get("period")]
        if not all(isinstance(key, int) and not isinstance(key, bool) and 0 < key < 2**63 for key in (keys[0], keys[2], keys[1] or 1)):
            raise BadRequest(_("A cell names account and period, and a value or null, by their keys; nothing was saved."), field="cells")
        amount = one.get("amount")
        try:
            cells.append(Cell(*keys, read_amount("" if amount is None else str(amount)[:60], digits)))
        except ValueError as error:
            faults.append(CellFault(*keys, str(error)))
    if faults:
        raise FaultyCells(faults)
    return cells
