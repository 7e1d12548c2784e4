"""How the known kinds of chart files are read. Each says how an account's type follows from the file, and which rows play roles.

`types`: words of the file's own column to a type; `kinds`: kinds of account that settle it, wherever in the tree they stand. `codes`: the
longest beginning of a code that matches gives the type. `roles`: the file's word for a kind of account, or the code of an account, to the
roles it plays; the first account that fits gets the role, of a heading's code the first account below it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from erp.ledger.models import Account
from erp.ledger.roles import AccountRole

R = AccountRole
ASSET, LIABILITY, EQUITY, INCOME, EXPENSE = (
    Account.Type.ASSET, Account.Type.LIABILITY, Account.Type.EQUITY, Account.Type.INCOME, Account.Type.EXPENSE,
)


def _begins(**kinds: str) -> dict[str, str]:
    return {code: kind for kind, codes in kinds.items() for code in codes.split()}


@dataclass(frozen=True)
class Profile:
    """One kind of chart file."""

    name: str
    columns: tuple[str, ...]
    key: str = "name"
    parent: str = "parent"
    mark: str = ""
    types: Mapping[str, str] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)
    codes: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, tuple[AccountRole, ...]] = field(default_factory=dict)


# "Receivable [Asset]": the kind of account, then its type.
BRACKETS = Profile(
    "brackets", ("code", "name", "parent", "is_group", "type"),
    types={"Asset": ASSET, "Liability": LIABILITY, "Equity": EQUITY, "Income": INCOME, "Expense": EXPENSE},
    kinds={"Equity": EQUITY, "Payable": LIABILITY, "Stock Received But Not Billed": LIABILITY},
    roles={
        "Bank": (R.BANK,), "Receivable": (R.AR,), "Payable": (R.AP,), "Stock": (R.INVENTORY,), "Fixed Asset": (R.FA_COST,),
        "Accumulated Depreciation": (R.ACCUM_DEPRECIATION,), "Depreciation": (R.DEPRECIATION_EXPENSE,), "Cost of Goods Sold": (R.COGS,),
        "Stock Adjustment": (R.INVENTORY_ADJUSTMENT,), "Stock Received But Not Billed": (R.GRNI,), "Round Off": (R.ROUNDING,),
        "Income Account": (R.REVENUE,), "Temporary": (R.OPENING_BALANCE_EQUITY,),
    },
)
GERMAN = Profile(
    "german", ("code", "name", "parent", "is_group", "type", "path"),
    types={
        "Aktiva": ASSET, "Bank": ASSET, "Bargeld": ASSET, "Forderung": ASSET, "Fremdkapital": LIABILITY, "Verbindlichkeit": LIABILITY,
        "Haben": LIABILITY, "Eigenkapital": EQUITY, "Ertrag": INCOME, "Aufwand": EXPENSE, "Oberkonto": "",
    },
    roles={"Bank": (R.BANK,), "Forderung": (R.AR,), "Verbindlichkeit": (R.AP,)},
)
_TREE = ("code", "name", "parent_id", "is_group", "type", "id")
SKR03 = Profile(
    "skr03", _TREE, key="id", parent="parent_id", mark="root_de",
    codes=_begins(
        asset="00 01 02 03 04 05 098 0996 0997 0998 0999 10 11 12 13 14 15 397 398 70 71",
        liability="06 07 09 099 16 17", equity="08 18 19 9",
        income="25 26 27 286 287 289 80 81 82 83 84 85 86 87 88 89", expense="20 21 22 23 24 28 29 30 31 32 33 34 35 36 37 38 39 4",
    ),
    roles={
        "1200": (R.BANK,), "1400": (R.AR,), "1600": (R.AP,), "1576": (R.INPUT_TAX,), "1776": (R.OUTPUT_TAX,), "8400": (R.REVENUE,), "3400": (R.COGS,),
        "3980": (R.INVENTORY,), "0880": (R.SHARE_CAPITAL,), "4970": (R.BANK_FEES,), "4830": (R.DEPRECIATION_EXPENSE,), "2660": (R.FX_REALIZED_GAIN,),
        "2150": (R.FX_REALIZED_LOSS,), "9000": (R.OPENING_BALANCE_EQUITY,),
    },
)
_SPANISH = _begins(
    asset="2 3 43 44 46 470 471 472 473 474 480 49 53 54 55 57 58 59 565 566 567 407",
    liability="14 15 16 17 18 40 41 438 475 476 477 479 465 466 485 499 50 51 52 551 552 553 554 555 556 56 560 561 568 569 585 586 587 588 589",
    equity="10 11 12 13 19 8 9", expense="6", income="7",
)
_SPANISH_ROLES = {
    "572": (R.BANK,), "4300": (R.AR,), "4000": (R.AP,), "472": (R.INPUT_TAX,), "477": (R.OUTPUT_TAX,), "700": (R.REVENUE,), "300": (R.INVENTORY,),
    "100": (R.SHARE_CAPITAL,), "626": (R.BANK_FEES,), "681": (R.DEPRECIATION_EXPENSE,), "768": (R.FX_REALIZED_GAIN,), "668": (R.FX_REALIZED_LOSS,),
}
SPANISH = Profile("spanish", _TREE, key="id", parent="parent_id", mark="es_normal", codes=_SPANISH, roles=_SPANISH_ROLES)
SPANISH_SMALL = Profile("spanish_small", _TREE, key="id", parent="parent_id", mark="es_pyme", codes=_SPANISH, roles=_SPANISH_ROLES)
FRENCH = Profile(
    "french", _TREE, key="id", parent="parent_id", mark="fr",
    codes=_begins(
        asset="2 3 409 41 425 4287 4387 441 443 4452 4456 4458 4487 46 4686 47 48 49 50 51 52 53 54 58 59",
        liability="15 16 17 40 419 42 43 44 45 464 467 4686 477 478 487 4887 519", equity="1 10 11 12 13 14 18 8", expense="6", income="7",
    ),
    roles={
        "512": (R.BANK,), "411": (R.AR,), "401": (R.AP,), "44566": (R.INPUT_TAX,), "44571": (R.OUTPUT_TAX,), "707": (R.REVENUE,), "37": (R.INVENTORY,),
        "1013": (R.SHARE_CAPITAL,), "627": (R.BANK_FEES,), "766": (R.FX_REALIZED_GAIN,), "666": (R.FX_REALIZED_LOSS,),
    },
)
ENGLISH = Profile(
    "english", _TREE, key="id", parent="parent_id", mark="account_type_template_root_en",
    codes=_begins(asset="1", liability="2", equity="3", income="4 6.1.1", expense="5 6"),
    roles={
        "1.1.1": (R.BANK,), "1.2.1": (R.AR,), "2.1.1": (R.AP,), "1.3.1": (R.INVENTORY,), "4.1.1": (R.REVENUE,), "5.2.1": (R.COGS,),
        "1.6.2": (R.ACCUM_DEPRECIATION,), "3.2.0": (R.RETAINED_EARNINGS,),
    },
)
PROFILES = (GERMAN, SKR03, SPANISH, SPANISH_SMALL, FRENCH, ENGLISH, BRACKETS)
