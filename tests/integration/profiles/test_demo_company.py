"""The demo company: a story told through the real services, whole, healthy and with work for everybody."""

import signal
import subprocess
import sys
import time
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.management import call_command
from django.utils import timezone

from crm.orders.models import Order
from crm.quotes.models import Quote
from erp.assets.models import Asset, DepreciationRun
from erp.banking.models import StatementLine
from erp.budgets.models import Budget, BudgetCommitment
from erp.claims.models import EmployeeAdvance, ExpenseClaim
from erp.dunning.models import DunningBlock, DunningLevel, DunningNotice, DunningRun
from erp.einvoicing.services import check_invoice
from erp.inventory.models import StockAdjustment
from erp.ledger.models import JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.selectors import balance_of
from erp.payables.models import SupplierBill
from erp.paymentruns.models import Mandate, PaymentBatch
from erp.receivables.models import CustomerInvoice, OpenItem
from integration.management.commands.doctor import examine
from integration.profiles.demo.description import logins
from integration.profiles.demo.loading import OtherDemo, load_demo
from integration.profiles.demo.plan import make_plan
from integration.trace.selectors import orphans
from integration.worklist.selectors import worklist
from scm.shipping.models import Shipment
from suite.kernel.approvals.models import ApprovalRequest
from suite.kernel.calendars.models import FiscalYear, Period
from suite.kernel.companies.models import Company
from suite.kernel.documents.models import IdempotencyKey
from suite.kernel.documents.preview import preview
from suite.kernel.mail.models import OutgoingMail
from suite.kernel.users.models import User
from suite.runtime.places import ROOT


def test_the_same_seed_gives_the_same_story():
    one, two = (make_plan(seed=7, orders=300, today=date(2026, 3, 31)) for _ in range(2))
    other = make_plan(seed=8, orders=300, today=date(2026, 3, 31))

    assert one == two
    assert other.sales != one.sales
    assert (len(one.customers), len(one.goods), len(one.sales)) == (150, 120, 300)
    assert len({customer.name for customer in one.customers}) == 150
    assert len({happening.key for happening in one.happenings}) == len(one.happenings)
    assert max(happening.on for happening in one.happenings) == date(2026, 3, 31)


def test_passwords_are_long_enough():
    assert {role for _name, role, _password in logins()} == {"sales", "finance", "logistics", "manager", "auditor", "administrator"}
    assert all(len(password) >= 12 for _name, _role, password in logins())


@pytest.mark.django_db(transaction=True)
def test_an_interrupted_story_is_told_to_its_end(application_environment, capsys):
    command = [sys.executable, str(ROOT / "manage.py"), "load_demo", "--orders", "40"]
    killed = subprocess.Popen(command, env=application_environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 90
    while Shipment.objects.filter(status=Shipment.Status.DELIVERED).count() < 8:
        assert killed.poll() is None and time.monotonic() < until
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    with pytest.raises(OtherDemo, match="--orders 40 --seed 7"):
        load_demo(orders=50, seed=7, say=lambda line: None)

    subprocess.run(command, env=application_environment, check=True, capture_output=True, timeout=240)

    assert Order.objects.filter(source_key__startswith="demo/order/").count() + Quote.objects.filter(status="accepted").count() == 40
    assert {name: found for name, found in examine().items() if found["violations"]} == {}
    assert orphans() == {}
    _there_is_work_for_everybody()
    _finished_years_are_closed()
    assert balance_of(Order.objects.first().company_id, AccountRole.OPENING_BALANCE_EQUITY, timezone.localdate()) == 0
    _every_invoice_passes_the_standard()
    _suppliers_are_billed_paid_and_asked_about()
    _employees_spent_money()
    _money_is_on_its_way()
    _a_budget_warns_of_what_goes_over_it()
    _who_pays_late_hears_of_it()

    told = IdempotencyKey.objects.count()
    assert load_demo(orders=40, seed=7, say=lambda line: None) is False
    assert IdempotencyKey.objects.count() == told
    call_command("demo_logins")
    printed = capsys.readouterr().out
    assert all(password in printed for _name, _role, password in logins())
    for username, role, password in logins():
        user = User.objects.get(username=username)
        assert user.check_password(password) and user.groups.get().name == role


def _there_is_work_for_everybody() -> None:
    today = timezone.localdate()
    assert Order.objects.filter(status=Order.Status.DRAFT).count() == 5
    assert Order.objects.filter(status=Order.Status.ON_HOLD, hold_reason="credit").count() == 1
    assert Shipment.objects.filter(status__in=Shipment.OPEN).exists()
    assert StockAdjustment.objects.filter(status=StockAdjustment.Status.DRAFT).count() == 1
    assert StatementLine.objects.filter(status=StatementLine.Status.OPEN).count() >= 3
    assert OpenItem.objects.filter(kind=OpenItem.Kind.INVOICE, open_amount__gt=0, due_on__lt=today).exists()
    assert CustomerInvoice.objects.filter(status=CustomerInvoice.Status.DRAFT).exists()
    assert set(Quote.objects.values_list("status", flat=True)) >= {"draft", "sent", "rejected", "expired", "superseded"}


def _who_pays_late_hears_of_it() -> None:
    assert DunningLevel.objects.count() == 3
    assert sorted(DunningRun.objects.values_list("status", flat=True)) == ["posted", "proposed"]
    assert DunningNotice.objects.filter(status=DunningNotice.Status.ISSUED).exists() and DunningBlock.objects.count() == 1
    assert OutgoingMail.objects.filter(attachment__name__startswith="dunning-").exists()


def _a_budget_warns_of_what_goes_over_it() -> None:
    assert sorted(Budget.objects.values_list("status", flat=True)) == ["active", "draft"]
    assert BudgetCommitment.objects.count() == 1
    shelves = JournalEntry.objects.get(status="draft", description__startswith="New shelves")
    assert "would be" in preview(shelves, "post", actor=User.objects.get(username="finance")).messages[0]


def _suppliers_are_billed_paid_and_asked_about() -> None:
    bills = SupplierBill.objects.all()
    assert bills.filter(payment_status="paid").count() >= 20
    assert bills.filter(status="draft").count() == 2
    assert (Asset.objects.get().status, DepreciationRun.objects.count() >= 7) == ("in_service", True)
    assert ApprovalRequest.objects.get().status == ApprovalRequest.Status.ASKED
    assert [item.kind for item in worklist(User.objects.get(username="manager"), kind="approval")] == ["approval"]


def _employees_spent_money() -> None:
    posted, waiting = ExpenseClaim.objects.order_by("pk")
    assert (posted.status, posted.gross, posted.covered, posted.receipts.count()) == ("paid", Decimal("255.65"), Decimal("255.65"), 3)
    assert (waiting.status, waiting.lines.exclude(remarks="").count()) == ("submitted", 1)
    assert (EmployeeAdvance.objects.get().status, EmployeeAdvance.objects.get().open_amount) == ("paid", Decimal("44.35"))


def _money_is_on_its_way() -> None:
    assert set(PaymentBatch.objects.values_list("status", flat=True)) == {"exported", "proposed"}
    assert list(Mandate.objects.values_list("status", flat=True)) == ["active", "active"]


def _every_invoice_passes_the_standard() -> None:
    broken = {
        invoice.number or invoice.pk: findings for invoice in CustomerInvoice.objects.exclude(status=CustomerInvoice.Status.VOID)
        if (findings := check_invoice(invoice))
    }
    assert broken == {}
    assert Company.objects.get().einvoice_check


def _finished_years_are_closed() -> None:
    today = timezone.localdate()
    traded = FiscalYear.objects.filter(ends_on__gte=Order.objects.earliest("order_date").order_date)
    finished = traded.filter(ends_on__lt=today - timedelta(days=20))
    assert finished.exists()
    assert not Period.objects.filter(year__in=finished, is_closing=False).exclude(status=Period.Status.CLOSED).exists()
    assert JournalEntry.objects.filter(period__is_closing=True, period__year__in=finished).count() == finished.count()
    assert Period.objects.get(starts_on__lte=today, ends_on__gte=today, is_closing=False).status == Period.Status.OPEN
