"""What must hold of payables; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_bills(company_id: int | None = None) -> list[str]:
    """A posted bill's open items come to its total; no standing number of a supplier is there twice in a year."""
    return guilty("""
        SELECT 'bill ' || b.number || ' is over ' || b.gross || ', its open items come to ' || coalesce(sum(abs(o.amount_currency)), 0), b.company_id
          FROM erp_supplierbill b LEFT JOIN erp_openitem o ON o.entry_id = b.entry_id AND o.kind IN ('bill', 'bill_credit')
         WHERE b.status IN ('posted', 'reversed') GROUP BY b.id HAVING coalesce(sum(abs(o.amount_currency)), 0) <> b.gross
        UNION ALL
        SELECT 'supplier ' || supplier_id || ' has ' || count(*) || ' bills ' || min(supplier_reference), company_id FROM erp_supplierbill
         WHERE status NOT IN ('void', 'reversed')
         GROUP BY company_id, supplier_id, kind, extract(year FROM issued_on), upper(regexp_replace(supplier_reference, '[^A-Za-z0-9]', '', 'g'))
        HAVING count(*) > 1""", company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"I12 bills": check_bills}
