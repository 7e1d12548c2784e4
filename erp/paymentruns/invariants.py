"""What must hold of payment batches; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def check_batches(company_id: int | None = None) -> list[str]:
    """A sent batch has its payments, each over what its lines say, is approved by another than its proposer, and is what was approved."""
    return guilty("""
        SELECT 'payment batch ' || b.number || ': its lines come to ' || coalesce(sum(l.amount), 0) || ', not ' || b.total, b.company_id
          FROM erp_paymentbatch b LEFT JOIN erp_paymentbatchline l ON l.batch_id = b.id GROUP BY b.id HAVING coalesce(sum(l.amount), 0) <> b.total
        UNION ALL
        SELECT 'payment batch ' || b.number || ': transfer ' || l.transfer || ' over ' || sum(l.amount) || ' is no payment of that amount', b.company_id
          FROM erp_paymentbatch b JOIN erp_paymentbatchline l ON l.batch_id = b.id LEFT JOIN erp_supplierpayment s ON s.id = l.supplier_payment_id
          LEFT JOIN erp_customerpayment c ON c.id = l.customer_payment_id
         WHERE b.status IN ('exported', 'confirmed', 'rejected')
         GROUP BY b.id, l.transfer HAVING min(coalesce(s.amount, c.amount)) IS DISTINCT FROM sum(l.amount)
        UNION ALL
        SELECT 'payment batch ' || number || ' was approved by its proposer', company_id FROM erp_paymentbatch WHERE approved_by_id = created_by_id
        UNION ALL
        SELECT 'payment batch ' || b.number || ' has bills that are free for no other batch', b.company_id FROM erp_paymentbatch b
         WHERE b.status NOT IN ('proposed', 'approved') AND EXISTS (SELECT 1 FROM erp_paymentbatchline l WHERE l.batch_id = b.id AND l.is_open)""",
                  company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"payment batches": check_batches}
