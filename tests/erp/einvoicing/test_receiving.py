"""E-invoices that come in: recognised and made into bills, laid before a person, or refused with nothing changed."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from erp.einvoicing.models import ReceivedInvoice
from erp.einvoicing.rules.cii import write_cii
from erp.einvoicing.rules.ubl import write_ubl
from erp.einvoicing.services import bill_received, dismiss_received, e_invoice, receive_invoice
from erp.payables.models import SupplierBill
from erp.payables.services import post_bill
from erp.receivables.models import CustomerInvoice
from erp.receivables.printouts import print_invoice
from integration.worklist.selectors import worklist
from suite.kernel.documents.errors import Refusal, TransitionNotAllowed
from suite.kernel.taxes.models import Tax
from tests.factories.base import make_customer, make_user
from tests.factories.books import make_books, net_by_role
from tests.factories.e_invoices import BUYER, SELLER, a_document
from tests.factories.selling_abroad import BILLING, complete_trade

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def kept_files(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def house(alone):
    company = make_books()
    supplier = make_customer(company, "Nordholz", is_supplier=True, vat_number="DE 136 695 976")
    return company, make_user(company), supplier


def receive(house, content, name="invoice.xml"):
    return receive_invoice(company_id=house[0].pk, content=content, file_name=name, actor=house[1])


@pytest.mark.parametrize("write", [write_ubl, write_cii])
def test_what_is_recognised_becomes_a_draft_bill_to_the_cent(house, write):
    received = receive(house, write(a_document()))
    bill = received.bill

    assert (received.status, received.problems, received.supplier, received.recognised_by) == ("billed", [], house[2], "VAT number")
    assert (bill.status, bill.kind, bill.supplier_reference, str(bill.issued_on)) == ("draft", "bill", "R-2026-17", "2026-03-02")
    assert (bill.net, bill.tax, bill.gross) == (Decimal("300.00"), Decimal("34.00"), Decimal("334.00"))
    assert [(line.quantity, line.unit_price, line.net, line.tax.code) for line in bill.lines.order_by("position")] == [
        (Decimal("12.5"), 16, 200, "T10"), (1, 50, 50, "T10"), (1, 40, 40, "T20"), (1, 10, 10, "T10"),
    ]
    assert {(tax.rate, tax.base, tax.amount) for tax in bill.taxes.all()} == {(Decimal("0.1"), 260, 26), (Decimal("0.2"), 40, 8)}
    assert "not an approved one" in bill.note
    with received.file.open("rb") as file:
        assert file.read() == write(a_document())


def test_the_bill_of_an_e_invoice_posts_like_one_that_was_typed(house):
    bill = post_bill(receive(house, write_ubl(a_document())).bill, actor=house[1])

    assert net_by_role(SupplierBill.objects.get(pk=bill.pk).entry) == {"EXPENSE": 300, "INPUT_TAX": 34, "AP": -334}


def test_a_credit_note_becomes_a_credit_note_of_the_bill_it_corrects(house):
    bill = post_bill(receive(house, write_ubl(a_document())).bill, actor=house[1])
    received = receive(house, write_cii(a_document(kind="credit_note", number="G-1", corrects="R-2026-17")))

    assert (received.kind, received.bill.kind, received.bill.gross, received.bill.corrects_id) == ("credit_note", "credit_note", 334, bill.pk)


def test_our_own_factur_x_comes_in_as_a_bill_of_the_other_side(house):
    trade = complete_trade()
    lines = trade.line(key=""), trade.line("1", "4.90", kind="charge", key=""), trade.line("2", "9.99", key="", discount="0.1")
    made = trade.invoice(*lines, billing_address=BILLING)
    sent = e_invoice(CustomerInvoice.objects.get(pk=made.pk), "facturx")

    received = receive(house, sent.content, sent.filename)

    assert (received.syntax, received.status, received.problems) == ("Factur-X", "billed", [])
    assert (received.bill.net, received.bill.gross) == (made.net, made.gross)


def test_without_a_vat_number_the_name_decides(house):
    house[2].name = "NORDHOLZ-GmbH"
    house[2].vat_number = ""
    house[2].save()
    received = receive(house, write_ubl(a_document()))

    assert (received.supplier, received.recognised_by, received.status) == (house[2], "name", "billed")


UNKNOWN = {
    "supplier": (a_document(seller=replace(SELLER, name="Nobody", vat_number="FR40303265045")), "supplier"),
    "tax": (a_document(lines=(replace(a_document().lines[0], percent=Decimal(7)), *a_document().lines[1:])), "tax"),
    "currency": (a_document(currency="XYZ"), "currency"),
    "buyer": (a_document(buyer=replace(BUYER, vat_number="FR40303265045")), "buyer"),
    "totals": (a_document(gross=Decimal("335.00"), payable=Decimal("335.00")), "totals"),
    "rules": (a_document(seller=replace(SELLER, country="")), "rules"),
}


@pytest.mark.parametrize("what", UNKNOWN)
def test_what_is_not_recognised_is_said_field_by_field_and_waits_for_a_person(house, what):
    document, field = UNKNOWN[what]
    house[0].vat_number = "DE811907980"
    house[0].save()
    received = receive(house, write_ubl(document))

    assert (received.status, received.bill) == ("open", None)
    assert field in {problem["field"] for problem in received.problems}
    assert all(problem["message"] and problem["hint"] for problem in received.problems)
    assert not SupplierBill.objects.exists()
    assert [item.url for item in worklist(house[1], kind="e-invoice")] == [reverse("erp:receivedinvoice_detail", args=[received.pk])]


def test_a_person_names_the_supplier_and_the_bill_is_made(house):
    received = receive(house, write_ubl(UNKNOWN["supplier"][0]))
    with pytest.raises(Refusal) as refused:
        bill_received(received, actor=house[1])
    assert (refused.value.field, refused.value.code) == ("supplier", "not_recognised")

    done = bill_received(received, actor=house[1], supplier_id=house[2].pk)

    assert (done.status, done.bill.supplier, done.bill.gross, done.recognised_by) == ("billed", house[2], 334, "a person")
    assert worklist(house[1], kind="e-invoice") == []


def test_a_missing_tax_code_is_added_and_the_bill_is_made(house):
    document = a_document(
        lines=(replace(a_document().lines[2], percent=Decimal(7)),), adjustments=(), charges=None, line_total=Decimal("40.00"), net=Decimal("40.00"),
        taxes=(replace(a_document().taxes[1], percent=Decimal(7), amount=Decimal("2.80")),), tax=Decimal("2.80"), gross=Decimal("42.80"),
        payable=Decimal("42.80"),
    )
    received = receive(house, write_ubl(document))
    with pytest.raises(Refusal, match="7 %"):
        bill_received(received, actor=house[1])
    Tax.objects.create(company=house[0], code="T7", name="7 %", rate=Decimal("0.07"))

    assert bill_received(received, actor=house[1]).bill.gross == Decimal("42.80")


def test_a_bill_that_would_not_add_up_to_the_file_is_not_made(house):
    received = receive(house, write_ubl(UNKNOWN["totals"][0]))

    with pytest.raises(Refusal) as refused:
        bill_received(received, actor=house[1])

    assert refused.value.code == "totals_differ"
    assert not SupplierBill.objects.exists()
    received.refresh_from_db()
    assert received.status == "open"


def test_the_same_file_or_the_same_invoice_in_other_clothes_is_refused(house):
    first = receive(house, write_ubl(a_document()))
    for content in (write_ubl(a_document()), write_cii(a_document()), write_ubl(a_document(note="once more"))):
        with pytest.raises(Refusal) as refused:
            receive(house, content)
        assert refused.value.code == "received_before"

    assert list(ReceivedInvoice.objects.values_list("pk", flat=True)) == [first.pk]
    assert SupplierBill.objects.count() == 1


def test_a_bill_that_was_typed_before_is_not_made_again(house):
    first = receive(house, write_ubl(a_document()))
    ReceivedInvoice.objects.filter(pk=first.pk).update(status="dismissed", bill=None)
    again = receive(house, write_ubl(a_document(note="sent again")))

    assert (again.status, again.problems[0]["field"]) == ("open", "supplier_reference")
    assert SupplierBill.objects.count() == 1


def test_the_database_keeps_a_file_and_an_invoice_once(house):
    received = receive(house, write_ubl(a_document()))
    for change in ({"sha256": received.sha256, "number": "other"}, {"sha256": "0" * 64}):
        copy = ReceivedInvoice.objects.get(pk=received.pk)
        copy.pk, copy.bill, copy.status = None, None, "open"
        for name, value in change.items():
            setattr(copy, name, value)
        with pytest.raises(IntegrityError), transaction.atomic():
            copy.save()


BOMB = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><Invoice>&b;</Invoice>'
ENTITY = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><Invoice>&f;</Invoice>'
REMOTE = b'<?xml version="1.0"?><!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><Invoice/>'
BAD = {
    "XML bomb": (BOMB, "unsafe_xml"),
    "external entity": (ENTITY, "unsafe_xml"),
    "external definition": (REMOTE, "unsafe_xml"),
    "nested without end": (b"<a>" * 5_000 + b"</a>" * 5_000, "unsafe_xml"),
    "wrong root": (b'<?xml version="1.0"?><Order xmlns="urn:x"/>', "wrong_root"),
    "UBL of another document": (b'<Order xmlns="urn:oasis:names:specification:ubl:schema:xsd:Order-2"/>', "wrong_root"),
    "no XML": (b"Dear sirs, please pay", "no_xml"),
    "empty": (b"", "no_xml"),
    "Latin-1 called UTF-8": (write_ubl(a_document(note="Grüße")).decode().encode("latin-1"), "no_xml"),
    "unknown encoding": (b'<?xml version="1.0" encoding="klingon"?><a/>', "no_xml"),
    "huge": (b"<a>" + b" " * (10 * 1024 * 1024) + b"</a>", "too_large"),
    "damaged PDF": (b"%PDF-1.7\nnothing of the kind", "no_pdf"),
    "no figure": (write_ubl(a_document()).replace(b"PayableAmount", b"PayableAmounts"), "figure_missing"),
    "no number": (write_ubl(a_document()).replace(b">334.00<", b">a lot<"), "no_number"),
    "infinite": (write_ubl(a_document()).replace(b">334.00<", b">Infinity<"), "no_number"),
    "no date": (write_ubl(a_document()).replace(b">2026-03-02<", b">2026-02-31<"), "no_date"),
    "no identity": (write_ubl(a_document(number="")), "incomplete"),
    "no lines": (write_ubl(a_document(lines=())), "incomplete"),
}


@pytest.mark.parametrize("fault", BAD)
def test_bad_files_are_refused_in_words_on_every_way_in_and_nothing_is_kept(client, house, fault, tmp_path):
    content, code = BAD[fault]
    with pytest.raises(Refusal) as refused:
        receive(house, content)
    client.force_login(house[1])
    page = client.post(reverse("erp:receive_invoices"), {"file": SimpleUploadedFile("x.xml", content)})
    answer = client.post("/api/v1/erp/receive-invoices/", {"file": SimpleUploadedFile("x.xml", content)})

    assert refused.value.code == code
    assert page.status_code == 422
    assert answer.status_code == 422
    assert "Traceback" not in page.content.decode()
    assert not ReceivedInvoice.objects.exists()
    assert not SupplierBill.objects.exists()
    assert list(tmp_path.rglob("*.xml")) == []


def test_a_pdf_without_an_invoice_inside_is_refused(house):
    trade = complete_trade()
    made = trade.invoice(trade.line(key=""))

    with pytest.raises(Refusal) as refused:
        receive(house, print_invoice(CustomerInvoice.objects.get(pk=made.pk)).content)

    assert refused.value.code == "no_einvoice_inside"


def test_the_upload_page_says_what_became_of_the_file(client, house):
    client.force_login(make_user(house[0], "accountant"))
    good = client.post(reverse("erp:receive_invoices"), {"file": SimpleUploadedFile("a.xml", write_ubl(a_document()))}).content.decode()
    open_one = client.post(
        reverse("erp:receive_invoices"), {"file": SimpleUploadedFile("b.xml", write_ubl(a_document(number="R-18", seller=UNKNOWN["supplier"][0].seller)))},
    ).content.decode()
    again = client.post(reverse("erp:receive_invoices"), {"file": SimpleUploadedFile("a.xml", write_ubl(a_document()))})

    assert "the draft bill is made" in good
    assert "No supplier has the VAT number" in open_one
    assert (again.status_code, "came before" in again.content.decode()) == (422, True)
    received = ReceivedInvoice.objects.get(number="R-18")
    detail = client.get(reverse("erp:receivedinvoice_detail", args=[received.pk])).content.decode()
    assert "Oak boards" in detail
    original = client.get(reverse("erp:receivedinvoice_print", args=[received.pk, "original"]))
    assert (original.status_code, original["Content-Type"], original["Content-Security-Policy"]) == (200, "application/xml", "sandbox")
    done = client.post(reverse("erp:receivedinvoice_transition", args=[received.pk, "bill"]), {"supplier": house[2].pk})
    assert done.status_code == 302
    received.refresh_from_db()
    assert received.bill.gross == 334


def test_the_api_answers_with_bill_and_problems(client, house):
    client.force_login(house[1])
    made = client.post("/api/v1/erp/receive-invoices/", {"file": SimpleUploadedFile("a.xml", write_ubl(a_document()))})

    assert (made.status_code, made.json()["status"], made.json()["problems"]) == (201, "billed", [])
    assert SupplierBill.objects.get(pk=made.json()["bill"]).gross == 334


def test_dismissing_takes_a_reason_and_lets_the_invoice_come_again(house):
    received = receive(house, write_ubl(UNKNOWN["supplier"][0]))
    with pytest.raises(Refusal):
        dismiss_received(received, actor=house[1], reason=" ")
    done = dismiss_received(received, actor=house[1], reason="Sent to the wrong house")
    with pytest.raises(TransitionNotAllowed):
        bill_received(done, actor=house[1], supplier_id=house[2].pk)

    assert receive(house, write_ubl(replace(UNKNOWN["supplier"][0], note="again"))).status == "open"


@pytest.mark.parametrize("role", ["auditor", "sales", "logistics"])
def test_others_receive_nothing(client, house, role):
    user = make_user(house[0], role)
    client.force_login(user)
    with pytest.raises(PermissionDenied):
        receive_invoice(company_id=house[0].pk, content=write_ubl(a_document()), file_name="a.xml", actor=user)

    assert client.get(reverse("erp:receive_invoices")).status_code == 403
    assert client.post("/api/v1/erp/receive-invoices/", {"file": SimpleUploadedFile("a.xml", b"<a/>")}).status_code == 403
    assert not ReceivedInvoice.objects.exists()


def test_a_file_that_the_store_lost_is_said_and_no_bill_is_made(client, house):
    received = receive(house, write_ubl(UNKNOWN["supplier"][0]))
    received.file.storage.delete(received.file.name)
    with pytest.raises(Refusal) as refused:
        bill_received(received, actor=house[1], supplier_id=house[2].pk)
    client.force_login(house[1])

    assert refused.value.code == "file_gone"
    assert client.get(reverse("erp:receivedinvoice_detail", args=[received.pk])).status_code == 200
    assert client.get(reverse("erp:receivedinvoice_print", args=[received.pk, "original"])).status_code == 422
