"""Groups of taxes, compound ones, prices that include them, and what may not be deducted (P2P-24)."""

import random
from decimal import Decimal

import pytest

from suite.kernel.documents.editing import save_record
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import round_money
from suite.kernel.taxes.models import Tax, TaxPart
from suite.kernel.taxes.rules import TaxableLine, rate_of, tax_document
from tests.factories.books import net_by_role
from tests.golden.postings import expected

D = Decimal
GST, QST = (1, D("0.05"), False), (2, D("0.09975"), True)
BOTH = (GST, QST)
CODES = {7: (D("0.154988"), BOTH), 1: (D("0.05"), ()), 3: (D("0.19"), ()), 4: (D("0"), ()), 8: (D("0.12"), ((1, D("0.05"), False), (5, D("0.07"), False)))}


def test_a_later_tax_is_computed_on_the_earlier_one():
    found = tax_document([TaxableLine(D("100.00"), 7, D("0.154988"), BOTH)])
    assert [(group.tax_key, group.base, group.tax) for group in found.groups] == [(1, D("100.00"), D("5.00")), (2, D("105.00"), D("10.47"))]
    assert rate_of(BOTH) == D("0.1547375")


def test_a_price_that_includes_a_compound_is_what_it_says_to_the_cent():
    found = tax_document([TaxableLine(D("9.99"), 7, D("0.154988"), BOTH)], prices_include_tax=True)
    assert (found.net, found.gross) == (D("8.65"), D("9.99"))
    assert [group.tax for group in found.groups] == [D("0.43"), D("0.91")]


@pytest.mark.parametrize("seed", range(300))
def test_the_equalities_of_en_16931_hold_for_random_documents(seed):
    chance = random.Random(seed)  # noqa: S311 - reproducible documents
    keys = chance.choices(list(CODES), k=chance.randint(1, 9))
    lines = [TaxableLine(D(chance.randint(-5000, 100000)) / 100, key, *CODES[key]) for key in keys]
    includes = chance.random() < 0.5
    found = tax_document(lines, prices_include_tax=includes)
    assert sum(found.line_nets) == found.net  # BR-CO-10
    assert sum(group.tax for group in found.groups) == found.tax  # BR-CO-14
    assert found.net + found.tax == found.gross  # BR-CO-15
    assert len({(group.tax_key, group.rate) for group in found.groups}) == len(found.groups)
    if includes:
        assert found.gross == sum(line.amount for line in lines)
    else:
        assert all(group.tax == round_money(group.base * group.rate) for group in found.groups)  # BR-CO-17


def group(company, *parts, actor, code="GQ") -> Tax:
    made = Tax(company=company, code=code, name="GST and QST", rate=0, kind="group")
    rows = [TaxPart(tax=tax, is_on_earlier=later) for tax, later in parts]
    return save_record(made, actor=actor, lines=[("group", rows, [])])


def canadian(trade):
    gst = Tax.objects.create(company=trade.company, code="GST", name="GST", rate=D("0.05"))
    qst = Tax.objects.create(company=trade.company, code="QST", name="QST", rate=D("0.09975"))
    return gst, qst, group(trade.company, (gst, False), (qst, True), actor=trade.actor)


@pytest.mark.django_db
def test_an_invoice_carries_a_row_per_part_and_posts_their_sum(trading):
    trade = trading()
    gst, qst, both = canadian(trade)
    assert both.rate == D("0.154738")
    invoice = trade.invoice(trade.line("1", "100", kind="service", tax=both))
    assert {(tax.code, tax.base, tax.amount) for tax in invoice.taxes.all()} == {(gst, D(100), D(5)), (qst, D(105), D("10.47"))}
    assert net_by_role(invoice.entry) == {"AR": D("115.47"), "REVENUE": D(-100), "OUTPUT_TAX": D("-15.47")}


@pytest.mark.django_db
def test_a_part_that_changes_changes_its_group(trading):
    trade = trading()
    gst, _qst, both = canadian(trade)
    gst.rate = D("0.06")
    save_record(gst, actor=trade.actor)
    both.refresh_from_db()
    assert both.rate == D("0.165735")


@pytest.mark.django_db
def test_groups_that_cannot_stand(trading):
    trade = trading()
    gst, _qst, both = canadian(trade)
    for parts, code in (((), "tax_without_parts"), (((both, False),), "tax_part_of_wrong_kind")):
        with pytest.raises(Refusal) as refused:
            group(trade.company, *parts, actor=trade.actor, code="BAD")
        assert refused.value.code == code
    gst.kind = "group"
    with pytest.raises(Refusal):  # it would be made of itself
        save_record(gst, actor=trade.actor, lines=[("group", [TaxPart(tax=both)], [])])
    assert not Tax.objects.filter(code="BAD").exists()
    gst.refresh_from_db()
    assert gst.kind == "value_added"


@pytest.mark.django_db
def test_p2p_24(buying_with):
    buying = buying_with()
    buying.tax_20.deductible_share = D("0.5")
    buying.tax_20.save(update_fields=["deductible_share"])
    bill = buying.bill(buying.line("100", tax=buying.tax_20))
    assert net_by_role(bill.entry) == expected("P2P-24")
    assert bill.taxes.get().not_deductible == 10


@pytest.mark.django_db
def test_the_share_is_borne_by_the_lines_of_that_tax_to_the_cent(buying_with):
    buying = buying_with()
    buying.tax_20.deductible_share = D("0.333333")
    buying.tax_20.save(update_fields=["deductible_share"])
    bill = buying.bill(
        buying.line("0.03", tax=buying.tax_20), buying.line("33.33", tax=buying.tax_20, account="BANK_FEES"), buying.line("50", tax=buying.tax),
    )
    net = net_by_role(bill.entry)
    assert sum(net.values()) == 0
    assert net["INPUT_TAX"] == bill.tax - sum(tax.not_deductible for tax in bill.taxes.all())
