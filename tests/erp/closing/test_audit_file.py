"""The auditor's file of a period: whole, provable without the database, and a change in it is named."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from erp.closing.printouts import audit_file
from integration.management.commands.verify_audit_file import verify
from suite.kernel.attachments.services import keep_file
from suite.kernel.calendars.models import Period
from tests.factories.base import make_user
from tests.factories.trade import Trade

pytestmark = pytest.mark.django_db


def march(trade):
    return Period.objects.get(company=trade.company, year__code="2026", number=3)


@pytest.fixture
def trade():
    trade = Trade()
    invoice = trade.invoice(trade.line(kind="service"))
    trade.invoice(trade.line(kind="service"))
    keep_file(record=invoice, file=SimpleUploadedFile("order.txt", b"as agreed"), actor=trade.actor)
    return trade


def changed(content, name, edit):
    """The file again with one part edited, and the manifest as it was."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as before, ZipFile(out, "w") as after:
        for part in before.namelist():
            data = before.read(part)
            if part == name:
                data = edit(data)
            if data is not None:
                after.writestr(part, data)
    return ZipFile(BytesIO(out.getvalue()))


def test_it_holds_entries_documents_and_attachments_and_proves_them(trade):
    made = audit_file(march(trade))

    archive = ZipFile(BytesIO(made.content))
    report = verify(archive)

    assert report["faults"] == []
    assert report["entries"] == 2
    names = archive.namelist()
    assert {"entries.jsonl", "lines.jsonl", "documents/erp.customerinvoice.jsonl", "documents/erp.openitem.jsonl", "manifest.json"} <= set(names)
    attached = [name for name in names if name.startswith("attachments/")]
    assert [archive.read(name) for name in attached] == [b"as agreed"]
    assert json.loads(archive.read("manifest.json"))["period"] == "2026 / 03"


def test_what_was_changed_or_left_out_is_named(trade):
    content = audit_file(march(trade)).content

    def first_line(data, old, new):
        assert old in data
        return data.replace(old, new, 1)

    lines = verify(changed(content, "lines.jsonl", lambda data: first_line(data, b'"debit": "110', b'"debit": "111')))
    assert "lines.jsonl was changed" in lines["faults"]
    assert any("does not balance" in fault for fault in lines["faults"])
    texts = verify(changed(content, "entries.jsonl", lambda data: first_line(data, b"110.000", b"111.000")))
    assert any("does not match its hash" in fault for fault in texts["faults"])
    gone = verify(changed(content, "documents/erp.openitem.jsonl", lambda _data: None))
    assert gone["faults"] == ["documents/erp.openitem.jsonl is missing"]


def test_the_period_s_page_offers_it(trade, client):
    client.force_login(make_user(trade.company, "auditor"))

    answer = client.get(f"/kernel/periods/{march(trade).pk}/print/audit/")

    assert (answer.status_code, answer["Content-Type"]) == (200, "application/zip")
    assert verify(ZipFile(BytesIO(answer.content)))["faults"] == []
    client.force_login(make_user(trade.company, "sales"))
    assert client.get(f"/kernel/periods/{march(trade).pk}/print/audit/").status_code == 403
