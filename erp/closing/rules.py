"""What must be in order before a period closes."""

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

LABELS = {
    "draft_entries": _("Journal entries that are still drafts"),
    "draft_payments": _("Payments that are still drafts"),
    "statement_lines": _("Statement lines that are not matched"),
    "suspense": _("Suspense account is not zero"),
    "opening_balance": _("Opening balance equity is not zero"),
    "revaluation": _("Foreign currency is not valued at the rates of the period's end"),
    "shipped_not_invoiced": _("Goods shipped and not invoiced for more than 30 days"),
    "stock": _("Inventory accounts differ from stock layers"),
}


@dataclass(frozen=True)
class Check:
    """One line of the closing checklist: its name, and what stands in the way (nothing: in order)."""

    name: str
    findings: tuple[str, ...]

    @property
    def label(self) -> str:
        return str(LABELS[self.name])

    @property
    def is_in_order(self) -> bool:
        return not self.findings
