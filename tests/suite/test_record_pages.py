"""Typing, saving, colliding: what the form promises."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suite.kernel.attachments.models import Attachment
from suite.kernel.attachments.services import media_type_of
from suite.kernel.documents.errors import Refusal
from suite.kernel.notes.models import Note
from suite.kernel.parties.models import Party
from suite.kernel.taxes.models import Tax
from suite.kernel.terms.models import PaymentTerm
from suite.resources.exports import neutral
from tests.factories.base import make_company, make_customer, make_user


@pytest.fixture
def boss(db):
    return make_user(make_company(), "administrator")


@pytest.fixture
def browser(client, boss):
    client.force_login(boss)
    return client


def lines(prefix: str, *rows: dict) -> dict:
    form = {f"{prefix}-TOTAL_FORMS": len(rows), f"{prefix}-INITIAL_FORMS": sum("id" in row for row in rows)}
    for index, row in enumerate(rows):
        form |= {f"{prefix}-{index}-{name}": value for name, value in row.items()}
    return form


def test_header_and_lines_are_saved_together(browser):
    form = {"code": "TWO", "name": "Two parts", "discount_percent": "0", "discount_days": "0",
            **lines("shares", {"percent": "40", "days": "10"}, {"percent": "60", "days": "30"})}

    response = browser.post("/kernel/payment-terms/add/", form)

    assert response.status_code == 302
    assert [(s.position, s.days) for s in PaymentTerm.objects.get(code="TWO").shares.all()] == [(1, 10), (2, 30)]


def test_a_wrong_line_is_marked_and_nothing_is_saved(browser):
    form = {"code": "BAD", "name": "Bad", "discount_percent": "0", "discount_days": "0", **lines("shares", {"percent": "many", "days": "10"})}

    response = browser.post("/kernel/payment-terms/add/", form)

    assert response.status_code == 422
    assert b"line-error" in response.content
    assert not PaymentTerm.objects.filter(code="BAD").exists()


def test_a_code_that_exists_is_refused_at_the_form(browser, boss):
    response = browser.post("/kernel/taxes/add/", {"code": "T10", "name": "Again", "rate": "0.1", "category": "S"})

    assert response.status_code == 422
    assert Tax.objects.filter(company=boss.company, code="T10").count() == 1


def test_who_saves_second_sees_both_versions_and_loses_nothing(browser, boss):
    party = make_customer(boss.company, "Old name")
    url = f"/kernel/parties/{party.pk}/edit/"
    page = browser.get(url).context["form"]
    typed = {name: field.value() for name, field in ((f.name, f) for f in page) if field.value() not in (None, False)}
    Party.objects.filter(pk=party.pk).update(name="Their name", version=2)

    response = browser.post(url, {**typed, "name": "My name", "version": "1", **lines("addresses"), **lines("contacts")})

    assert response.status_code == 409
    assert b"Their name" in response.content
    assert b"My name" in response.content
    assert Party.objects.get(pk=party.pk).name == "Their name"


def test_a_note_and_a_file_stay_with_the_record(browser, boss, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    tax = Tax.objects.get(company=boss.company, code="T10")

    browser.post(f"/kernel/taxes/{tax.pk}/notes/", {"text": "Ask the adviser"})
    browser.post(f"/kernel/taxes/{tax.pk}/files/", {"file": SimpleUploadedFile("law.pdf", b"%PDF-1.7 text")})

    kept = Attachment.objects.get()
    answer = browser.get(f"/files/{kept.pk}/")
    assert Note.objects.get().text == "Ask the adviser"
    assert kept.name == "law.pdf"
    assert "law" not in kept.file.name
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(("name", "content"), [
    ("page.html", b"<script>alert(1)</script>"), ("image.svg", b"<svg onload=alert(1)>"), ("paper.pdf", b"MZ\x90 not a paper"),
    ("photo.png", b"<?php"), ("run.exe", b"MZ"), ("list.csv", b"a,b\x00c"), ("book.xlsx", b"PK\x03\x04 broken"), ("noending", b"%PDF-"),
])
def test_a_file_of_the_wrong_kind_is_refused(name, content):
    with pytest.raises(Refusal):
        media_type_of(name, content)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "＝1", " =1"])
def test_text_that_would_run_in_a_spreadsheet_is_neutralised(text):
    assert neutral(text) == f"'{text}"


def test_numbers_stay_numbers():
    assert neutral(-5) == -5
    assert neutral("Nordwind") == "Nordwind"


def test_a_view_is_kept_under_its_name(browser):
    browser.post("/kernel/taxes/views/", {"name": "Standard", "query": "category=S&after=x"})

    page = browser.get("/kernel/taxes/?category=S").content.decode()
    assert "Standard" in page
    assert "?category=S\"" in page


def test_search_finds_a_name_that_is_nearly_right(browser, boss):
    make_customer(boss.company, "Hydraulik Nordwind")

    page = browser.get("/search/?q=Nordwnid").content.decode()

    assert "Hydraulik Nordwind" in page


def test_a_new_bill_starts_in_the_companys_currency_unless_the_address_says_another(browser, boss):
    fresh = browser.get("/erp/supplier-bills/add/").context["form"]
    assert fresh["currency"].value() == boss.company.currency_id
    named = browser.get("/erp/supplier-bills/add/?currency=USD").context["form"]
    assert named["currency"].value() == "USD"


def test_an_order_leaves_its_currency_to_the_price_list(browser):
    assert browser.get("/crm/orders/add/").context["form"]["currency"].value() is None
