"""Which tax applies to a party, and why: the one place that chooses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.prepared import prepared
from suite.kernel.parties.countries import country_code
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from suite.kernel.taxes.models import FiscalPosition, Tax, TaxCategory

REPLACED_BY = {
    Party.TaxTreatment.INTRA_COMMUNITY: TaxCategory.INTRA_COMMUNITY,
    Party.TaxTreatment.REVERSE_CHARGE: TaxCategory.REVERSE_CHARGE,
    Party.TaxTreatment.EXPORT: TaxCategory.EXPORT,
    Party.TaxTreatment.EXEMPT: TaxCategory.EXEMPT,
}
EUROPEAN_UNION = frozenset((
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE",
    "SI", "SK",
))


@dataclass(frozen=True)
class TaxAnswer:
    """The tax of one product for one party; `tax` is None where the product names none. `reason` is for the person who asks why."""

    tax: Tax | None
    reason: str


@dataclass(frozen=True)
class Position:
    """The fiscal position of a party on a day, why it is that one, and what its taxes become there."""

    id: int
    name: str
    why: str
    taxes: Mapping[int, Tax] = field(default_factory=dict)


def _valid(on: date) -> Q:
    return Q(is_active=True) & (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))


def _is_valid(tax: Tax, on: date) -> bool:
    return tax.is_active and (tax.valid_from is None or tax.valid_from <= on) and (tax.valid_until is None or tax.valid_until >= on)


def country_of(party: Party) -> str:
    """The ISO code of where a party is: its country, else the one its VAT number begins with; "" where neither says."""
    return country_code(party.country) or country_code(party.vat_number[:2])


def position_of(*, company_id: int, party: Party, on: date) -> Position | None:
    """The fiscal position that applies to a party on a day: the one it names, else (unless its tax treatment is chosen by hand) the one of
    lowest priority that fits its country and tax number. One statement, another where one applies.
    """
    if party.tax_treatment != Party.TaxTreatment.DOMESTIC and not party.fiscal_position_id:
        return None
    country, has_number = country_of(party), bool(party.vat_number)
    for row in _positions(company_id, on):
        if party.fiscal_position_id:
            if row.pk == party.fiscal_position_id:
                return _with_taxes(row, _("%(party)s names it") % {"party": party})
        elif row.is_automatic and _fits(row, country, has_number):
            number = _("with a tax number") if has_number else _("without a tax number")
            return _with_taxes(row, _("%(party)s is in %(country)s, %(number)s") % {"party": party, "country": country or "–", "number": number})
    return None


@prepared
def _positions(company_id: int, on: date) -> QuerySet[FiscalPosition]:
    wanted = FiscalPosition.objects.filter(_valid(on), company_id=company_id)
    return wanted.select_related("company").order_by("priority", "code")


def _fits(position: FiscalPosition, country: str, has_number: bool) -> bool:
    if position.needs_tax_number and not has_number:
        return False
    own = position.company.country
    return {
        FiscalPosition.Group.ANY: True,
        FiscalPosition.Group.DOMESTIC: country in ("", own),
        FiscalPosition.Group.EUROPEAN_UNION: country in EUROPEAN_UNION and country != own,
        FiscalPosition.Group.ELSEWHERE: bool(country) and country != own and country not in EUROPEAN_UNION,
        FiscalPosition.Group.LISTED: bool(country) and country in position.countries.replace(",", " ").split(),
    }[FiscalPosition.Group(position.country_group)]


def _with_taxes(position: FiscalPosition, why: str) -> Position:
    return Position(position.pk, position.name, why, {row.source_id: row.target for row in position.taxes.select_related("target")})


def taxes_for(*, company_id: int, party: Party, products: Sequence[Product], on: date) -> dict[int, TaxAnswer]:
    """The tax of each product (by id) for a party on a day, with the reason; products should come with `tax` selected.

    The fiscal position the party names or fits, else its tax treatment, else the product's own tax. At most two statements. Raises Refusal when
    the treatment needs a tax the company has not set up, or a tax is not valid then or is no tax on sales.
    """
    position = position_of(company_id=company_id, party=party, on=on)
    category = None if position else REPLACED_BY.get(party.tax_treatment)
    if category is not None:
        return _by_treatment(company_id, party, category, products, on)
    answers = {}
    for product in products:
        tax = product.tax
        if tax is None:
            answers[product.pk] = TaxAnswer(None, _("%(product)s has no sales tax.") % {"product": product})
            continue
        if position and tax.pk in position.taxes:
            target = position.taxes[tax.pk]
            reason = _("%(tax)s instead of %(source)s: fiscal position %(position)s, because %(why)s.") % {
                "tax": target.name, "source": tax.name, "position": position.name, "why": position.why,
            }
        else:
            target = tax
            reason = _("%(tax)s: tax of the product; fiscal position %(position)s leaves it, %(why)s.") % {
                "tax": tax.name, "position": position.name, "why": position.why,
            } if position else _("%(tax)s: tax of the product, domestic customer.") % {"tax": tax.name}
        if target.kind == Tax.Kind.WITHHOLDING or not _is_valid(target, on):
            raise Refusal(
                _("Tax %(tax)s of %(product)s is not valid on %(day)s.") % {"tax": target.code, "product": product, "day": on},
                field="lines", hint=_("Give the product a tax that is valid on this day."),
            )
        answers[product.pk] = TaxAnswer(target, reason)
    return answers


def _by_treatment(company_id: int, party: Party, category: TaxCategory, products: Sequence[Product], on: date) -> dict[int, TaxAnswer]:
    label = Party.TaxTreatment(party.tax_treatment).label
    tax = Tax.objects.filter(_valid(on), company_id=company_id, category=category).order_by("code").first()
    if tax is None:
        raise Refusal(
            _("The customer's tax treatment is “%(treatment)s”, but there is no active tax of category %(category)s (%(name)s).")
            % {"treatment": label, "category": category.value, "name": category.label},
            field="customer", hint=_("Set up a tax of this category at 0 %, or correct the customer's tax treatment."),
        )
    reason = _("%(tax)s: the customer's tax treatment is “%(treatment)s”.") % {"tax": tax.name, "treatment": label}
    return {product.pk: TaxAnswer(tax, reason) for product in products}


def why_typed(tax: Tax, position: Position | None) -> str:
    """The reason of a tax that a person chose, with what the party's fiscal position would have made of it."""
    if position is None:
        return _("%(tax)s: chosen by hand.") % {"tax": tax.name}
    if tax.pk in position.taxes:
        return _("%(tax)s: chosen by hand; fiscal position %(position)s would have it %(target)s, because %(why)s.") % {
            "tax": tax.name, "position": position.name, "target": position.taxes[tax.pk].name, "why": position.why,
        }
    return _("%(tax)s: chosen by hand; fiscal position %(position)s agrees, %(why)s.") % {"tax": tax.name, "position": position.name, "why": position.why}
