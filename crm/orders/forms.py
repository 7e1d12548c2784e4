"""What the transitions of an order ask."""

from decimal import Decimal
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.orders.models import Order
from crm.orders.selectors import lines_of
from crm.orders.services import LineChange
from crm.pricing.rules import plain
from suite.kernel.products.models import Product
from suite.resources.widgets import Day, RemoteSelect

NEW_LINES = 3
DECIDED = gettext_lazy("Empty: today. A credit note that follows bears this day")


class HoldForm(forms.Form):
    """Why nothing more is to leave."""

    takes = ()
    reason = forms.CharField(label=gettext_lazy("Why is the order held?"), max_length=200)


class ReleaseForm(forms.Form):
    """Why the order may go on."""

    takes = ()
    reason = forms.CharField(label=gettext_lazy("Why is the order released?"), max_length=200, required=False)


class DepositForm(forms.Form):
    """A percentage of the order or an amount."""

    takes = ()
    percent = forms.DecimalField(label=gettext_lazy("Percent of the order"), required=False, max_digits=6, decimal_places=3)
    amount = forms.DecimalField(label=gettext_lazy("or an amount (with tax)"), required=False, max_digits=19, decimal_places=3)
    issued_on = forms.DateField(label=gettext_lazy("Invoice date"), widget=Day, required=False)


class CloseShortForm(forms.Form):
    """Why the rest is given up."""

    takes = ()
    reason = forms.CharField(label=gettext_lazy("Why is the rest given up?"), max_length=200)
    on = forms.DateField(label=gettext_lazy("Decided on"), widget=Day, required=False, help_text=DECIDED)


class CancelForm(forms.Form):
    """Why the order is cancelled."""

    takes = ()
    reason = forms.CharField(label=gettext_lazy("Why is the order cancelled?"), max_length=200, required=False)
    on = forms.DateField(label=gettext_lazy("Decided on"), widget=Day, required=False, help_text=DECIDED)


class ChangesWidget(forms.Widget):
    """The lines of an order as a table: new quantity, price and discount, and empty rows for new lines."""

    def __init__(self, order: Order, user: Any) -> None:
        super().__init__()
        self.order, self.user = order, user
        self.lines = lines_of(order)
        self.errors: dict[str, str] = {}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, str]:
        """What was typed, by input name; {} where the form was not sent."""
        return {key: str(data.get(key, "")).strip() for key in self.inputs(name) if key in data}

    def inputs(self, name: str) -> list[str]:
        keys = [f"{name}-{line.pk}-{part}" for line in self.lines for part in ("quantity", "unit_price", "discount")]
        return keys + [f"{name}-new{row}-{part}" for row in range(1, NEW_LINES + 1) for part in ("product", "quantity", "unit_price")]

    def render(self, name: str, value: Any, attrs: dict | None = None, renderer: Any = None) -> str:
        typed = value if isinstance(value, dict) else {}
        rows = []
        for line in self.lines:
            cells = [
                {"name": key, "label": label, "value": typed.get(key, now), "error": self.errors.get(key, "")}
                for part, label, now in (
                    ("quantity", _("Quantity"), plain(line.quantity)), ("unit_price", _("Unit price"), plain(line.unit_price)),
                    ("discount", _("Discount (%)"), plain(line.discount * 100)),
                )
                for key in [f"{name}-{line.pk}-{part}"]
            ]
            rows.append({"line": line, "cells": cells})
        new_rows = []
        for row in range(1, NEW_LINES + 1):
            key = f"{name}-new{row}"
            select = RemoteSelect(Product, {"aria-label": _("Product of a new line"), "class": "form-select"})
            chosen = typed.get(f"{key}-product", "")
            select.known = dict.fromkeys([chosen], str(self._product(chosen) or "")) if chosen else {}
            new_rows.append({
                "select": select.render(f"{key}-product", chosen), "error": self.errors.get(f"{key}-product", ""),
                "cells": [
                    {"name": f"{key}-{part}", "label": label, "value": typed.get(f"{key}-{part}", ""), "error": self.errors.get(f"{key}-{part}", "")}
                    for part, label in (("quantity", _("Quantity")), ("unit_price", _("Unit price")))
                ],
            })
        return render_to_string("crm/orders/_changes.html", {"rows": rows, "new_rows": new_rows, "order": self.order})

    def _product(self, key: str) -> Product | None:
        return Product.objects.visible_to(self.user).filter(pk=key).first() if key.isdigit() else None


class ChangesField(forms.Field):
    """Cleans the table into the lines that change."""

    widget: ChangesWidget

    def clean(self, value: dict[str, str]) -> list[LineChange]:
        widget, self.widget.errors = self.widget, {}
        found = [change for line in widget.lines if (change := self._change(line, value)) is not None]
        found += [change for row in range(1, NEW_LINES + 1) if (change := self._new_line(row, value)) is not None]
        if widget.errors:
            raise forms.ValidationError(_("Correct what is marked in the table."))
        if not found:
            raise forms.ValidationError(_("Change a line, or add one."))
        return found

    def _change(self, line: Any, value: dict[str, str]) -> LineChange | None:
        numbers = {}
        for part in ("quantity", "unit_price", "discount"):
            now = getattr(line, part)
            typed = value.get(f"changes-{line.pk}-{part}", "")
            numbers[part] = self._number(f"changes-{line.pk}-{part}", typed) if typed else now
            if part == "discount" and typed and numbers[part] is not None:
                numbers[part] /= 100
                if numbers[part] > 1:
                    self.widget.errors[f"changes-{line.pk}-{part}"] = _("A discount is at most 100 %.")
        if None in numbers.values() or all(numbers[part] == getattr(line, part) for part in numbers):
            return None
        return LineChange(
            line.pk, line.product_id, numbers["quantity"],
            unit_price=numbers["unit_price"] if numbers["unit_price"] != line.unit_price else None,
            discount=numbers["discount"] if numbers["discount"] != line.discount else None,
        )

    def _new_line(self, row: int, value: dict[str, str]) -> LineChange | None:
        key = f"changes-new{row}"
        product, quantity, price = (value.get(f"{key}-{part}", "") for part in ("product", "quantity", "unit_price"))
        if not (product or quantity or price):
            return None
        found = self.widget._product(product)
        if found is None:
            self.widget.errors[f"{key}-product"] = _("Choose a product.")
            return None
        number = self._number(f"{key}-quantity", quantity)
        if number is not None and number <= 0:
            self.widget.errors[f"{key}-quantity"] = _("Enter a quantity above zero.")
        unit_price = self._number(f"{key}-unit_price", price) if price else None
        return None if number is None else LineChange(None, found.pk, number, unit_price=unit_price)

    def _number(self, key: str, text: str) -> Decimal | None:
        try:
            return forms.DecimalField(max_digits=19, decimal_places=6, min_value=0, localize=True).clean(text)
        except forms.ValidationError as error:
            self.widget.errors[key] = error.messages[0]
            return None


class AmendForm(forms.Form):
    """The changed lines, and why."""

    reason = forms.CharField(label=gettext_lazy("Why is the order amended?"), max_length=200)
    on = forms.DateField(label=gettext_lazy("Decided on"), widget=Day, required=False, help_text=DECIDED)

    def __init__(self, data: Any = None, *, document: Order, user: Any) -> None:
        super().__init__(data)
        self.fields["changes"] = ChangesField(label=gettext_lazy("Lines"), widget=ChangesWidget(document, user), required=True)
