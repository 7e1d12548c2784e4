"""No number for an invoice that breaks a rule of EN 16931: random good ones pass in both spellings, broken ones are refused."""

import random
from decimal import Decimal

import pytest

from erp.einvoicing.official import check
from erp.einvoicing.rules.cii import read_cii, write_cii
from erp.einvoicing.rules.document import inconsistencies
from erp.einvoicing.rules.markup import read
from erp.einvoicing.rules.ubl import read_ubl, write_ubl
from erp.einvoicing.selectors import document_of
from erp.ledger.models import JournalEntry, JournalTail
from erp.receivables.models import CustomerInvoice
from erp.receivables.services import credit_invoice, post_invoice
from suite.kernel.documents.errors import Refusal
from suite.kernel.taxes.models import Tax
from tests.factories.selling_abroad import BILLING, complete_trade
from tests.factories.trade import DAY

pytestmark = pytest.mark.django_db


def broken(invoice):
    document = document_of(invoice)
    assert inconsistencies(document) == []
    return check(write_ubl(document), "ubl"), check(write_cii(document), "cii")


def random_lines(trade, source, codes):
    lines = [
        trade.line(
            str(Decimal(source.randrange(1, 200_000)) / source.choice((1, 10, 1000))),
            str(Decimal(source.randrange(0, 5_000_000)) / source.choice((100, 1000, 10_000))),
            kind=source.choice(("goods", "goods", "service", "charge")), tax=source.choice(codes), key="",
            discount=source.choice(("0", "0", "0.1", "0.125", "0.333333", "1")),
        )
        for _number in range(source.randrange(1, 9))
    ]
    return [*lines, trade.line("1", "9.99", tax=codes[0], key="")]


@pytest.mark.parametrize("seed", range(30))
def test_a_random_invoice_that_is_issued_passes_the_official_rules_in_both_spellings(seed, alone):
    source = random.Random(seed)
    trade = complete_trade()
    by_code = {tax.code: tax for tax in Tax.objects.filter(company=trade.company)}
    mixes = (["T10", "T20"], ["T10", "T20", "T0", "E0"], ["AE0"], ["K0"], ["G0"], ["E0"], ["T0"])
    codes = [by_code[code] for code in source.choice(mixes)]
    invoice = trade.invoice(
        *random_lines(trade, source, codes), billing_address=source.choice((BILLING, "")), prices_include_tax=seed % 3 == 1,
        tax_rounding=source.choice(("per_tax_group", "per_line")), customer_reference=source.choice(("", "PO-77")),
        payment_term_id=source.choice((None, trade.customer.payment_term_id)),
        document_discount=Decimal(0) if seed % 3 == 1 else Decimal(source.choice(("0", "1.37"))),
    )
    invoice.refresh_from_db()

    assert invoice.number
    assert broken(invoice) == ([], [])
    for write, reader in ((write_ubl, read_ubl), (write_cii, read_cii)):
        again = reader(read(write(document_of(invoice))))
        assert (again.number, again.net, again.tax, again.gross) == (invoice.number, invoice.net, invoice.tax, invoice.gross)
        assert again.taxes == document_of(invoice).taxes
        assert again.lines == document_of(invoice).lines


def test_a_credit_note_names_the_invoice_it_corrects_and_passes(alone):
    trade = complete_trade()
    invoice = trade.invoice(trade.line(key=""), billing_address=BILLING)
    invoice.refresh_from_db()
    credit_invoice(invoice, actor=trade.actor, reason="correction")
    note = CustomerInvoice.objects.get(corrects=invoice)

    assert broken(note) == ([], [])
    document = document_of(note)
    assert (document.is_credit, document.corrects, document.gross) == (True, invoice.number, invoice.gross)
    assert read_ubl(read(write_ubl(document))).is_credit
    assert read_cii(read(write_cii(document))).is_credit


BROKEN = {
    "no VAT number of the seller": ({"vat_number": ""}, "T10", {}, "BR-S-02", "company"),
    "no country of the buyer": ({}, "T10", {"country": "", "vat_number": ""}, "BR-10", "customer"),
    "no VAT number of the buyer, reverse charge": ({}, "AE0", {"vat_number": ""}, "BR-AE-02", "customer"),
    "no VAT number of the buyer, intra-Community": ({}, "K0", {"vat_number": ""}, "BR-IC-02", "customer"),
    "VAT number without its country": ({"vat_number": "136695976"}, "T10", {}, "BR-CO-09", "customer"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_an_invoice_that_breaks_a_rule_gets_no_number_and_says_which(fault, alone):
    company, code, customer, rule, field = BROKEN[fault]
    trade = complete_trade(**company)
    for name, value in customer.items():
        setattr(trade.customer, name, value)
    trade.customer.save()
    tax = Tax.objects.get(company=trade.company, code=code)
    before = list(JournalTail.objects.order_by("pk").values_list("pk", "last_number"))

    with pytest.raises(Refusal) as refused:
        trade.invoice(trade.line(tax=tax, key=""))

    assert f"[{rule}]" in refused.value.message
    assert (refused.value.code, refused.value.field) == (rule, field)
    draft = CustomerInvoice.objects.get(company=trade.company)
    assert (draft.status, draft.number, draft.entry_id) == ("draft", None, None)
    assert not JournalEntry.objects.filter(company=trade.company, journal__kind="sales").exists()
    assert before == list(JournalTail.objects.order_by("pk").values_list("pk", "last_number"))


def test_a_tax_without_its_reason_is_refused_at_the_tax(alone):
    trade = complete_trade()
    tax = Tax.objects.get(company=trade.company, code="E0")
    Tax.objects.filter(pk=tax.pk).update(exemption_reason="")

    with pytest.raises(Refusal, match="BR-E-10") as refused:
        trade.invoice(trade.line(tax=tax, key=""))

    assert refused.value.field == "tax"


def test_the_first_number_after_a_refusal_follows_the_last_without_a_gap(alone):
    trade = complete_trade()
    first = trade.invoice(trade.line(key=""))
    with pytest.raises(Refusal):
        trade.invoice(trade.line(tax=Tax.objects.create(company=trade.company, code="X", name="X", rate=0, category="E"), key=""))
    second = trade.invoice(trade.line(key=""))

    numbers = [CustomerInvoice.objects.get(pk=one.pk).number for one in (first, second)]
    assert [int(number.rpartition("-")[2]) for number in numbers] == [1, 2]


def test_without_the_setting_nothing_is_asked(alone):
    trade = complete_trade(einvoice_check=False, vat_number="")
    invoice = trade.invoice(trade.line(key=""))

    assert CustomerInvoice.objects.get(pk=invoice.pk).number


def test_an_order_invoiced_at_once_is_checked_too(alone):
    trade = complete_trade(vat_number="")

    with pytest.raises(Refusal, match="BR-S-02"):
        trade.draft(issue_on=DAY)

    assert not CustomerInvoice.objects.filter(company=trade.company).exists()


def test_the_draft_can_be_issued_when_the_fault_is_put_right(alone):
    trade = complete_trade(vat_number="")
    with pytest.raises(Refusal):
        trade.invoice(trade.line(key=""))
    trade.company.vat_number = "DE136695976"
    trade.company.save()

    issued = post_invoice(CustomerInvoice.objects.get(company=trade.company), actor=trade.actor, issued_on=DAY)

    assert CustomerInvoice.objects.get(pk=issued.pk).number
