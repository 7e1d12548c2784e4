"""Bank statements as files, written for tests."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

IBAN = "DE89370400440532013000"
DAY = date(2026, 3, 10)


def camt(
    lines: Iterable[tuple], *, opening="0.00", closing=None, number="S-1", iban=IBAN, currency="EUR", on=DAY, message="BkToCstmrStmt", node="Stmt",
    head='<?xml version="1.0" encoding="UTF-8"?>',
) -> bytes:
    """A camt message of one statement; lines are (amount, text, counterparty, its IBAN, bank's id), the last three optional."""
    rows = [(*line, "", "", "", "")[:5] for line in lines]
    closing = closing if closing is not None else str(Decimal(opening) + sum((Decimal(str(row[0])) for row in rows), Decimal(0)))
    entries = "".join(_entry(*row, currency, on) for row in rows)
    balances = "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>{_amount(value, currency)}<Dt><Dt>{on}</Dt></Dt></Bal>"
        for code, value in (("OPBD", opening), ("CLBD", closing))
    ) if node == "Stmt" else ""
    return (
        f'{head}<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><{message}><GrpHdr><MsgId>M</MsgId></GrpHdr><{node}>'
        f"<Id>{number}</Id><Acct><Id><IBAN>{iban}</IBAN></Id><Ccy>{currency}</Ccy></Acct>{balances}{entries}</{node}></{message}></Document>"
    ).encode()


def _entry(amount, text, name, iban, bank_id, currency, on) -> str:
    side = "Dbtr" if Decimal(str(amount)) > 0 else "Cdtr"
    account = f"<{side}Acct><Id><IBAN>{iban}</IBAN></Id></{side}Acct>" if iban else ""
    return (
        f"<Ntry>{_amount(amount, currency)}<Sts>BOOK</Sts><BookgDt><Dt>{on}</Dt></BookgDt>"
        + (f"<AcctSvcrRef>{bank_id}</AcctSvcrRef>" if bank_id else "")
        + f"<NtryDtls><TxDtls><RltdPties><{side}><Nm>{name}</Nm></{side}>{account}</RltdPties><RmtInf><Ustrd>{text}</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>"
    )


def _amount(value, currency) -> str:
    value = Decimal(str(value))
    return f'<Amt Ccy="{currency}">{abs(value)}</Amt><CdtDbtInd>{"DBIT" if value < 0 else "CRDT"}</CdtDbtInd>'
