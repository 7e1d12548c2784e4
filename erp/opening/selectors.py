"""What an opening leaves to be brought in."""

from decimal import Decimal

from erp.ledger.roles import AccountRole
from erp.ledger.selectors import balance_of
from erp.opening.models import OpeningBalance


def opening_difference(opening: OpeningBalance) -> Decimal:
    """What stands on opening balance equity at the opening day; zero once items, stock and balances are all in."""
    return balance_of(opening.company_id, AccountRole.OPENING_BALANCE_EQUITY, opening.opened_on)
