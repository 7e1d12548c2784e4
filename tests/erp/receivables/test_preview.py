"""What issuing an invoice would post is shown by doing it and taking it back."""

from decimal import Decimal

import pytest

from erp.ledger.models import JournalEntry
from erp.receivables.models import CustomerInvoice
from suite.kernel.documents.preview import preview
from tests.factories.trade import DAY, Trade

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("alone")]


def test_issuing_is_previewed_without_a_trace():
    trade = Trade()
    draft = trade.draft()
    before = JournalEntry.objects.count()

    shown = preview(draft, "post", actor=trade.actor, issued_on=DAY)

    assert sorted(shown.ledger) == [
        ("1100 Receivables", Decimal(110), Decimal(0)), ("2200 Deferred revenue", Decimal(0), Decimal(100)),
        ("2300 Output tax", Decimal(0), Decimal(10))]
    assert JournalEntry.objects.count() == before
    assert CustomerInvoice.objects.get().status == "draft"
