"""Opening balances: OPN-1 and OPN-2 by id, and files that are taken whole or not at all."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from erp.ledger.models import Account, JournalEntry
from erp.opening.models import OpeningBalance, OpeningItem, OpeningLine
from erp.opening.selectors import opening_difference
from erp.opening.services import import_opening, post_opening
from erp.opening.services.importing import FaultyFile
from erp.receivables.models import OpenItem
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.models import Currency
from suite.kernel.parties.models import Party
from tests.factories.base import make_customer, make_user
from tests.factories.books import make_books, net_by_role
from tests.golden.postings import expected

pytestmark = pytest.mark.django_db
DAY = date(2025, 12, 31)


class Start:
    def __init__(self):
        self.company = make_books()
        self.actor = make_user(self.company)
        self.customer = make_customer(self.company, "Acme")
        Currency.objects.get_or_create(code="USD", defaults={"name": "US dollar", "symbol": "$"})
        self.supplier = Party.objects.create(company=self.company, name="Mill", is_supplier=True)

    def read(self, items="", balances="", **values):
        return import_opening(
            company_id=self.company.pk, opened_on=DAY, actor=self.actor, items=items if isinstance(items, bytes) else items.encode(),
            balances=balances if isinstance(balances, bytes) else balances.encode(), **values)


ITEMS = (
    "side,party,number,issued_on,due_on,currency,amount,rate\n"
    "receivable,Acme,R-77,2025-11-20,2025-12-20,EUR,110.00,1\n"
    "payable,Mill,4711,2025-12-01,2026-01-01,EUR,55.00,\n"
)
BALANCES = "account;debit;credit\n1010;445.00;\n3000;;1000.00\n"


def test_opn_1_and_opn_2_leave_opening_equity_to_the_stock():
    start = Start()

    opening = post_opening(start.read(ITEMS, BALANCES), actor=start.actor)

    assert net_by_role(opening.items_entry) == expected("OPN-1")
    assert net_by_role(opening.entry) == expected("OPN-2")
    assert opening_difference(opening) == Decimal(500)  # the stock of INV-3
    item = OpenItem.objects.get(amount__gt=0)
    assert (item.party, item.amount, item.kind) == (start.customer, Decimal(110), "opening")
    assert (item.issued_on, item.due_on) == (date(2025, 11, 20), date(2025, 12, 20))
    assert OpeningItem.objects.get(pk=item.document_key.partition(":")[2]).document_number == "R-77"


def test_opn_1_an_item_in_foreign_currency_keeps_its_rate():
    start = Start()
    rows = "side,party,number,issued_on,due_on,currency,amount,rate\nreceivable,Acme,R-78,2025-11-20,2025-12-20,USD,100.00,0.90\n"

    opening = post_opening(start.read(rows), actor=start.actor)

    assert net_by_role(opening.items_entry)["AR"] == Decimal("90.00")
    kept = opening.items.get()
    assert (kept.currency_id, kept.amount_currency, kept.rate) == ("USD", Decimal(100), Decimal("0.9"))


@pytest.mark.parametrize(("items", "where"), [
    ("side,party,number\n", (1, "issued_on")),
    ("side,party,number,issued_on,due_on,amount,colour\n", (1, "colour")),
    ("side,party,number,issued_on,due_on,amount\nreceivable,Nobody,R-1,2025-11-20,2025-12-20,10\n", (2, "party")),
    ("side,party,number,issued_on,due_on,amount\nreceivable,Acme,R-1,20.11.2025,2025-12-20,10\n", (2, "issued_on")),
    ("side,party,number,issued_on,due_on,amount\nreceivable,Acme,R-1,2025-11-20,2025-12-20,ten\n", (2, "amount")),
    ("side,party,number,issued_on,due_on,amount\nreceivable,Acme,R-1,2025-11-20,2025-12-20,NaN\n", (2, "amount")),
    ("side,party,number,issued_on,due_on,amount\nreceivable,Acme,R-1,2025-11-20,2025-12-20,1e400\n", (2, "amount")),
    ("side,party,number,issued_on,due_on,amount\nreceivable,Acme,R-1,2025-11-20,2025-10-20,10\n", (2, "due_on")),
    ("side,party,number,issued_on,due_on,amount\nboth,Acme,R-1,2025-11-20,2025-12-20,10\n", (2, "side")),
    (ITEMS + "receivable,Acme,R-77,2025-11-20,2025-12-20,EUR,1,1\n", (4, "number")),
    ("side,party,number,issued_on,due_on,currency,amount,rate\nreceivable,Acme,R-1,2025-11-20,2025-12-20,USD,10,\n", (2, "rate")),
    ("side,party,number,issued_on,due_on,amount\nreceivable,Ärger,R-1,2025-11-20,2025-12-20,10\n".encode("latin-1"), (2, "")),
    ("side,party,number,issued_on,due_on,amount\nreceivable,Acme\n", (2, "")),
])
def test_a_faulty_row_is_named_and_nothing_is_read(items, where):
    start = Start()

    with pytest.raises(FaultyFile) as refusal:
        start.read(items, BALANCES)

    assert where in [(fault.row, fault.column) for fault in refusal.value.faults], [str(fault) for fault in refusal.value.faults]
    assert (OpeningBalance.objects.count(), OpeningItem.objects.count(), OpeningLine.objects.count(), JournalEntry.objects.count()) == (0, 0, 0, 0)


@pytest.mark.parametrize(("balances", "column"), [
    ("account,debit,credit\n9999,1,\n", "account"), ("account,debit,credit\n1100,1,\n", "account"), ("account,debit,credit\n1010,1,1\n", "debit"),
    ("account,debit,credit\n1010,-1,\n", "debit"), ("account,debit,credit\n1010,1,\n1010,2,\n", "account"),
])
def test_a_faulty_balance_is_named(balances, column):
    start = Start()

    with pytest.raises(FaultyFile) as refusal:
        start.read(ITEMS, balances)

    assert column in [fault.column for fault in refusal.value.faults]
    assert OpeningBalance.objects.count() == 0


def test_an_item_issued_after_the_opening_day_is_refused():
    start = Start()

    with pytest.raises(Refusal) as refusal:
        start.read("side,party,number,issued_on,due_on,amount\nreceivable,Acme,R-1,2026-01-20,2026-02-20,10\n")

    assert (refusal.value.field, OpeningBalance.objects.count()) == ("issued_on", 0)


def test_a_posted_opening_never_changes():
    start = Start()
    opening = post_opening(start.read(ITEMS, BALANCES), actor=start.actor)

    for attack in (
        "UPDATE erp_openingitem SET amount_currency = 1", "DELETE FROM erp_openingline", f"DELETE FROM erp_openingbalance WHERE id = {opening.pk}",
        "UPDATE erp_openingbalance SET status = 'draft'",
    ):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(attack)


def test_the_import_page_shows_faults_and_makes_a_draft(client):
    start = Start()
    client.force_login(make_user(start.company, "finance"))

    def send(text):
        return client.post("/erp/opening-import/", {"opened_on": "2025-12-31", "items": SimpleUploadedFile("items.csv", text.encode())})

    refused = send(ITEMS.replace("Acme", "Nobody"))
    assert refused.status_code == 422
    assert "Nobody" in refused.content.decode()
    assert client.post("/erp/opening-import/", {"opened_on": "2025-12-31"}).status_code == 422
    assert OpeningBalance.objects.count() == 0

    answer = send(ITEMS)

    assert (answer.status_code, OpeningBalance.objects.get().items.count()) == (302, 2)
    assert client.get(answer["Location"]).status_code == 200
    assert Account.objects.exists()
