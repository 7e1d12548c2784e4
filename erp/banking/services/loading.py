"""Taking statements in: whole files, once."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _

from erp.banking.formats.delimited import Columns
from erp.banking.formats.detecting import read_statements
from erp.banking.models import BankAccount, BankStatement, StatementLine, StatementProfile
from erp.banking.rules import TEXT_LENGTH, ReadLine, ReadStatement, fingerprints, same_account, unreadable
from suite.kernel.documents.errors import Refusal
from suite.kernel.documents.locking import lock
from suite.kernel.documents.work import in_unit_of_work
from suite.kernel.documents.writing import insert_row, insert_rows
from suite.kernel.numbering.services import next_number
from suite.kernel.users.service_user import recorded_id


@dataclass(frozen=True)
class Loaded:
    """One statement of a file: the document (None where all its movements were known), whether it is new, and its movements."""

    statement: BankStatement | None
    bank_account: BankAccount
    is_new: bool
    new_lines: int
    known_lines: int


def load_statements(
    *, company_id: int, content: bytes, file_name: str, actor: Any, bank_account_id: int | None = None,
) -> list[Loaded]:
    """Every statement of a file, all or none. What was loaded before changes nothing. A statement that does not add up is taken, with a
    warning that names the difference.

    The bank account is the one its number names; of files without a number (QIF, CSV) the given one. Raises PermissionDenied; Refusal: a
    file that cannot be read, another account's statement, another currency.
    """
    if not actor.has_perm("erp.add_bankstatement"):
        raise PermissionDenied("erp.add_bankstatement")

    def load() -> list[Loaded]:
        accounts = list(lock(BankAccount.objects.filter(company_id=company_id).order_by("pk")))
        chosen = next((account for account in accounts if account.pk == bank_account_id), None)
        if bank_account_id is not None and chosen is None:
            raise Refusal(_("There is no such bank account; nothing of the file was taken."), field="bank_account")
        columns = columns_of(chosen.profile) if chosen and chosen.profile_id else None
        kind, statements = read_statements(content, columns)
        if not statements:
            raise unreadable(_("The file holds no statement"))
        digest = sha256(content).hexdigest()
        return [
            _take(one, kind, position, digest, file_name, account_of(one, accounts, chosen), actor) for position, one in enumerate(statements, 1)
        ]

    return in_unit_of_work(load, actor=actor)


def columns_of(profile: StatementProfile) -> Columns:
    """The profile as the reader takes it."""
    return Columns(
        date=profile.date, amount=profile.amount, paid_in=profile.paid_in, paid_out=profile.paid_out, side=profile.side, text=profile.text,
        name=profile.counterparty, iban=profile.iban, reference=profile.reference, bank_id=profile.bank_id, balance=profile.balance,
        delimiter=profile.delimiter, decimal=profile.decimal, day_first=profile.day_first,
    )


def account_of(statement: ReadStatement, accounts: Sequence[BankAccount], chosen: BankAccount | None) -> BankAccount:
    """The bank account that a statement is of. Raises Refusal: another account than the chosen one, none that we know, another currency."""
    if not statement.account:
        if chosen is None:
            raise Refusal(
                _("The file does not say which account it is of; nothing of it was taken."), field="bank_account", code="account_missing",
                hint=_("Choose the bank account."),
            )
        found = chosen
    else:
        fitting = [one for one in accounts if same_account(statement.account, one.iban, one.account_number)]
        if chosen is not None and chosen not in fitting:
            raise Refusal(
                _("The statement is of account %(stated)s, not of %(chosen)s; nothing of the file was taken.")
                % {"stated": statement.account, "chosen": chosen}, field="bank_account", code="wrong_account",
                hint=_("Choose the account the statement is of, or enter %(stated)s as its IBAN or account number.") % {"stated": statement.account},
            )
        if not fitting:
            raise Refusal(
                _("No bank account has the number %(stated)s; nothing of the file was taken.") % {"stated": statement.account},
                field="bank_account", code="account_unknown", hint=_("Enter the number at the bank account, under Bank and cash, Bank accounts."),
            )
        found = chosen or fitting[0]
    if statement.currency and statement.currency.upper() != found.currency_id:
        raise Refusal(
            _("The statement is in %(stated)s, %(account)s in %(known)s; nothing of the file was taken.")
            % {"stated": statement.currency, "account": found, "known": found.currency_id}, field="bank_account", code="statement_currency",
            hint=_("Keep an account of its own for each currency."),
        )
    return found


def _take(told: ReadStatement, kind: str, position: int, digest: str, file_name: str, account: BankAccount, actor: Any) -> Loaded:
    days = [line.booked_on for line in told.lines]
    ends_on = told.closed_on or max(days, default=None)
    if ends_on is None:
        raise unreadable(_("A statement has no date"))
    starts_on = min(filter(None, (told.opened_on, *days, ends_on)))
    ids = fingerprints(told)
    stated = BankStatement.objects.filter(bank_account=account)
    known = stated.filter(file_hash=digest, position=position).first() or (
        told.number and stated.filter(
            bank_reference=told.number[:80], ends_on=ends_on, opening_balance=told.opening, closing_balance=told.closing, is_interim=told.is_interim,
        ).first()
    )
    if known:
        return Loaded(known, account, False, 0, len(ids))
    there = {line.external_id: line for line in StatementLine.objects.filter(bank_account=account, external_id__in=ids).select_related("statement")}
    fresh = [(place, line, key) for place, (line, key) in enumerate(zip(told.lines, ids, strict=True), 1) if key not in there and line.amount]
    adopted = [there[key] for key in ids if key in there and _is_handed_over(there[key], told)]
    if not fresh and not adopted and told.lines and not told.number:
        return Loaded(None, account, False, 0, len(ids))
    statement = insert_row(BankStatement(
        company_id=account.company_id, bank_account=account, number=next_number(company_id=account.company_id, series="BST"),
        bank_reference=told.number[:80], format=kind, is_interim=told.is_interim, starts_on=starts_on, ends_on=ends_on,
        opening_balance=told.opening, closing_balance=told.closing, difference=told.difference,
        warnings="\n".join(_warnings(told, account, starts_on)), file_name=file_name[:160], file_hash=digest, position=position,
        created_by_id=recorded_id(actor),
    ))
    insert_rows([_line(statement, place, line, key, actor) for place, line, key in fresh])
    for line in adopted:
        line.statement = statement
    StatementLine.objects.bulk_update(adopted, ["statement"])
    return Loaded(statement, account, True, len(fresh), len(ids) - len(fresh))


def _is_handed_over(line: StatementLine, told: ReadStatement) -> bool:
    """Whether a known line moves to this statement: it came by hand or by a notice, and this is the statement of the account."""
    return not told.is_interim and (line.statement_id is None or line.statement.is_interim)


def _line(statement: BankStatement, place: int, line: ReadLine, key: str, actor: Any) -> StatementLine:
    return StatementLine(
        company_id=statement.company_id, bank_account_id=statement.bank_account_id, statement=statement, position=place, booked_on=line.booked_on,
        value_on=line.value_on, amount=line.amount, text=line.text[:TEXT_LENGTH], counterparty_name=line.name[:140],
        counterparty_iban=line.iban[:40], reference=line.reference[:80], external_id=key, created_by_id=recorded_id(actor),
    )


def _warnings(told: ReadStatement, account: BankAccount, starts_on: Any) -> list[str]:
    found = list(told.warnings)
    if told.difference:
        found.append(
            _("Opening balance and movements make %(sum)s, the closing balance is %(closing)s: the difference is %(difference)s.") % {
                "sum": number_format(told.opening + told.total), "closing": number_format(told.closing),
                "difference": number_format(told.difference),
            },
        )
    empty = sum(1 for line in told.lines if not line.amount)
    if empty:
        found.append(_("Movements of 0, left out: %(count)s.") % {"count": empty})
    before = None
    if told.opening is not None and not told.is_interim:
        before = BankStatement.objects.filter(
            bank_account=account, is_interim=False, closing_balance__isnull=False, ends_on__lte=starts_on,
        ).order_by("-ends_on", "-pk").first()
    if before and before.closing_balance != told.opening:
        found.append(
            _("The statement of %(day)s closed with %(closing)s, this one opens with %(opening)s: one may be missing.") % {
                "day": date_format(before.ends_on, "SHORT_DATE_FORMAT"), "closing": number_format(before.closing_balance),
                "opening": number_format(told.opening),
            },
        )
    return found
