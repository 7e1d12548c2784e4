"""What must hold of the asset register against the ledger; each function names the guilty rows (none when all is well)."""

from collections.abc import Callable

from erp.ledger.invariants import guilty


def assets_equal_ledger(company_id: int | None = None) -> list[str]:
    """Each asset's movements, its clearing items (which equal the ledger, I9) and its own totals agree; none is depreciated beyond what it may."""
    return guilty("""
        SELECT x.role || ' of ' || x.line_key || ': register and ledger differ by ' || sum(x.amount), x.company_id FROM (
            SELECT company_id, 'erp.asset:' || asset_id AS line_key, 'FA_COST' AS role, cost AS amount FROM erp_assetmovement
            UNION ALL SELECT company_id, 'erp.asset:' || asset_id, 'ACCUM_DEPRECIATION', -depreciation FROM erp_assetmovement
            UNION ALL SELECT company_id, line_key, role, -amount FROM erp_clearingitem WHERE role IN ('FA_COST', 'ACCUM_DEPRECIATION')
        ) x GROUP BY x.company_id, x.line_key, x.role HAVING sum(x.amount) <> 0
        UNION ALL
        SELECT 'asset ' || coalesce(a.number, a.id::text) || ': cost ' || a.cost || ', accumulated ' || a.accumulated || ', movements '
               || coalesce(sum(m.cost), 0) || ', ' || coalesce(sum(m.depreciation), 0), a.company_id
          FROM erp_asset a LEFT JOIN erp_assetmovement m ON m.asset_id = a.id WHERE a.status <> 'draft' GROUP BY a.id
        HAVING a.cost <> coalesce(sum(m.cost), 0) OR a.accumulated <> coalesce(sum(m.depreciation), 0) OR a.accumulated > a.cost - a.salvage
            OR (a.status = 'fully_depreciated') <> (a.status IN ('in_service', 'fully_depreciated') AND a.accumulated = a.cost - a.salvage)
        UNION ALL
        SELECT 'trigger ' || g.name || ' of ' || g.relation || ' is missing or off', NULL::bigint
          FROM (VALUES ('guard_asset_movement', 'erp_assetmovement'), ('check_assets', 'erp_assetmovement'), ('check_assets', 'erp_clearingitem'),
                       ('keep_asset', 'erp_asset'), ('move_asset', 'erp_assetmovement'), ('guard_new_asset', 'erp_asset')) AS g(name, relation)
         WHERE NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgname = g.name AND t.tgrelid = g.relation::regclass AND t.tgenabled IN ('O', 'A'))
        """, company_id)


INVARIANTS: dict[str, Callable[..., list[str]]] = {"assets: register equals ledger": assets_equal_ledger}
