"""What a tax adviser would ask to see: positions abroad, a supplier of whom tax is withheld, a deposit on a large order."""

from datetime import date, timedelta
from decimal import Decimal

from crm.orders.models import Order
from crm.orders.services import ask_for_deposit
from erp.payables.models import SupplierBill
from erp.payables.services import BillLineInput, draft_bill, draft_supplier_payment, post_bill, post_supplier_payment
from erp.receivables.models import CustomerInvoice
from integration.profiles.demo.house import House
from suite.kernel.documents.editing import save_record
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import FiscalPosition, FiscalPositionTax, Tax

# code, name, where, with a tax number only, priority, the tax's code, name, category, reason, code of the reason
POSITIONS = (
    ("EU-B2B", "EU business", "eu", True, 10, "IC", "Intra-Community supply 0 %", "K", "Intra-Community supply", "VATEX-EU-IC"),
    ("EXPORT", "Outside the EU", "elsewhere", False, 20, "EXP", "Export 0 %", "G", "Export outside the EU", "VATEX-EU-G"),
)


def tell_taxes(house: House, today: date) -> None:
    """Fiscal positions, a withheld bill and a deposit. Told again, nothing happens twice."""
    company = house.company
    charged = list(Tax.objects.filter(company=company, category="S", kind="value_added", rate__gt=0).order_by("code"))
    for code, name, group, needs_number, priority, tax_code, tax_name, category, reason, reason_code in POSITIONS:
        if FiscalPosition.objects.filter(company=company, code=code).exists():
            continue
        target = Tax.objects.filter(company=company, category=category, rate=0).order_by("code").first() or Tax.objects.create(
            company=company, code=tax_code, name=tax_name, rate=0, category=category, exemption_reason=reason, exemption_code=reason_code)
        save_record(
            FiscalPosition(company=company, code=code, name=name, country_group=group, needs_tax_number=needs_number, priority=priority),
            actor=house.person("administrator"), lines=[("fiscal_position", [FiscalPositionTax(source=tax, target=target) for tax in charged], [])],
        )
    _adviser(house, today)
    order = Order.objects.filter(company=company, status=Order.Status.CONFIRMED, delivery_status="nothing").order_by("-gross", "pk").first()
    if order and not CustomerInvoice.objects.filter(company=company, kind=CustomerInvoice.Kind.DEPOSIT).exists():
        ask_for_deposit(order, actor=house.person("administrator"), percent=Decimal(30), issued_on=max(today, order.order_date))


def _adviser(house: House, today: date) -> None:
    """A bill of an adviser abroad, paid less what is withheld for the tax office."""
    company, finance = house.company, house.person("finance")
    if SupplierBill.objects.filter(company=company, source_key="demo/adviser").exists():
        return
    withheld, _made = Tax.objects.get_or_create(
        company=company, code="W15", defaults={"name": "Withholding tax 15 %", "rate": Decimal("0.15"), "kind": Tax.Kind.WITHHOLDING})
    adviser, _made = Party.objects.get_or_create(
        company=company, number="S-ADVISER", defaults={"name": "Fjord Advisory AS", "is_supplier": True, "country": "NO", "withholding_tax": withheld})
    issued_on = today - timedelta(days=6)
    post_bill(draft_bill(
        company_id=company.pk, supplier_id=adviser.pk, supplier_reference="FA-2207", issued_on=issued_on, actor=finance, source_key="demo/adviser",
        lines=[BillLineInput("Study of packaging, licence fee", Decimal(1), Decimal(1200))],
    ), actor=finance)
    post_supplier_payment(draft_supplier_payment(
        company_id=company.pk, supplier_id=adviser.pk, bank_account_id=house.bank.pk, amount=Decimal(1020), paid_on=today,
        currency_id=company.currency_id, method="card", actor=finance, reference="FA-2207", source_key="demo/adviser/payment",
    ), actor=finance)
