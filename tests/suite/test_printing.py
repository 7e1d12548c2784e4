from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest
from pypdf import PdfReader

from crm.orders.printouts import print_order_confirmation
from crm.orders.services import OrderLineInput, draft_order
from crm.quotes.models import Quote, QuoteLine
from crm.quotes.printouts import print_quote
from erp.receivables.models import CustomerInvoice, CustomerInvoiceInstalment, CustomerInvoiceLine, CustomerInvoiceTax
from erp.receivables.printouts import print_invoice, statement_of
from erp.receivables.services import InvoiceLineInput, post_invoice, set_order_draft
from scm.shipping.printouts import print_delivery_note, print_label
from scm.shipping.services import book_shipment, dispatch_shipment
from suite.kernel.documents.errors import Refusal
from suite.kernel.printing.services import render_pdf
from suite.kernel.taxes.models import Tax
from tests.factories.books import make_books
from tests.factories.sales import make_price_list
from tests.factories.shipping import make_carrier, make_warehouse

Q = Decimal
HOSTILE = 'Shelf #read("/etc/passwd") $x$ *bold* _it_ <label> \\ `raw` @ref // note [x]'


@pytest.fixture
def house(db, alone):
    """A company with a letterhead, a customer who reads English, and two products."""
    return make_warehouse(
        "administrator", address="Speicherstraße 12\n20457 Hamburg", vat_number="DE123456789", iban="DE02120300000000202051",
        phone="+49 40 555 0100", email="office@nordlicht.example",
    )


@pytest.fixture
def order(house):
    make_price_list(house.company, prices={house.first: "20", house.second: "7.5"}, is_default=True)
    return draft_order(
        company_id=house.company.pk, customer_id=house.customer.pk, actor=house.clerk, order_date=date(2026, 3, 2),
        lines=[OrderLineInput(house.first.pk, Q(5)), OrderLineInput(house.second.pk, Q(2), unit_price=Q("1234.5"), discount=Q("0.075"))],
        shipping_address="Avda. de la Constitución 2222\n05021 México D.F.", customer_reference="PO 4711",
    )


@pytest.fixture
def invoice(house):
    tax = Tax.objects.get(company=house.company, code="T10")
    made = CustomerInvoice.objects.create(
        company=house.company, customer=house.customer, currency=house.company.currency, order_number="SO-00042", net=100, tax=10, gross=110,
        billing_address="Avda. 2222\nMéxico", payment_term=house.customer.payment_term, due_on=date(2026, 4, 1),
    )
    CustomerInvoiceLine.objects.create(
        company=house.company, invoice=made, product=house.first, description="Oak shelf", quantity=5, unit_price=20, tax=tax,
        tax_rate=tax.rate, net=100,
    )
    CustomerInvoiceTax.objects.create(company=house.company, invoice=made, code=tax, category="S", rate=tax.rate, base=100, amount=10)
    for due_on, amount in ((date(2026, 4, 1), 55), (date(2026, 5, 1), 55)):
        CustomerInvoiceInstalment.objects.create(company=house.company, invoice=made, due_on=due_on, amount=amount)
    return made


def words(content: bytes) -> str:
    """What a reader sees, spaces collapsed."""
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())


def assert_says(content: bytes, *texts: str) -> None:
    seen = words(content)
    assert [text for text in texts if text not in seen] == []


def test_the_same_document_printed_twice_is_the_same_file(order):
    assert print_order_confirmation(order) == print_order_confirmation(order)


def test_an_order_confirmation_shows_lines_discount_taxes_and_total(order):
    printed = print_order_confirmation(order)

    # 5 x 20.00 = 100.00; 2 x 1,234.50 less 7.5 % = 2,283.83 (2,283.825 rounded half up); 10 % of 2,383.83 = 238.38.
    assert printed.filename == f"order-{order.number}.pdf"
    assert_says(
        printed.content, f"Order confirmation {order.number}", "Ana Trujillo Emparedados", "PO 4711", "Oak shelf", "5 pcs", "1,234.50", "7.5 %",
        "2,283.83", "Tax 10 % on 2,383.83", "238.38", "2,622.21 EUR", "Speicherstraße 12", "IBAN DE02 1203 0000 0000 2020 51", "DRAFT",
    )


def test_a_quote_says_until_when_it_stands(house):
    quote = Quote.objects.create(
        company=house.company, number="Q-00007", customer=house.customer, currency=house.company.currency, quote_date=date(2026, 3, 2),
        valid_until=date(2026, 4, 1), net=20, tax=2, gross=22, status="sent",
    )
    tax = Tax.objects.get(company=house.company, code="T10")
    QuoteLine.objects.create(company=house.company, quote=quote, product=house.first, quantity=1, unit_price=20, tax=tax, tax_rate=tax.rate, net=20)

    printed = print_quote(quote)

    assert printed.filename == "quote-Q-00007-1.pdf"
    assert_says(printed.content, "Quote Q-00007", "stands until 1 Apr 2026", "22.00 EUR", "Accepted by")


def test_an_invoice_shows_its_taxes_and_instalments(invoice):
    assert_says(
        print_invoice(invoice).content, "Invoice #", "SO-00042", "Tax 10 % on 100.00", "10.00", "110.00 EUR", "55.00 EUR", "1 May 2026",
        "VAT number DE123456789",
    )


def test_a_credit_note_says_what_it_corrects_and_why(invoice, house):
    note = CustomerInvoice.objects.create(
        company=house.company, customer=house.customer, currency=house.company.currency, kind="credit_note", reason="return", corrects=invoice,
        net=20, tax=2, gross=22,
    )

    assert_says(print_invoice(note).content, "Credit note", "Goods returned", "Credit 22.00 EUR")
    assert "Please pay" not in words(print_invoice(note).content)


def test_dates_and_numbers_are_written_as_the_customer_writes_them(order, house):
    house.customer.language = "de"
    house.customer.save()
    order.refresh_from_db()

    assert_says(print_order_confirmation(order).content, "2.383,83", "2.622,21 EUR", "2. März 2026")


def test_a_delivery_note_tells_what_left_and_no_prices(house):
    make_carrier(house.company, "ONE")
    shipment = book_shipment(house.plan("5", "3", order=42), actor=house.clerk)
    line = shipment.lines.get(position=1)
    shipment = dispatch_shipment(shipment, actor=house.clerk, quantities={line.pk: Q(2)})

    seen = words(print_delivery_note(shipment).content)

    assert f"Delivery note {shipment.number}" in seen
    assert "101 Oak shelf 2 pcs" in seen
    assert "Brass hook" not in seen
    assert "the rest follows" in seen
    assert "EUR" not in seen


def test_a_label_per_parcel_carries_its_number_and_only_a_booked_shipment_has_labels(house):
    make_carrier(house.company, "ONE", service="Standard")
    shipment = house.plan("5")
    with pytest.raises(Refusal, match="has no carrier yet"):
        print_label(shipment)

    printed = print_label(book_shipment(shipment, actor=house.clerk, parcels=2))

    pages = PdfReader(BytesIO(printed.content)).pages
    assert len(pages) == 2
    assert [round(float(side) / 72 * 25.4) for side in (pages[0].mediabox.width, pages[0].mediabox.height)] == [100, 150]
    assert_says(printed.content, "(00) 0 2000000", "2 / 2", "3.75 kg", "05021 México D.F.")


def test_what_users_typed_is_printed_and_never_read_as_markup(house):
    house.first.name = HOSTILE
    house.first.save()

    seen = words(print_delivery_note(house.plan("5")).content)

    assert 'read("/etc/passwd")' in seen
    assert "*bold* _it_ <label>" in seen
    assert "root:" not in seen


def test_a_statement_of_a_customer_without_debts_says_zero(house):
    assert_says(statement_of(house.customer, on=date(2026, 3, 2)).content, "Statement of account", "Balance 0.00 EUR")


def test_a_letter_of_many_lines_repeats_its_head_and_counts_its_pages():
    content = render_pdf("letter", {
        "language": "en", "title": "Long", "letterhead": {"name": "N", "address": [], "reach": [], "legal": []}, "recipient": ["R"], "facts": [],
        "table": {"columns": [{"label": "Text", "is_amount": False, "is_wide": True}], "rows": [[f"row {row}"] for row in range(120)]},
        "totals": [], "boxes": [], "groups": [], "notes": [], "stamp": "", "signature": [], "page": ["Page", "of"],
    })

    pages = PdfReader(BytesIO(content)).pages
    assert len(pages) == 4
    assert all("Text" in page.extract_text() for page in pages)
    assert "Page 4 of 4" in pages[3].extract_text()



def test_a_statement_lists_what_is_open_by_age(house):
    make_books(house.company, actor=house.clerk)
    tax = Tax.objects.get(company=house.company, code="T10")
    draft = set_order_draft(
        company_id=house.company.pk, order_key="crm.order:42", order_number="SO-00042", customer_id=house.customer.pk,
        lines=[InvoiceLineInput(
            order_line_key="crm.orderline:1", product_id=house.first.pk, description="Assembly", kind="service", quantity=Q(5), unit_price=Q(20),
            discount=Q(0), tax_id=tax.pk, tax_rate=tax.rate,
        )],
        currency_id="EUR", payment_term_id=house.customer.payment_term_id, prices_include_tax=False, tax_rounding="per_tax_group",
        billing_address="Avda. 2222\nMéxico", customer_reference="", source_key="crm.order:42", actor=house.clerk,
    )
    invoice = post_invoice(draft, actor=house.clerk, issued_on=date(2026, 3, 2))
    invoice.refresh_from_db()

    statement = statement_of(house.customer, on=date(2026, 4, 21))

    # 30 days after 2 March is 1 April; on 21 April it is 20 days late.
    assert_says(statement.content, f"Invoice {invoice.number}", "1 Apr 2026", "20", "1 to 30 days overdue 110.00", "Balance 110.00 EUR")
    assert statement.filename == f"statement-{house.customer.number}-2026-04-21.pdf"
    assert_says(print_invoice(invoice).content, f"Invoice {invoice.number}", "Please pay by 1 Apr 2026")
    assert "DRAFT" not in words(print_invoice(invoice).content)
