"""Who sent an e-invoice, and which of our tax codes and accounts its lines bear."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from importlib import import_module

from django.db.models import Q
from django.utils.translation import gettext as _

from erp.einvoicing.rules.billing import Problem, tax_keys, totals_that_do_not_add_up
from erp.einvoicing.rules.building import plain_vat
from erp.einvoicing.rules.document import ElectronicInvoice, Trader
from erp.payables.models import SupplierBankAccount, SupplierBillLine
from suite.kernel.companies.models import Company
from suite.kernel.money.models import Currency
from suite.kernel.money.rules import ZERO
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax, TaxCategory


@dataclass
class Recognised:
    """What was found of an e-invoice, and every problem."""

    supplier: Party | None = None
    by: str = ""
    taxes: dict[tuple[str, Decimal], int] = field(default_factory=dict)
    currency: Currency | None = None
    problems: list[Problem] = field(default_factory=list)


def recognise(company: Company, document: ElectronicInvoice, xml: bytes = b"", *, supplier: Party | None = None) -> Recognised:
    """Supplier (unless a person named one), tax codes and currency, with a problem for each that is not found or does not fit.

    With `xml` the official rules are run too.
    """
    found = Recognised(currency=Currency.objects.filter(code=document.currency).first())
    if supplier is not None:
        found.supplier, found.by = supplier, str(_("a person"))
    else:
        _find_supplier(company, document.seller, found)
    if found.currency is None:
        found.problems.append(Problem(
            "currency", _("There is no currency %(code)s here.") % {"code": document.currency or "?"}, _("Add it under Settings → Currencies."), is_final=True,
        ))
    _find_taxes(company, document, found)
    _compare_buyer(company, document.buyer, found)
    found.problems += totals_that_do_not_add_up(document)
    if xml:
        syntax = "cii" if document.syntax == "CII" else "ubl"
        found.problems += [
            Problem("rules", str(rule), _("Ask the sender for a correct invoice, or make the bill nevertheless."))
            for rule in import_module("erp.einvoicing.official").check(xml, syntax)
        ]
    return found


def _find_supplier(company: Company, seller: Trader, found: Recognised) -> None:
    suppliers = Party.objects.filter(company=company, is_supplier=True, is_active=True)
    vat = plain_vat(seller.vat_number)
    by_vat = [one for one in suppliers.exclude(vat_number="") if vat and plain_vat(one.vat_number) == vat]
    by_name = [] if by_vat else [one for one in suppliers.filter(name__istartswith=seller.name[:2]) if _same(one.name, seller.name)]
    for candidates, how in ((by_vat, _("VAT number")), (by_name, _("name"))):
        if len(candidates) == 1:
            found.supplier, found.by = candidates[0], str(how)
            return
        if candidates:
            found.problems.append(Problem(
                "supplier", _("More than one supplier has this %(how)s: %(names)s.") % {"how": how, "names": ", ".join(str(one) for one in candidates[:5])},
                _("Choose the one that sent it."), is_final=True,
            ))
            return
    found.problems.append(Problem(
        "supplier", _("No supplier has the VAT number %(vat)s or the name %(name)s.") % {"vat": vat or "—", "name": seller.name or "—"},
        _("Choose the supplier, or add one and give it this VAT number: the next invoice is recognised."), is_final=True,
    ))


def _same(one: str, other: str) -> bool:
    def plain(name: str) -> str:
        return "".join(sign for sign in name.casefold() if sign.isalnum())

    return bool(plain(one)) and plain(one) == plain(other)


def _find_taxes(company: Company, document: ElectronicInvoice, found: Recognised) -> None:
    on: date | None = document.delivered_on or document.issued_on
    valid = Q(is_active=True) & (Q(valid_from__isnull=True) | Q(valid_from__lte=on)) & (Q(valid_until__isnull=True) | Q(valid_until__gte=on))
    codes = list(Tax.objects.filter(valid, company=company).order_by("-self_assessed_rate", "code"))
    names = dict(TaxCategory.choices)
    for category, percent in tax_keys(document):
        code = next((one for one in codes if one.category == category and one.rate * 100 == percent), None)
        if code is not None:
            found.taxes[category, percent] = code.pk
            continue
        found.problems.append(Problem(
            "tax", _("There is no tax code of category %(category)s (%(name)s) with %(percent)s %%.")
            % {"category": category or "?", "name": names.get(category, "?"), "percent": f"{(percent or ZERO).normalize() + 0:f}"},
            _("Add one under Settings → Taxes that is valid on %(day)s, then make the bill.") % {"day": on}, is_final=True,
        ))


def _compare_buyer(company: Company, buyer: Trader, found: Recognised) -> None:
    ours, theirs = plain_vat(company.vat_number), plain_vat(buyer.vat_number)
    if ours and theirs and ours != theirs:
        found.problems.append(Problem(
            "buyer", _("It is addressed to %(name)s with the VAT number %(theirs)s; ours is %(ours)s.") % {"name": buyer.name, "theirs": theirs, "ours": ours},
            _("Send it back if it is not for us, or make the bill nevertheless."),
        ))


def usual_account(company_id: int, supplier_id: int) -> int | None:
    """The account that the supplier's last bill was put on, or None."""
    lines = SupplierBillLine.objects.filter(company_id=company_id, bill__supplier_id=supplier_id, bill__status="posted", account__isnull=False)
    return lines.order_by("-bill_id", "position").values_list("account_id", flat=True).first()


def is_known_account(supplier: Party, iban: str) -> bool:
    """Whether the supplier may be paid there: a second person has approved the account."""
    return SupplierBankAccount.objects.filter(supplier=supplier, iban=iban.replace(" ", ""), status=SupplierBankAccount.Status.APPROVED).exists()
