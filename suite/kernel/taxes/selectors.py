"""Which tax a sale bears, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Q
from django.utils.translation import gettext as _

from suite.kernel.documents.errors import Refusal
from suite.kernel.parties.models import Party
from suite.kernel.products.models import Product
from suite.kernel.taxes.models import Tax, TaxCategory

REPLACED_BY = {
    Party.TaxTreatment.INTRA_COMMUNITY: TaxCategory.INTRA_COMMUNITY,
    Party.TaxTreatment.REVERSE_CHARGE: TaxCategory.REVERSE_CHARGE,
    Party.TaxTreatment.EXPORT: TaxCategory.EXPORT,
    Party.TaxTreatment.EXEMPT: TaxCategory.EXEMPT,
}


@dataclass(frozen=True)
class TaxAnswer:
    """The tax of one product for one customer; `tax` is None where the product names none. `reason` is for the person who asks why."""

    tax: Tax | None
    reason: str


def _valid(on: date) -> Q:
    return Q(is_active=True) & (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))


def _is_valid(tax: Tax, on: date) -> bool:
    return tax.is_active and (tax.valid_from is None or tax.valid_from <= on) and (tax.valid_until is None or tax.valid_until >= on)


def tax_for(*, company_id: int, treatment: str, products: Sequence[Product], on: date) -> dict[int, TaxAnswer]:
    """The tax of each product (by id) on a day for customers of this tax treatment; products should come with `tax` selected.

    At most one statement. Raises Refusal when the treatment needs a tax the company has not set up, or a product's tax is not valid then.
    """
    category = REPLACED_BY.get(treatment)
    label = Party.TaxTreatment(treatment).label
    if category is None:
        answers = {}
        for product in products:
            tax = product.tax
            if tax is None:
                answers[product.pk] = TaxAnswer(None, _("%(product)s has no sales tax.") % {"product": product})
            elif not _is_valid(tax, on):
                raise Refusal(
                    _("Tax %(tax)s of %(product)s is not valid on %(day)s.") % {"tax": tax.code, "product": product, "day": on},
                    field="lines", hint=_("Give the product a tax that is valid on this day."),
                )
            else:
                answers[product.pk] = TaxAnswer(tax, _("%(tax)s: tax of the product, domestic customer.") % {"tax": tax.name})
        return answers
    tax = Tax.objects.filter(_valid(on), company_id=company_id, category=category).order_by("code").first()
    if tax is None:
        raise Refusal(
            _("The customer's tax treatment is “%(treatment)s”, but there is no active tax of category %(category)s (%(name)s).")
            % {"treatment": label, "category": category.value, "name": category.label},
            field="customer", hint=_("Set up a tax of this category at 0 %, or correct the customer's tax treatment."),
        )
    reason = _("%(tax)s: the customer's tax treatment is “%(treatment)s”.") % {"tax": tax.name, "treatment": label}
    return {product.pk: TaxAnswer(tax, reason) for product in products}
