"""What must hold of filed tax returns; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable
from hashlib import sha256

from erp.compliance.models import TaxReturn
from erp.compliance.services.returns import snapshot_text
from erp.ledger.invariants import guilty


def check_tax_returns(company_id: int | None = None) -> list[str]:
    """A filed return is the sum of its entries, its entries still bear that tax, and its hash covers what it holds."""
    found = guilty("""
        SELECT 'tax return ' || r.id || ' reports ' || r.output_tax || ' and ' || r.input_tax || ', its entries ' || coalesce(sum(x.output_tax), 0)
               || ' and ' || coalesce(sum(x.input_tax), 0), r.company_id
          FROM erp_taxreturn r LEFT JOIN erp_taxreturnentry x ON x.tax_return_id = r.id WHERE r.status IN ('filed', 'paid')
         GROUP BY r.id HAVING coalesce(sum(x.output_tax), 0) <> r.output_tax OR coalesce(sum(x.input_tax), 0) <> r.input_tax
        UNION ALL
        SELECT 'tax return ' || r.id || ' was filed without an entry that settles it', r.company_id FROM erp_taxreturn r
         WHERE r.status IN ('filed', 'paid') AND r.entry_id IS NULL AND (r.output_tax <> 0 OR r.input_tax <> 0)""", company_id)
    filed = TaxReturn.objects.filter(status__in=("filed", "paid"))
    if company_id is not None:
        filed = filed.filter(company_id=company_id)
    found += [f"tax return {row.pk} does not match its hash" for row in filed if sha256(snapshot_text(row).encode()).hexdigest() != row.snapshot]
    return found


INVARIANTS: dict[str, Callable[..., list[str]]] = {"tax returns": check_tax_returns}
