"""Control of budgets: what is posted, ordered and requested against what is budgeted, warned, blocked, and allowed by somebody else."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied

from erp.budgets.models import BudgetCommitmentLine, BudgetOverride, BudgetWarning
from erp.budgets.services import CommittedLine, commit_budget, override_budget
from erp.budgets.services.committing import open_lines
from erp.ledger.models import JournalEntry
from erp.ledger.services import EntryLine, post_entry, post_manual_entry
from erp.payables.services import BillLineInput, draft_bill, post_bill
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.preview import preview
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from tests.factories.budgets import DAY, POSTAGE, RENT

D = Decimal
BLOCK = {"control_actual": "block", "control_order": "block", "control_request": "block", "control_span": "period"}


def commit(house, amount, *, key="scm.purchaseorder:1", level="order", account=RENT, on=DAY, replaces=(), centres=()):
    lines = [CommittedLine(house.account(account).pk, D(amount), on, tuple(house.values[code].pk for code in centres))] if D(amount) else []
    return commit_budget(company_id=house.company.pk, source_key=key, level=level, lines=lines, actor=house.accountant, replaces=replaces)


def refused(act) -> Refusal:
    before = (JournalEntry.objects.filter(status="posted").count(), BudgetCommitmentLine.objects.count(), BudgetWarning.objects.count())
    with pytest.raises(Refusal) as refusal:
        act()
    assert refusal.value.code == "budget_exceeded"
    assert (JournalEntry.objects.filter(status="posted").count(), BudgetCommitmentLine.objects.count(), BudgetWarning.objects.count()) == before
    return refusal.value


def test_a_blocked_budget_refuses_and_names_everything(house):
    budget = house.active(house.cell("100", value="1"), **BLOCK)
    house.post("60", centre="11")

    said = refused(lambda: house.post("60", centre="12")).message

    for part in (str(budget), "6100", "1 Centre 1", "2026 / 03", "budget 100.00", "used 60.00", "would be 120.00"):
        assert part in said, said
    assert house.post("40", centre="12").status == "posted"


def test_what_reduces_cost_or_lies_elsewhere_is_not_asked(house):
    house.active(house.cell("100", value="1"), **BLOCK)
    assert house.post("100", centre="1").status == "posted"
    assert house.post("-50", centre="1").status == "posted"
    assert house.post("500", centre="2").status == "posted"
    assert house.post("500", account=POSTAGE, centre="1").status == "posted"
    assert house.post("500", centre="1", on=date(2025, 3, 10)).status == "posted"


def test_a_line_without_value_is_for_what_no_line_with_a_value_covers(house):
    house.active(house.cell("100", value="1"), house.cell("30"), **BLOCK)
    house.post("100", centre="11")
    house.post("30", centre="2")
    refused(lambda: house.post("1"))
    refused(lambda: house.post("1", centre="12"))


def test_the_year_to_date_lends_what_earlier_months_left(house):
    house.active(**{**BLOCK, "control_span": "year"})
    assert house.post("300").status == "posted"
    refused(lambda: house.post("1"))
    assert house.post("100", on=date(2026, 4, 1)).status == "posted"


def test_a_warning_is_previewed_stored_and_does_not_stop(house):
    house.active(control_actual="warn", control_span="period")
    entry = house.typed("130")

    seen = preview(entry, "post", actor=house.accountant)
    assert "would be 130.00" in seen.messages[0]
    assert BudgetWarning.objects.count() == 0

    post_manual_entry(entry, actor=house.accountant)
    warning = BudgetWarning.objects.get()
    assert (warning.document_key, warning.budgeted, warning.used, warning.added) == (entry.key, D(100), D(130), D(130))


def test_a_blocked_entry_is_refused_in_preview_too(house):
    house.active(**BLOCK)
    entry = house.typed("130")
    assert "would be 130.00" in refused(lambda: preview(entry, "post", actor=house.accountant)).message


def test_somebody_else_may_allow_it_for_a_reason(house):
    house.active(**BLOCK)
    entry = house.typed("130")
    with pytest.raises(PermissionDenied):
        override_budget(company_id=house.company.pk, document_key=entry.key, amount=D(30), reason="Flood", actor=house.accountant)
    with pytest.raises(Refusal):
        override_budget(company_id=house.company.pk, document_key=entry.key, amount=D(30), reason=" ", actor=house.controller)
    override_budget(company_id=house.company.pk, document_key=entry.key, amount=D("29.99"), reason="Flood", actor=house.controller)
    refused(lambda: post_manual_entry(entry, actor=house.accountant))

    override_budget(company_id=house.company.pk, document_key=entry.key, amount=D(30), reason="Flood", actor=house.controller)
    post_manual_entry(entry, actor=house.accountant)

    assert BudgetWarning.objects.get().override.reason == "Flood"


def test_the_author_of_a_document_allows_nothing(house):
    entry = house.typed("130", actor=house.controller)
    with pytest.raises(Refusal) as refusal:
        override_budget(company_id=house.company.pk, document_key=entry.key, amount=D(30), reason="Mine", actor=house.controller)
    assert refusal.value.code == "override_four_eyes"
    assert BudgetOverride.objects.count() == 0


class TestCommitments:
    def test_orders_and_requests_take_from_the_budget(self, house):
        house.active(**BLOCK)
        commit(house, "60")
        refused(lambda: commit(house, "50", key="scm.purchaserequest:9", level="request"))
        refused(lambda: house.post("41"))
        assert house.post("40").status == "posted"

    def test_asking_again_changes_nothing_and_less_releases(self, house):
        house.active(**BLOCK)
        made = commit(house, "100")
        assert commit(house, "100") == made
        assert BudgetCommitmentLine.objects.count() == 1
        commit(house, "70")
        commit(house, "0")
        assert open_lines(made.pk) == {}
        assert house.post("100").status == "posted"

    def test_an_order_takes_over_from_its_request(self, house):
        house.active(**BLOCK)
        request = commit(house, "100", key="scm.purchaserequest:1", level="request")
        order = commit(house, "100", replaces=["scm.purchaserequest:1"])
        assert (open_lines(request.pk), list(open_lines(order.pk).values())) == ({}, [D(100)])

    def test_a_request_that_becomes_an_order_is_looked_at_as_an_order(self, house):
        house.active(control_order="block", control_span="period")
        made = commit(house, "120", level="request")
        assert list(open_lines(made.pk).values()) == [D(120)]
        refused(lambda: commit(house, "120", level="order"))
        made.refresh_from_db()
        assert made.level == "request"

    def test_an_amount_not_above_zero_is_refused(self, house):
        with pytest.raises(Refusal):
            commit(house, "-1")
        assert BudgetCommitmentLine.objects.count() == 0

    def test_the_bill_of_an_order_uses_up_what_the_order_committed(self, house):
        house.active(**BLOCK)
        made = commit(house, "100", key="scm.purchaseorder:7")
        supplier = Party.objects.create(company=house.company, name="Mill", number="S-1", is_supplier=True)

        def bill(price, reference):
            drafted = draft_bill(
                company_id=house.company.pk, supplier_id=supplier.pk, supplier_reference=reference, issued_on=DAY, actor=house.accountant,
                lines=[BillLineInput(description="Rent", quantity=D(1), unit_price=D(price), tax_id=Tax.objects.get(company=house.company, code="T0").pk,
                                     account_id=house.account(RENT).pk)])
            drafted.order_key = "scm.purchaseorder:7"
            drafted.save(update_fields=["order_key"])
            return drafted

        assert post_bill(bill("80", "R-1"), actor=house.accountant).status == "posted"
        assert list(open_lines(made.pk).values()) == [D(20)]
        dear = bill("21", "R-2")
        assert "would be 101.00" in refused(lambda: post_bill(dear, actor=house.accountant)).message
        assert list(open_lines(made.pk).values()) == [D(20)]


def test_programs_that_post_are_not_asked(house):
    """Depreciation, closing and the like are no choice of the day: they show in the variance."""
    house.active(**BLOCK)
    entry = post_entry(
        company_id=house.company.pk, journal_kind="general", ledger_date=DAY, description="By a program", actor=house.accountant,
        lines=[EntryLine(account_id=house.account(RENT).pk, amount=D(500)), EntryLine("BANK", amount=D(-500))])
    assert entry.number


def test_a_company_without_budgets_pays_one_look(house, django_assert_num_queries):
    entry = house.typed("10")
    house_free = house.typed("10")
    post_manual_entry(entry, actor=house.accountant)
    with django_assert_num_queries(27, exact=False):
        post_manual_entry(house_free, actor=house.accountant)
