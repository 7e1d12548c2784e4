"""One entry for movements of assets: lines by account, the register's rows and their clearing items in the same round trip."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from erp.assets.models import Asset, AssetMovement
from erp.ledger.models import Journal, JournalEntry
from erp.ledger.roles import AccountRole
from erp.ledger.rules import Accounts, EntryLine
from erp.ledger.selectors import accounts_of
from erp.ledger.services import begin_entry, complete_entry
from erp.receivables.models import ClearingItem
from suite.kernel.companies.models import Company
from suite.kernel.money.rules import ZERO


class Move(NamedTuple):
    """What happens to one asset. Amounts in company currency; `depreciation` adds to the accumulated one."""

    asset: Asset
    kind: AssetMovement.Kind
    cost: Decimal = ZERO
    salvage: Decimal = ZERO
    depreciation: Decimal = ZERO
    proceeds: Decimal = ZERO
    invoice_id: int | None = None


def digits_of(company_id: int) -> int:
    """The decimal places of the company's currency."""
    return Company.objects.values_list("currency__digits", flat=True).get(pk=company_id)


def book(
    moves: Sequence[Move], *, company_id: int, on: date, description: str, source_key: str, actor: Any, counter: Iterable[EntryLine] = (),
    owners: Sequence[Any] = (),
) -> JournalEntry:
    """The entry of these moves with `counter` lines on the other side; depreciation and impairment go to their expense account by themselves.

    Once per `source_key`. Raises Refusal: closed period, missing role.
    """
    entry = begin_entry(
        company_id=company_id, journal_kind=Journal.Kind.GENERAL, ledger_date=on, description=description, actor=actor, source_key=source_key,
    )
    if not entry.is_new:
        return entry
    accounts = accounts_of(company_id)
    lines = list(counter)
    items: list[ClearingItem] = []
    rows: list[AssetMovement] = []
    for move in moves:
        cost_account, accumulated_account, expense_account = _accounts(move.asset, accounts)
        for role, account_id, amount in (
            (AccountRole.FA_COST, cost_account, move.cost), (AccountRole.ACCUM_DEPRECIATION, accumulated_account, -move.depreciation),
        ):
            if amount:
                lines.append(EntryLine(account_id=account_id, amount=amount))
                # Units of the item are its currency: an asset without amount has none, as the doctor expects of every clearing item.
                items.append(ClearingItem(
                    company_id=company_id, entry=entry, role=role, account_id=account_id, order_line_key=move.asset.key, line_key=move.asset.key,
                    quantity=amount, amount=amount,
                ))
        if move.kind in (AssetMovement.Kind.DEPRECIATION, AssetMovement.Kind.IMPAIRMENT):
            lines.append(EntryLine(account_id=expense_account, amount=move.depreciation))
        rows.append(AssetMovement(
            company_id=company_id, asset=move.asset, entry=entry, kind=move.kind, moved_on=on, cost=move.cost, salvage=move.salvage,
            depreciation=move.depreciation, proceeds=move.proceeds, invoice_id=move.invoice_id,
        ))
    complete_entry(entry, lines, actor, beside=(items, rows), owners=owners)
    for move in moves:
        move.asset.accumulated += move.depreciation
        if move.kind != AssetMovement.Kind.ACQUISITION:
            move.asset.cost += move.cost
            move.asset.salvage += move.salvage
    return entry


def _accounts(asset: Asset, accounts: Accounts) -> tuple[int, int, int]:
    kind = asset.asset_class
    return (
        kind.cost_account_id or accounts.of(AccountRole.FA_COST), kind.accumulated_account_id or accounts.of(AccountRole.ACCUM_DEPRECIATION),
        kind.expense_account_id or accounts.of(AccountRole.DEPRECIATION_EXPENSE),
    )
