"""What always holds for stock, recomputed from the rows of all companies. Each check names the guilty rows, a sentence each."""

from collections.abc import Callable

from django.db import connection

MOST = 1000


def on_hand_is_sum_of_moves() -> list[str]:
    """I6: each level's on hand is the sum of its moves, and at least zero unless its location may go below."""
    return _sentences("""
        SELECT format('company %s: product %s at location %s lot %s: on hand %s, moves %s', company_id, product_id, location_id,
                      coalesce(lot_id::text, '-'), trim_scale(sum(on_hand)), trim_scale(sum(moved)))
          FROM (SELECT company_id, product_id, location_id, lot_id, on_hand, 0 AS moved FROM erp_stocklevel
                UNION ALL
                SELECT company_id, product_id, location_id, lot_id, 0, sum(quantity) FROM erp_stockmove GROUP BY 1, 2, 3, 4) sides
         GROUP BY company_id, product_id, location_id, lot_id HAVING sum(on_hand) <> sum(moved)
        UNION ALL
        SELECT format('level %s of company %s: %s on hand, below zero', s.id, s.company_id, trim_scale(s.on_hand))
          FROM erp_stocklevel s JOIN erp_location l ON l.id = s.location_id WHERE s.on_hand < 0 AND NOT l.allow_negative""")


def reserved_is_sum_of_firm_reservations() -> list[str]:
    """I7: each level's counter is the sum of its firm reservations, between zero and what is on hand."""
    return _sentences("""
        SELECT format('level %s of company %s: reserved %s, firm reservations %s, on hand %s', s.id, s.company_id, trim_scale(s.reserved),
                      trim_scale(coalesce(r.firm, 0)), trim_scale(s.on_hand))
          FROM erp_stocklevel s LEFT JOIN (SELECT level_id, sum(quantity) AS firm FROM erp_reservation WHERE status = 'firm' GROUP BY 1) r
            ON r.level_id = s.id
         WHERE s.reserved <> coalesce(r.firm, 0) OR s.reserved < 0 OR s.reserved > greatest(s.on_hand, 0)
        UNION ALL
        SELECT format('reservation %s of company %s: product or warehouse differ from level %s', r.id, r.company_id, s.id)
          FROM erp_reservation r JOIN erp_stocklevel s ON s.id = r.level_id JOIN erp_location l ON l.id = s.location_id
         WHERE r.status = 'firm' AND (r.company_id, r.product_id, r.warehouse_id) <> (s.company_id, s.product_id, l.warehouse_id)""")


def ledger_is_sum_of_layers() -> list[str]:
    """I8: each inventory account is worth what its layers are worth now, and what its values sum to by date in the books."""
    return _sentences("""
        SELECT format('company %s: account %s: ledger %s, layers %s', company_id, code, trim_scale(sum(ledger)), trim_scale(sum(layers)))
          FROM (SELECT a.company_id, a.code, sum(j.debit - j.credit) AS ledger, 0 AS layers
                  FROM erp_account a JOIN erp_journalline j ON j.account_id = a.id AND j.ledger_date IS NOT NULL
                 WHERE a.control = 'stock' GROUP BY 1, 2
                UNION ALL
                SELECT c.company_id, a.code, 0, sum(c.remaining_value) FROM erp_costlayer c JOIN erp_account a ON a.id = c.account_id GROUP BY 1, 2) sides
         GROUP BY company_id, code HAVING sum(ledger) <> sum(layers)
        UNION ALL
        SELECT format('company %s: account %s on %s: ledger %s, stock values %s', company_id, account_id, ledger_date, trim_scale(sum(ledger)),
                      trim_scale(sum(stock)))
          FROM (SELECT j.company_id, j.account_id, j.ledger_date, sum(j.debit - j.credit) AS ledger, 0 AS stock
                  FROM erp_account a JOIN erp_journalline j ON j.account_id = a.id AND j.ledger_date IS NOT NULL
                 WHERE a.control = 'stock' GROUP BY 1, 2, 3
                UNION ALL
                SELECT company_id, account_id, ledger_date, 0, sum(value) FROM erp_stockvalue GROUP BY 1, 2, 3) sides
         GROUP BY company_id, account_id, ledger_date HAVING sum(ledger) <> sum(stock)""")


def layers_are_sum_of_values() -> list[str]:
    """I14: value in less value out is value on hand, per layer; and layers hold as many units as the warehouse has."""
    return _sentences("""
        SELECT format('layer %s of company %s: %s units worth %s, values say %s and %s', c.id, c.company_id, trim_scale(c.remaining_quantity),
                      trim_scale(c.remaining_value), trim_scale(coalesce(v.quantity, 0)), trim_scale(coalesce(v.value, 0)))
          FROM erp_costlayer c LEFT JOIN (SELECT layer_id, sum(quantity) AS quantity, sum(value) AS value FROM erp_stockvalue GROUP BY 1) v
            ON v.layer_id = c.id
         WHERE c.remaining_quantity <> coalesce(v.quantity, 0) OR c.remaining_value <> coalesce(v.value, 0)
        UNION ALL
        SELECT format('company %s: product %s lot %s in warehouse %s: %s on hand, %s in layers', company_id, product_id,
                      coalesce(lot_id::text, '-'), warehouse_id, trim_scale(sum(on_hand)), trim_scale(sum(layered)))
          FROM (SELECT s.company_id, s.product_id, s.lot_id, l.warehouse_id, sum(s.on_hand) AS on_hand, 0 AS layered
                  FROM erp_stocklevel s JOIN erp_location l ON l.id = s.location_id GROUP BY 1, 2, 3, 4
                UNION ALL
                SELECT company_id, product_id, lot_id, warehouse_id, 0, sum(remaining_quantity) FROM erp_costlayer GROUP BY 1, 2, 3, 4) sides
         GROUP BY company_id, product_id, lot_id, warehouse_id HAVING sum(on_hand) <> sum(layered)""")


def transfers_are_in_transit() -> list[str]:
    """What of a transfer has neither arrived nor been given up lies in the layers that are kept for its lines; nothing else does."""
    return _sentences("""
        SELECT format('company %s: transfer line %s: %s under way, %s in transit', company_id, line, trim_scale(sum(under_way)), trim_scale(sum(layered)))
          FROM (SELECT l.company_id, 'erp.stocktransferline:' || l.id AS line, l.quantity - l.received - l.lost AS under_way, 0 AS layered
                  FROM erp_stocktransferline l JOIN erp_stocktransfer t ON t.id = l.transfer_id
                 WHERE t.status IN ('in_transit', 'partially_received')
                UNION ALL
                SELECT company_id, kept_for, 0, remaining_quantity FROM erp_costlayer WHERE kept_for LIKE 'erp.stocktransferline:%') sides
         GROUP BY company_id, line HAVING sum(under_way) <> sum(layered)""")


def _sentences(query: str) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(f"{query} LIMIT {MOST}")
        return [row[0] for row in cursor.fetchall()]


INVARIANTS: dict[str, Callable[[], list[str]]] = {
    "I6": on_hand_is_sum_of_moves,
    "I7": reserved_is_sum_of_firm_reservations,
    "I8": ledger_is_sum_of_layers,
    "I14": layers_are_sum_of_values,
    "stock: transfers in transit": transfers_are_in_transit,
}
