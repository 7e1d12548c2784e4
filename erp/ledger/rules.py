"""Lines of an entry before they are written, and which account plays a role."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext as _

from erp.ledger.roles import AccountRole
from suite.kernel.documents.errors import Refusal
from suite.kernel.money.rules import ZERO


@dataclass(frozen=True)
class EntryLine:
    """An amount in company currency on an account or on the account of a role: debit above zero, credit below.

    `amount_currency` is the same in the foreign `currency_id` it came from (0 for a difference of exchange); both None: company currency only.
    `dimensions` are keys of dimension values, at most one of each dimension.
    """

    role: AccountRole | None = None
    account_id: int | None = None
    amount: Decimal = ZERO
    party_id: int | None = None
    description: str = ""
    product_id: int | None = None
    category_id: int | None = None
    warehouse_id: int | None = None
    currency_id: str | None = None
    amount_currency: Decimal | None = None
    dimensions: tuple[int, ...] = ()

    @property
    def wanted(self) -> "Wanted":
        return Wanted(AccountRole(self.role), self.product_id, self.category_id, self.warehouse_id)


RESULT_TYPES = frozenset({"income", "expense"})


class Wanted(NamedTuple):
    """An account asked for by its role, for a product, category or warehouse where that may make a difference."""

    role: AccountRole
    product_id: int | None = None
    category_id: int | None = None
    warehouse_id: int | None = None


class Assigned(NamedTuple):
    """An assignment as stored: empty parts match everything."""

    role: str
    account_id: int
    product_id: int | None = None
    category_id: int | None = None
    warehouse_id: int | None = None


@dataclass
class Accounts:
    """The account roles of a company, ready to be asked."""

    assigned: Iterable[Assigned]
    categories: Mapping[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._by_role: dict[str, list[Assigned]] = {}
        for row in self.assigned:
            self._by_role.setdefault(row.role, []).append(row)
        for rows in self._by_role.values():
            rows.sort(key=lambda row: (row.product_id is None, row.category_id is None, row.warehouse_id is None))

    def of(self, wanted: Wanted | AccountRole) -> int:
        """The account's key: the product's, else its category's, else the warehouse's, else the company's. Raises Refusal for a missing role."""
        if not isinstance(wanted, Wanted):
            wanted = Wanted(AccountRole(wanted))
        category_id = wanted.category_id or self.categories.get(wanted.product_id)
        for row in self._by_role.get(wanted.role, ()):
            if (
                row.product_id in (None, wanted.product_id)
                and row.category_id in (None, category_id)
                and row.warehouse_id in (None, wanted.warehouse_id)
            ):
                return row.account_id
        raise Refusal(
            _("No account plays the role %(role)s; nothing was posted.") % {"role": wanted.role.label},
            code="account_role_missing", hint=_("Choose one under Books, Account roles: %(role)s.") % {"role": wanted.role.value},
        )
