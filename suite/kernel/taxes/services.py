"""What pages, API and import do to taxes and fiscal positions before and after they save them."""

from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from suite.kernel.documents.editing import edited, editing
from suite.kernel.documents.errors import Refusal
from suite.kernel.parties.countries import country_code
from suite.kernel.taxes.models import FiscalPosition, FiscalPositionTax, Tax, TaxPart
from suite.kernel.taxes.rules import rate_of


@edited(Tax)
def compose_tax(tax: Tax, *, actor: Any) -> None:
    """A group's rate and composition from its parts, and those of the groups this tax is in. Raises Refusal: a group without parts or in a group,
    a part that is withheld, parts of a single tax.
    """
    parts = list(TaxPart.objects.filter(group=tax).select_related("tax").order_by("position", "pk"))
    if tax.kind != Tax.Kind.GROUP:
        if parts:
            raise Refusal(_("%(tax)s is one tax: it has no parts; nothing was saved.") % {"tax": tax}, field="kind", code="tax_has_parts",
                          hint=_("Make it a group, or take the parts out."))
        for group in Tax.objects.filter(parts__tax=tax).distinct():
            _compose(group, list(TaxPart.objects.filter(group=group).select_related("tax").order_by("position", "pk")))
        return
    if not parts:
        raise Refusal(_("A group of taxes needs its parts; nothing was saved."), field="kind", code="tax_without_parts", hint=_("Add the taxes it is made of."))
    for part in parts:
        if part.tax.kind != Tax.Kind.VALUE_ADDED or part.tax.company_id != tax.company_id:
            raise Refusal(
                _("%(part)s cannot be part of %(tax)s: a part is a single value added or sales tax, never a group (that could be made of itself).")
                % {"part": part.tax, "tax": tax}, field="tax", code="tax_part_of_wrong_kind", hint=_("Choose single taxes."),
            )
    if TaxPart.objects.filter(tax=tax).exists():
        raise Refusal(_("%(tax)s is part of a group: it cannot be one; nothing was saved.") % {"tax": tax}, field="kind", code="tax_part_of_wrong_kind")
    _compose(tax, parts)


def _compose(group: Tax, parts: list[TaxPart]) -> None:
    composition = [[part.tax_id, str(part.tax.rate.normalize()), part.is_on_earlier] for part in parts]
    rate = rate_of(tuple((part.tax_id, part.tax.rate, part.is_on_earlier) for part in parts))
    if rate >= 1:
        raise Refusal(_("The parts come to the whole price or more; nothing was saved."), field="rate", code="tax_rate_is_a_share")
    group.rate, group.composition = rate.quantize(Decimal("0.000001")), composition
    Tax.objects.filter(pk=group.pk).update(rate=group.rate, composition=composition)


@editing(FiscalPosition)
def check_position(position: FiscalPosition, *, actor: Any) -> None:
    """Countries as ISO codes. Raises Refusal: a country nobody knows, another position that would apply at the same time with the same priority."""
    codes = []
    for word in position.countries.replace(";", ",").split(",") if position.countries.strip() else []:
        code = country_code(word)
        if not code:
            raise Refusal(
                _("%(country)s is no country that is known; nothing was saved.") % {"country": word.strip()}, field="countries", code="unknown_country",
                hint=_("Write ISO codes with commas between: CH, NO."),
            )
        codes.append(code)
    position.countries = ", ".join(dict.fromkeys(codes))
    if position.is_automatic and position.is_active:
        _refuse_overlap(position, set(codes))


def _refuse_overlap(position: FiscalPosition, countries: set[str]) -> None:
    rivals = FiscalPosition.objects.filter(
        company_id=position.company_id, priority=position.priority, is_automatic=True, is_active=True, country_group=position.country_group,
        needs_tax_number=position.needs_tax_number,
    ).exclude(pk=position.pk)
    if position.valid_until:
        rivals = rivals.filter(Q(valid_from__isnull=True) | Q(valid_from__lte=position.valid_until))
    if position.valid_from:
        rivals = rivals.filter(Q(valid_until__isnull=True) | Q(valid_until__gte=position.valid_from))
    for rival in rivals:
        if position.country_group != FiscalPosition.Group.LISTED or countries & set(rival.countries.split(", ")):
            raise Refusal(
                _("%(rival)s applies to the same parties at the same time with priority %(priority)s; nothing was saved.")
                % {"rival": rival, "priority": rival.priority}, field="priority", code="fiscal_positions_overlap",
                hint=_("Give one of them another priority: the lowest that fits is taken."),
            )


@edited(FiscalPosition)
def check_mapping(position: FiscalPosition, *, actor: Any) -> None:
    """Raises Refusal: a withholding tax in the mapping (it is no tax on what is sold or bought), a tax of another company, a tax that becomes itself."""
    for row in FiscalPositionTax.objects.filter(fiscal_position=position).select_related("source", "target"):
        for name, tax in (("source", row.source), ("target", row.target)):
            if tax.kind == Tax.Kind.WITHHOLDING or tax.company_id != position.company_id:
                raise Refusal(
                    _("%(tax)s is withheld from payments: it cannot stand for a tax on what is sold; nothing was saved.") % {"tax": tax}, field=name,
                    code="tax_of_wrong_kind", hint=_("Choose a value added or sales tax; where none is charged, one without a rate that says why."),
                )
        if row.source_id == row.target_id:
            raise Refusal(
                _("%(tax)s becomes itself; nothing was saved.") % {"tax": row.source}, field="target", code="tax_becomes_itself",
                hint=_("A tax without a row stays as it is: take the row out."),
            )
