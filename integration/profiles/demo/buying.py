"""What suppliers charge: bills of each month and their payment, a truck that depreciates, an insurance spread over its year, what waits for approval."""

import tomllib
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Any

from erp.assets.models import Asset, AssetClass
from erp.assets.services.acquiring import capitalise_asset
from erp.assets.services.depreciating import run_depreciation
from erp.compliance.models import Obligation
from erp.dimensions.models import Dimension, DimensionValue
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import accounts_of
from erp.payables.models import SupplierBankAccount, SupplierBill
from erp.payables.services import BillLineInput, draft_bill, draft_supplier_payment, post_bill, post_supplier_payment
from erp.payables.services.bank_accounts import approve_bank_account, enter_supplier_bank_account
from erp.schedules.models import Deferral
from erp.schedules.services.deferrals import activate_deferral
from erp.schedules.services.running import run_schedules
from integration.profiles.demo.plan import Happening
from integration.profiles.demo.story import Story, tells
from suite.kernel.approvals.models import ApprovalRule
from suite.kernel.approvals.services import ask_for_approval
from suite.kernel.calendars.models import Period
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm

LARGE = Decimal(5000)


@lru_cache(maxsize=1)
def bought() -> dict[str, Any]:
    """Suppliers, their bills, the truck and the insurance, as buying.toml describes them."""
    return tomllib.loads((Path(__file__).parent / "buying.toml").read_text(encoding="utf-8"))


@tells("open_desk", by="finance")
def open_desk(story: Story, happening: Happening) -> None:
    """Suppliers with bank accounts that two people looked at, cost centres, the calendar of tax returns, the truck, the insurance."""
    finance, second, company = story.person("finance"), story.person("administrator"), story.house.company
    terms = {term.code: term for term in PaymentTerm.objects.filter(company=company)}
    for one in bought()["suppliers"]:
        party = Party.objects.create(
            company=company, number=one["number"], name=one["name"], is_supplier=True, country="DE", payment_term=terms[one["term"]])
        account = enter_supplier_bank_account(company_id=company.pk, supplier_id=party.pk, iban=one["iban"], holder=one["name"], actor=finance)
        approve_bank_account(account, actor=second)
    centre = Dimension.objects.create(company=company, code="CC", name="Cost centre")
    DimensionValue.objects.bulk_create(
        DimensionValue(company=company, dimension=centre, code=one["code"], name=one["name"]) for one in bought()["cost_centres"])
    Obligation.objects.create(company=company, name="VAT return", starts_on=happening.on.replace(day=1), owner=finance)
    _truck(story, happening.on)
    _insurance(story, happening.on)


def _truck(story: Story, on: date) -> None:
    given, finance = bought()["asset"], story.person("finance")
    kind = AssetClass.objects.create(
        company=story.house.company, code=given["class_code"], name=given["class_name"], life_months=given["life_months"])
    bill = _bill(story, "L-05", on, [(given["name"], given["cost"])], role=AccountRole.CWIP)
    capitalise_asset(Asset.objects.get(bill_line__bill=bill, asset_class=kind), actor=finance, on=on)


def _insurance(story: Story, on: date) -> None:
    given, finance = bought()["prepaid"], story.person("finance")
    _bill(story, "L-06", on, [(given["description"], given["amount"])], role=AccountRole.PREPAID, tax=None)
    starts = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    deferral = Deferral.objects.create(
        company=story.house.company, kind=Deferral.Kind.EXPENSE, description=given["description"], party=_supplier(story, "L-06"),
        amount=Decimal(given["amount"]), booked_on=on, is_moved=False, starts_on=starts,
        ends_on=starts.replace(year=starts.year + 1) - timedelta(days=1), created_by=finance)
    activate_deferral(deferral, actor=finance)


@tells("bills", by="finance")
def bills(story: Story, happening: Happening) -> None:
    """The month's bills; those of the month before are paid; the truck is worth less."""
    finance = story.person("finance")
    for one in bought()["suppliers"]:
        if "bills" in one:
            _bill(story, one["number"], happening.on, one["bills"])
    due = SupplierBill.objects.filter(
        company_id=story.company_id, status=SupplierBill.Status.POSTED, payment_status="unpaid", issued_on__lt=happening.on - timedelta(days=20),
    ).order_by("pk")
    for bill in due:
        payment = draft_supplier_payment(
            company_id=story.company_id, supplier_id=bill.supplier_id, bank_account_id=story.house.bank.pk, amount=bill.gross, paid_on=happening.on,
            currency_id=bill.currency_id, actor=finance, reference=bill.supplier_reference, source_key=f"demo/pay/{bill.pk}",
            payee_account_id=SupplierBankAccount.objects.get(supplier=bill.supplier_id, status="approved").pk)
        post_supplier_payment(payment, actor=finance)
    ended = Period.objects.filter(
        company_id=story.company_id, is_closing=False, ends_on__lt=happening.on, ends_on__gte=happening.on - timedelta(days=31)).first()
    if ended and ended.status == Period.Status.OPEN and Asset.objects.filter(company_id=story.company_id, in_service_on__lte=ended.ends_on).exists():
        run_depreciation(period=ended, actor=finance)
    run_schedules(company_id=story.company_id, on=happening.on, actor=finance)


@tells("waiting_bills", by="finance")
def waiting_bills(story: Story, happening: Happening) -> None:
    """On the desk today: a bill to look at, and a large one that the manager is asked to approve."""
    given = bought()["large"]
    ApprovalRule.objects.create(company=story.house.company, action="erp.supplierbill:post", from_amount=LARGE, role="manager")
    _bill(story, "L-03", happening.on, [("Cartons, rush order", "118.90")], is_draft=True)
    large = _bill(story, "L-05", happening.on, [(given["description"], given["amount"])], is_draft=True)
    ask_for_approval(large, transition="post", actor=story.person("finance"), reason="The second bay is full by spring.")


def _supplier(story: Story, number: str) -> Party:
    return Party.objects.get(company_id=story.company_id, number=number)


def _bill(
    story: Story, number: str, on: date, lines: list, *, role: AccountRole = AccountRole.EXPENSE, tax: str | None = "S19", is_draft: bool = False,
) -> SupplierBill:
    finance, accounts = story.person("finance"), accounts_of(story.company_id)
    code = Tax.objects.get(company_id=story.company_id, code=tax) if tax else None
    reference = f"{number[2:]}-{on:%Y%m%d}"
    bill = draft_bill(
        company_id=story.company_id, supplier_id=_supplier(story, number).pk, supplier_reference=reference, issued_on=on, actor=finance,
        source_key=f"demo/bill/{reference}{'/today' if is_draft else ''}",
        lines=[BillLineInput(text, Decimal(1), Decimal(amount), tax_id=code and code.pk, account_id=accounts.of(role)) for text, amount in lines])
    return bill if is_draft else post_bill(bill, actor=finance)
