"""Reading a chart of accounts: rows to accounts with code, type, place in the tree and roles; every fault by row and column."""

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from erp.charts.profiles import PROFILES, Profile
from erp.ledger.models import Account
from erp.ledger.roles import AccountRole
from suite.kernel.documents.errors import Refusal

CODE_LENGTH, NAME_LENGTH, MOST_ROWS = 32, 240, 20_000
_BRACKETS = re.compile(r"^(?P<kind>[^\[]*?)\s*\[(?P<type>[^\]]+)\]$")
_LEADING_CODE = re.compile(r"^(\d[\d.]{0,10}\d|\d)\.?\s*[-–. ]\s*\D")
_FIRST_DIGIT = {Account.Type.ASSET: "1", Account.Type.LIABILITY: "2", Account.Type.EQUITY: "3", Account.Type.INCOME: "4", Account.Type.EXPENSE: "5"}


@dataclass
class ReadAccount:
    """An account as a chart has it; `row` is its line in the file, `parent` the place of its parent in the list."""

    row: int
    code: str
    name: str
    is_heading: bool
    type: str = ""
    kind: str = ""
    parent: int | None = None
    roles: tuple[AccountRole, ...] = ()


@dataclass
class ReadChart:
    """A chart that was read whole: its accounts, and what was made up or changed to read it."""

    profile: str
    accounts: list[ReadAccount]
    notes: list[str] = field(default_factory=list)

    @property
    def figures(self) -> dict[str, Any]:
        """What a reader checks a chart by."""
        return {
            "profile": self.profile, "accounts": len(self.accounts), "headings": sum(one.is_heading for one in self.accounts),
            "roots": sum(one.parent is None for one in self.accounts), "types": dict(sorted(Counter(str(one.type) for one in self.accounts).items())),
            "roles": sorted(role.value for one in self.accounts for role in one.roles), "notes": len(self.notes),
        }


def fault(row: int, column: str, what: str, hint: str = "") -> Refusal:
    """The refusal of a chart for one row and column. Nothing of the chart is loaded then."""
    return Refusal(
        _("Row %(row)s, column %(column)s: %(what)s Nothing was loaded.") % {"row": row, "column": column, "what": what}, field="file",
        code="chart_row", hint=hint or _("Correct the row in the file and load it again."),
    )


def read_chart(content: bytes) -> ReadChart:
    """The chart in a CSV file (UTF-8). Raises Refusal naming row and column: no such kind of file, a name missing, an unknown type or
    parent, a key twice, a cycle."""
    rows, header = _rows(content)
    profile = _profile(header, rows)
    chart = ReadChart(profile.name, [_account(number, row, profile) for number, row in enumerate(rows, 2)])
    _join(chart.accounts, rows, profile)
    _refuse_cycles(chart.accounts, profile)
    _settle_types(chart.accounts, profile)
    _settle_codes(chart)
    _give_roles(chart.accounts, profile)
    return chart


def _rows(content: bytes) -> tuple[list[dict[str, str]], list[str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = content[:error.start].count(b"\n") + 1
        raise Refusal(
            _("Row %(row)s is not UTF-8; nothing was loaded.") % {"row": row}, field="file", code="not_utf8",
            hint=_("Save the file as UTF-8 and load it again."),
        ) from error
    try:
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        header, rows = list(reader.fieldnames or ()), []
        for row in reader:
            rows.append(row)
            if len(rows) > MOST_ROWS:
                raise fault(len(rows) + 1, "code", _("A chart has at most %(most)s rows.") % {"most": MOST_ROWS})
    except csv.Error as error:
        raise Refusal(_("The file is no CSV: %(error)s. Nothing was loaded.") % {"error": error}, field="file", code="not_csv") from error
    return rows, header


def _profile(header: list[str], rows: list[dict[str, str]]) -> Profile:
    for profile in PROFILES:
        if rows and set(profile.columns) <= set(header) and (not profile.mark or profile.mark in (rows[0]["id"], rows[0]["type"])):
            return profile
    raise Refusal(
        _("The file is no chart that is known: its columns are %(columns)s. Nothing was loaded.") % {"columns": ", ".join(header)[:200] or "-"},
        field="file", code="chart_unknown", hint=_("Use the columns code, name, parent, is_group, type with types like “Bank [Asset]”."),
    )


def _account(number: int, row: dict[str, str], profile: Profile) -> ReadAccount:
    if None in row or None in row.values():
        raise fault(number, profile.columns[-1], _("The row has another number of columns than the head of the file."))
    name = row["name"].strip()
    if not name:
        raise fault(number, "name", _("The account has no name."))
    if len(name) > NAME_LENGTH:
        raise fault(number, "name", _("The name is longer than %(most)s characters.") % {"most": NAME_LENGTH})
    if row["is_group"] not in ("0", "1"):
        raise fault(number, "is_group", _("“%(value)s” is neither 0 nor 1.") % {"value": row["is_group"][:20]})
    account = ReadAccount(number, row["code"].strip(), name, row["is_group"] == "1")
    written = row["type"].strip()
    if profile.codes:
        account.type = _by_code(account.code, profile)
        return account
    found = _BRACKETS.match(written)
    account.kind, word = (found["kind"].strip(), found["type"].strip()) if found else (written, written)
    if word not in profile.types:
        raise fault(number, "type", _("“%(value)s” is no type of account.") % {"value": written[:40]},
                    _("Types are %(types)s.") % {"types": ", ".join(profile.types)})
    account.type = profile.kinds.get(account.kind, profile.types[word])
    return account


def _by_code(code: str, profile: Profile) -> str:
    return next((profile.codes[code[:length]] for length in range(len(code), 0, -1) if code[:length] in profile.codes), "")


def _join(accounts: list[ReadAccount], rows: list[dict[str, str]], profile: Profile) -> None:
    """Finds each parent. By name, the nearest heading above is meant: charts repeat names down a branch."""
    places: dict[str, list[int]] = {}
    for place, row in enumerate(rows):
        places.setdefault(row[profile.key].strip(), []).append(place)
    if profile.key == "id":
        twice = next((found[1] for found in places.values() if len(found) > 1), None)
        if twice is not None:
            raise fault(accounts[twice].row, "id", _("The key “%(key)s” is there twice.") % {"key": rows[twice]["id"][:40]})
    for place, row in enumerate(rows):
        wanted = row[profile.parent].strip()
        if not wanted:
            continue
        found = places.get(wanted)
        if not found:
            raise fault(accounts[place].row, profile.parent, _("There is no account “%(name)s” above it.") % {"name": wanted[:80]})
        above = [other for other in found if other < place]
        headings = [other for other in above if accounts[other].is_heading]
        accounts[place].parent = headings[-1] if headings else above[-1] if above else found[0]
    for account in accounts:
        if account.parent is not None:
            accounts[account.parent].is_heading = True


def _refuse_cycles(accounts: list[ReadAccount], profile: Profile) -> None:
    settled: set[int] = set()
    for start in range(len(accounts)):
        way: list[int] = []
        place: int | None = start
        while place is not None and place not in settled:
            if place in way:
                names = " → ".join(accounts[one].name[:40] for one in [*way[way.index(place):], place][:6])
                raise fault(accounts[start].row, profile.parent, _("The accounts are part of each other: %(names)s.") % {"names": names})
            way.append(place)
            place = accounts[place].parent
        settled.update(way)


def _settle_types(accounts: list[ReadAccount], profile: Profile) -> None:
    """A heading without a type of its own takes that of the first account below it; an account without one its parent's."""
    below: dict[int, list[int]] = {}
    for place, account in enumerate(accounts):
        if account.parent is not None:
            below.setdefault(account.parent, []).append(place)

    def type_below(place: int) -> str:
        waiting = [place]
        while waiting:
            one = waiting.pop(0)
            if accounts[one].type:
                return accounts[one].type
            waiting[:0] = below.get(one, ())
        return ""

    for place, account in enumerate(accounts):
        if not account.type:
            if account.code and not account.is_heading:
                raise fault(account.row, "code", _("No type belongs to the code “%(code)s”.") % {"code": account.code[:40]})
            above = account.parent
            while above is not None and not accounts[above].type:
                above = accounts[above].parent
            account.type = type_below(place) or (accounts[above].type if above is not None else "") or Account.Type.ASSET


def _settle_codes(chart: ReadChart) -> None:
    """Codes are unique: one that is missing is taken from the name or made from type and place, one that is there twice gets a number."""
    taken = {account.code for account in chart.accounts if account.code}
    seen: set[str] = set()
    counts: Counter[str] = Counter()
    for account in chart.accounts:
        if not account.code:
            leading = _LEADING_CODE.match(account.name)
            code = leading[1] if leading and leading[1] not in taken else ""
            while not code or code in taken:
                digit = _FIRST_DIGIT[Account.Type(account.type)]
                counts[digit] += 1
                code = f"{digit}{counts[digit]:04d}"
            account.code = code
            taken.add(code)
        elif len(account.code) > CODE_LENGTH:
            raise fault(account.row, "code", _("The code is longer than %(most)s characters.") % {"most": CODE_LENGTH})
        elif account.code in seen:
            number = next(number for number in range(2, MOST_ROWS) if f"{account.code}-{number}" not in taken)
            chart.notes.append(_("Row %(row)s: the code %(code)s is there twice; this one is %(new)s.") % {
                "row": account.row, "code": account.code, "new": f"{account.code}-{number}"})
            account.code = f"{account.code}-{number}"
            taken.add(account.code)
        seen.add(account.code)


def _give_roles(accounts: list[ReadAccount], profile: Profile) -> None:
    """Accounts play the roles of their kind, or of their code; where the code is a heading's, the first account below it does."""
    leaves = sorted((one for one in accounts if not one.is_heading), key=lambda one: one.code) if profile.codes else accounts
    for what, roles in profile.roles.items():
        fitting = (one for one in leaves if not one.is_heading and (one.code.startswith(what) if profile.codes else one.kind == what))
        account = next(fitting, None)
        if account is not None:
            account.roles += roles
