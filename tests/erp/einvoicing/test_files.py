"""The files of an issued invoice: on its page, by API, and as a PDF that an archive and a machine can read."""

from io import BytesIO

import pytest
from django.urls import reverse
from pypdf import PdfReader

from erp.einvoicing.official import check
from erp.einvoicing.rules.reading import read_file
from erp.einvoicing.services import check_invoice, e_invoice
from erp.receivables.models import CustomerInvoice
from erp.receivables.services import draft_invoice
from suite.kernel.documents.errors import Refusal
from tests.factories.base import make_company, make_user
from tests.factories.selling_abroad import BILLING, complete_trade

pytestmark = pytest.mark.django_db


@pytest.fixture
def issued(alone):
    trade = complete_trade()
    made = trade.invoice(trade.line(key=""), trade.line("1", "4.90", kind="charge", key=""), billing_address=BILLING)
    return CustomerInvoice.objects.get(pk=made.pk), trade


def test_the_pdf_is_an_archive_file_with_the_invoice_inside(issued):
    invoice, _trade = issued
    printout = e_invoice(invoice, "facturx")
    pdf = PdfReader(BytesIO(printout.content))
    root = pdf.trailer["/Root"]
    metadata = root["/Metadata"].get_data().decode()

    assert printout.filename == f"invoice-{invoice.number}-facturx.pdf"
    assert "<pdfaid:part>3</pdfaid:part>" in metadata
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in metadata
    assert "<fx:ConformanceLevel>EN 16931</fx:ConformanceLevel>" in metadata
    assert root["/OutputIntents"]
    assert [str(entry.get_object()["/AFRelationship"]) for entry in root["/AF"]] == ["/Alternative"]
    document, xml = read_file(printout.content)
    assert (document.number, document.gross, len(document.lines)) == (invoice.number, invoice.gross, 1)
    assert document.charges == document.adjustments[0].amount
    assert check(xml, "cii") == []


@pytest.mark.parametrize(
    ("form", "media_type", "start"),
    [("ubl", "application/xml", b"<?xml"), ("cii", "application/xml", b"<?xml"), ("facturx", "application/pdf", b"%PDF-")],
)
def test_page_and_api_give_the_same_file_to_whoever_may_see_the_invoice(client, issued, form, media_type, start):
    invoice, trade = issued
    page, endpoint = f"/erp/customer-invoices/{invoice.pk}/e-invoice/{form}/", f"/api/v1/erp/customer-invoices/{invoice.pk}/{form}/"
    client.force_login(make_user(trade.company, "auditor"))

    for address in (page, endpoint):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, media_type)
        assert answer.content.startswith(start)
        assert answer["Content-Disposition"].startswith("attachment")
        assert client.post(address).status_code in (403, 405)
    client.force_login(make_user(make_company()))
    assert [client.get(address).status_code for address in (page, endpoint)] == [404, 404]
    client.force_login(make_user(trade.company, "logistics"))
    assert [client.get(address).status_code for address in (page, endpoint)] == [403, 403]


def test_the_page_of_an_issued_invoice_offers_the_files_in_words(client, issued):
    invoice, trade = issued
    client.force_login(trade.actor)
    page = client.get(reverse("erp:customerinvoice_detail", args=[invoice.pk])).content.decode()

    assert "PDF with XML inside (Factur-X)" in page
    assert f"/erp/customer-invoices/{invoice.pk}/e-invoice/ubl/" in page


def test_a_draft_has_no_file_but_can_be_checked(client, alone):
    trade = complete_trade(vat_number="")
    draft = draft_invoice(company_id=trade.company.pk, customer_id=trade.customer.pk, lines=[trade.line(key="")], currency_id="EUR", actor=trade.actor)

    with pytest.raises(Refusal):
        e_invoice(draft, "ubl")
    client.force_login(trade.actor)
    refused = client.get(f"/erp/customer-invoices/{draft.pk}/e-invoice/ubl/")
    checked = client.get(f"/erp/customer-invoices/{draft.pk}/en16931/")
    answer = client.get(f"/api/v1/erp/customer-invoices/{draft.pk}/en16931/").json()

    assert (refused.status_code, client.get(f"/api/v1/erp/customer-invoices/{draft.pk}/cii/").status_code) == (422, 422)
    assert "is not issued" in refused.content.decode()
    assert "BR-S-02" in checked.content.decode()
    assert not answer["passes"]
    assert "BR-S-02" in {one["code"] for one in answer["broken"]}
    assert {one["field"] for one in answer["broken"]} == {"company"}


def test_an_issued_invoice_passes_the_check_of_its_page(client, issued):
    invoice, trade = issued
    client.force_login(trade.actor)

    assert check_invoice(invoice) == []
    assert "keeps every official rule" in client.get(f"/erp/customer-invoices/{invoice.pk}/en16931/").content.decode()


def test_issuing_on_the_page_shows_the_sentence_and_leaves_a_draft(client, alone):
    trade = complete_trade(vat_number="")
    draft = draft_invoice(company_id=trade.company.pk, customer_id=trade.customer.pk, lines=[trade.line(key="")], currency_id="EUR", actor=trade.actor)
    client.force_login(trade.actor)

    page = client.post(reverse("erp:customerinvoice_transition", args=[draft.pk, "post"]), {"issued_on": "2026-03-10"})
    endpoint = client.post(f"/api/v1/erp/customer-invoices/{draft.pk}/post/", {"issued_on": "2026-03-10"}, content_type="application/json")

    assert (page.status_code, endpoint.status_code) == (422, 422)
    assert "[BR-S-02]" in page.content.decode()
    assert "[BR-S-02]" in endpoint.json()["detail"]
    draft.refresh_from_db()
    assert (draft.status, draft.number) == ("draft", None)
