-- I7: reservations and the counter on the level. Inner selects with OFFSET 0 keep the planner, which knows no statistics of a young
-- table, from walking a whole warehouse: they start from the few rows of the product or the line. The application's role may only read both; it changes them by calling
-- erp_reserve, erp_allocate_waiting and erp_take_stock. All lock levels in key order before they read a reservation.

CREATE OR REPLACE FUNCTION erp_keep_reserved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    was numeric := 0; now_is numeric := 0;
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.status = 'firm' THEN was := OLD.quantity; END IF;
    IF TG_OP <> 'DELETE' AND NEW.status = 'firm' THEN now_is := NEW.quantity; END IF;
    IF TG_OP = 'UPDATE' AND OLD.level_id IS NOT DISTINCT FROM NEW.level_id THEN
        now_is := now_is - was;
        was := 0;
    END IF;
    IF was <> 0 THEN
        UPDATE erp_stocklevel SET reserved = reserved - was WHERE id = OLD.level_id;
    END IF;
    IF now_is <> 0 THEN
        UPDATE erp_stocklevel s SET reserved = s.reserved + now_is
         WHERE s.id = NEW.level_id AND s.product_id = NEW.product_id AND s.company_id = NEW.company_id
           AND EXISTS (SELECT 1 FROM erp_location l WHERE l.id = s.location_id AND l.warehouse_id = NEW.warehouse_id);
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a reservation does not fit its level' USING ERRCODE = '23514', CONSTRAINT = 'reservation_fits_its_level';
        END IF;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER keep_reserved AFTER INSERT OR UPDATE OR DELETE ON erp_reservation
    FOR EACH ROW EXECUTE FUNCTION erp_keep_reserved();

-- Makes up to p_quantity firm for a line on free stock of a site, first expiry first; says how much it was. Levels are locked.
CREATE OR REPLACE FUNCTION erp_firm(
    p_company bigint, p_document text, p_line text, p_product bigint, p_site bigint, p_wanted date, p_quantity numeric, p_cause bigint
) RETURNS numeric LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    free record; part numeric; missing numeric := p_quantity;
BEGIN
    FOR free IN
        SELECT s.id, s.on_hand - s.reserved AS quantity, l.warehouse_id
          FROM (SELECT * FROM erp_stocklevel WHERE company_id = p_company AND product_id = p_product AND on_hand > reserved OFFSET 0) s
          JOIN erp_location l ON l.id = s.location_id AND l.kind = 'stock'
          JOIN erp_warehouse w ON w.id = l.warehouse_id AND w.site_id = p_site AND w.is_active
          LEFT JOIN erp_lot t ON t.id = s.lot_id
         WHERE (t.expires_on IS NULL OR t.expires_on >= coalesce(p_wanted, current_date))
         ORDER BY t.expires_on NULLS LAST, s.location_id, s.id
    LOOP
        part := least(free.quantity, missing);
        INSERT INTO erp_reservation AS r (company_id, status, product_id, warehouse_id, level_id, document_key, line_key, quantity, wanted_on, created_at, cause)
        VALUES (p_company, 'firm', p_product, free.warehouse_id, free.id, p_document, p_line, part, p_wanted, now(), p_cause)
        ON CONFLICT (company_id, line_key, level_id) WHERE status = 'firm' DO UPDATE SET quantity = r.quantity + excluded.quantity;
        missing := missing - part;
        EXIT WHEN missing = 0;
    END LOOP;
    RETURN p_quantity - missing;
END $$;

-- Takes a quantity off a reservation: all of it (it ends as p_status), or a part, of which consumption keeps a row of its own.
CREATE OR REPLACE FUNCTION erp_reduce_reservation(p_id bigint, p_quantity numeric, p_status text, p_cause bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE erp_reservation SET status = p_status WHERE id = p_id AND quantity <= p_quantity;
    IF FOUND THEN RETURN; END IF;
    UPDATE erp_reservation SET quantity = quantity - p_quantity WHERE id = p_id;
    IF p_status = 'consumed' THEN
        INSERT INTO erp_reservation (company_id, status, product_id, warehouse_id, level_id, document_key, line_key, quantity, wanted_on, created_at, cause)
        SELECT company_id, p_status, product_id, warehouse_id, level_id, document_key, line_key, p_quantity, wanted_on, now(), p_cause
          FROM erp_reservation WHERE id = p_id;
    END IF;
END $$;

-- Who waits gets what is free, by wanted date, then in order of arrival. Levels are locked.
CREATE OR REPLACE FUNCTION erp_firm_waiting(p_company bigint, p_products bigint[], p_cause bigint)
RETURNS TABLE (document_key text, line_key text, quantity numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    waiting record; got numeric;
BEGIN
    FOR waiting IN
        SELECT r.id, r.document_key, r.line_key, r.product_id, w.site_id, r.wanted_on, r.quantity
          FROM erp_reservation r JOIN erp_warehouse w ON w.id = r.warehouse_id
         WHERE r.company_id = p_company AND r.product_id = ANY (p_products) AND r.status = 'planned'
         ORDER BY r.wanted_on NULLS LAST, r.id FOR NO KEY UPDATE OF r
    LOOP
        got := erp_firm(p_company, waiting.document_key, waiting.line_key, waiting.product_id, waiting.site_id, waiting.wanted_on, waiting.quantity, p_cause);
        CONTINUE WHEN got = 0;
        PERFORM erp_reduce_reservation(waiting.id, got, 'released', p_cause);
        RETURN QUERY SELECT waiting.document_key::text, waiting.line_key::text, got;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION erp_allocate_waiting(p_company bigint, p_products bigint[], p_cause bigint)
RETURNS TABLE (document_key text, line_key text, quantity numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    PERFORM erp_lock_levels(p_company, p_products);
    RETURN QUERY SELECT * FROM erp_firm_waiting(p_company, p_products, p_cause);
END $$;

-- Exactly these open quantities for the document: firm what is free, plan the rest, release what is too much. Repeating changes nothing.
CREATE OR REPLACE FUNCTION erp_reserve(
    p_company bigint, p_document text, p_cause bigint,
    p_lines text[], p_products bigint[], p_sites bigint[], p_quantities numeric[], p_wanted date[]
) RETURNS TABLE (line_key text, firm numeric, planned numeric)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    demand record; held record; has_any boolean; is_firm numeric; is_planned numeric; surplus numeric; got numeric; home bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_company || ' reserve ' || p_document, 0));
    has_any := EXISTS (SELECT 1 FROM erp_reservation r WHERE r.document_key = p_document AND r.company_id = p_company AND r.status IN ('firm', 'planned'));
    PERFORM 1 FROM erp_stocklevel s
      WHERE s.company_id = p_company
        AND s.product_id = ANY (p_products || ARRAY(
            SELECT r.product_id FROM erp_reservation r WHERE has_any AND r.document_key = p_document AND r.company_id = p_company AND r.status IN ('firm', 'planned')))
      ORDER BY s.id FOR NO KEY UPDATE;
    IF has_any THEN
        UPDATE erp_reservation r SET status = 'released'
         WHERE r.document_key = p_document AND r.company_id = p_company AND r.status IN ('firm', 'planned') AND NOT EXISTS (
            SELECT 1 FROM unnest(p_lines, p_products, p_sites, p_quantities) AS d(line, product, site, quantity)
             WHERE d.line = r.line_key AND d.product = r.product_id AND d.quantity > 0
               AND d.site = (SELECT w.site_id FROM erp_warehouse w WHERE w.id = r.warehouse_id));
    END IF;
    FOR demand IN
        SELECT * FROM unnest(p_lines, p_products, p_sites, p_quantities, p_wanted) AS d(line, product, site, quantity, wanted)
         WHERE d.quantity > 0 ORDER BY d.product, d.line
    LOOP
        is_firm := 0;
        is_planned := 0;
        IF has_any THEN
            SELECT coalesce(sum(r.quantity) FILTER (WHERE r.status = 'firm'), 0), coalesce(sum(r.quantity) FILTER (WHERE r.status = 'planned'), 0)
              INTO is_firm, is_planned FROM erp_reservation r
             WHERE r.company_id = p_company AND r.line_key = demand.line AND r.status IN ('firm', 'planned');
            surplus := is_firm + is_planned - demand.quantity;
            FOR held IN
                SELECT r.id, r.quantity, r.status FROM erp_reservation r LEFT JOIN erp_stocklevel s ON s.id = r.level_id LEFT JOIN erp_lot t ON t.id = s.lot_id
                 WHERE surplus > 0 AND r.company_id = p_company AND r.line_key = demand.line AND r.status IN ('firm', 'planned')
                 ORDER BY r.status = 'firm', t.expires_on DESC NULLS FIRST, s.location_id DESC, r.id DESC
            LOOP
                EXIT WHEN surplus <= 0;
                got := least(held.quantity, surplus);
                PERFORM erp_reduce_reservation(held.id, got, 'released', p_cause);
                IF held.status = 'firm' THEN is_firm := is_firm - got; ELSE is_planned := is_planned - got; END IF;
                surplus := surplus - got;
            END LOOP;
        END IF;
        IF is_firm < demand.quantity AND EXISTS (
            SELECT 1 FROM erp_reservation r WHERE r.company_id = p_company AND r.product_id = demand.product AND r.status = 'planned' AND r.document_key <> p_document
        ) THEN
            -- Who came earlier is served first, our own waiting part in its turn.
            PERFORM erp_firm_waiting(p_company, ARRAY[demand.product], p_cause);
            SELECT coalesce(sum(r.quantity) FILTER (WHERE r.status = 'firm'), 0), coalesce(sum(r.quantity) FILTER (WHERE r.status = 'planned'), 0)
              INTO is_firm, is_planned FROM erp_reservation r
             WHERE r.company_id = p_company AND r.line_key = demand.line AND r.status IN ('firm', 'planned');
        END IF;
        IF is_firm < demand.quantity THEN
            is_firm := is_firm + erp_firm(p_company, p_document, demand.line, demand.product, demand.site, demand.wanted, demand.quantity - is_firm, p_cause);
        END IF;
        IF demand.quantity - is_firm <> is_planned THEN
            IF is_firm = demand.quantity THEN
                UPDATE erp_reservation r SET status = 'released' WHERE r.company_id = p_company AND r.line_key = demand.line AND r.status = 'planned';
            ELSE
                SELECT w.id INTO home FROM erp_warehouse w WHERE w.company_id = p_company AND w.site_id = demand.site AND w.is_active ORDER BY w.id LIMIT 1;
                IF home IS NULL OR NOT EXISTS (SELECT 1 FROM kernel_product p WHERE p.id = demand.product AND p.company_id = p_company) THEN
                    RAISE EXCEPTION 'site % has no active warehouse', demand.site USING ERRCODE = '23514', CONSTRAINT = 'site_has_a_warehouse';
                END IF;
                INSERT INTO erp_reservation AS r (company_id, status, product_id, warehouse_id, document_key, line_key, quantity, wanted_on, created_at, cause)
                VALUES (p_company, 'planned', demand.product, home, p_document, demand.line, demand.quantity - is_firm, demand.wanted, now(), p_cause)
                ON CONFLICT (company_id, line_key) WHERE status = 'planned' DO UPDATE SET quantity = excluded.quantity, wanted_on = excluded.wanted_on;
            END IF;
        END IF;
        RETURN QUERY SELECT demand.line::text, is_firm, demand.quantity - is_firm;
    END LOOP;
END $$;

-- Chooses what leaves for each line and locks it: the line's own reservations first (they are consumed), then free stock, first expiry
-- first; with p_displace also what is reserved for others (those wait again); then places that may go below zero.
-- A row without a location is what could not be found, with the documents that hold the rest; a row with a document is what was displaced.
CREATE OR REPLACE FUNCTION erp_take_stock(
    p_company bigint, p_products bigint[], p_warehouses bigint[], p_locations bigint[], p_lots bigint[], p_quantities numeric[], p_keys text[],
    p_displace boolean, p_cause bigint
) RETURNS TABLE (line integer, location_id bigint, lot_id bigint, quantity numeric, document_key text)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
#variable_conflict use_column
DECLARE
    i integer; missing numeric; part numeric; at record; held record; taken jsonb := '{}'; was_reserved numeric; own numeric; holders text;
BEGIN
    PERFORM 1 FROM erp_stocklevel s
      WHERE s.company_id = p_company AND s.product_id = ANY (p_products)
        AND s.location_id = ANY (ARRAY(SELECT l.id FROM erp_location l WHERE l.warehouse_id = ANY (p_warehouses)))
      ORDER BY s.id FOR NO KEY UPDATE;
    FOR i IN 1 .. coalesce(array_length(p_products, 1), 0) LOOP
        missing := p_quantities[i];
        own := 0;
        IF p_keys[i] <> '' THEN
            FOR held IN
                SELECT r.id, r.quantity, r.level_id, s.location_id, s.lot_id
                  FROM (SELECT * FROM erp_reservation WHERE company_id = p_company AND line_key = p_keys[i] AND status = 'firm' OFFSET 0) r
                  JOIN erp_stocklevel s ON s.id = r.level_id LEFT JOIN erp_lot t ON t.id = s.lot_id
                 WHERE r.product_id = p_products[i] AND r.warehouse_id = p_warehouses[i]
                   AND (p_locations[i] IS NULL OR s.location_id = p_locations[i]) AND (p_lots[i] IS NULL OR s.lot_id = p_lots[i])
                 ORDER BY t.expires_on NULLS LAST, s.location_id, r.id
            LOOP
                EXIT WHEN missing = 0;
                part := least(held.quantity, missing);
                PERFORM erp_reduce_reservation(held.id, part, 'consumed', p_cause);
                taken := jsonb_set(taken, ARRAY[held.level_id::text], to_jsonb(coalesce((taken ->> held.level_id::text)::numeric, 0) + part));
                missing := missing - part;
                own := own + part;
                RETURN QUERY SELECT i, held.location_id, held.lot_id, part, NULL::text;
            END LOOP;
        END IF;
        IF missing > 0 THEN
            FOR at IN
                SELECT s.id, s.location_id, s.lot_id, s.on_hand - s.reserved AS quantity
                  FROM (SELECT * FROM erp_stocklevel WHERE company_id = p_company AND product_id = p_products[i] AND on_hand > reserved OFFSET 0) s
                  JOIN erp_location l ON l.id = s.location_id LEFT JOIN erp_lot t ON t.id = s.lot_id
                 WHERE l.warehouse_id = p_warehouses[i]
                   AND CASE WHEN p_locations[i] IS NULL THEN l.kind = 'stock' ELSE s.location_id = p_locations[i] END
                   AND (p_lots[i] IS NULL OR s.lot_id = p_lots[i])
                 ORDER BY t.expires_on NULLS LAST, s.location_id, s.id
            LOOP
                part := least(at.quantity - coalesce((taken ->> at.id::text)::numeric, 0), missing);
                CONTINUE WHEN part <= 0;
                taken := jsonb_set(taken, ARRAY[at.id::text], to_jsonb(coalesce((taken ->> at.id::text)::numeric, 0) + part));
                missing := missing - part;
                RETURN QUERY SELECT i, at.location_id, at.lot_id, part, NULL::text;
                EXIT WHEN missing = 0;
            END LOOP;
        END IF;
        IF missing > 0 AND p_displace THEN
            FOR held IN
                SELECT r.id, r.quantity, r.level_id, r.document_key, r.line_key, r.product_id, r.warehouse_id, r.wanted_on, s.location_id, s.lot_id
                  FROM erp_reservation r JOIN erp_stocklevel s ON s.id = r.level_id JOIN erp_location l ON l.id = s.location_id
                 WHERE r.company_id = p_company AND r.product_id = p_products[i] AND r.status = 'firm' AND l.warehouse_id = p_warehouses[i]
                   AND (p_locations[i] IS NULL OR s.location_id = p_locations[i]) AND (p_lots[i] IS NULL OR s.lot_id = p_lots[i])
                 ORDER BY r.wanted_on DESC NULLS FIRST, r.id DESC
            LOOP
                part := least(held.quantity, missing);
                PERFORM erp_reduce_reservation(held.id, part, 'released', p_cause);
                INSERT INTO erp_reservation AS r (company_id, status, product_id, warehouse_id, document_key, line_key, quantity, wanted_on, created_at, cause)
                VALUES (p_company, 'planned', held.product_id, held.warehouse_id, held.document_key, held.line_key, part, held.wanted_on, now(), p_cause)
                ON CONFLICT (company_id, line_key) WHERE status = 'planned' DO UPDATE SET quantity = r.quantity + excluded.quantity;
                taken := jsonb_set(taken, ARRAY[held.level_id::text], to_jsonb(coalesce((taken ->> held.level_id::text)::numeric, 0) + part));
                missing := missing - part;
                RETURN QUERY SELECT i, held.location_id, held.lot_id, part, held.document_key::text;
                EXIT WHEN missing = 0;
            END LOOP;
        END IF;
        IF missing > 0 THEN
            SELECT l.id INTO at FROM erp_location l
             WHERE l.company_id = p_company AND l.warehouse_id = p_warehouses[i] AND l.allow_negative AND (p_locations[i] IS NULL OR l.id = p_locations[i])
             ORDER BY l.kind = 'stock' DESC, l.id LIMIT 1;
            IF FOUND AND (p_lots[i] IS NOT NULL OR EXISTS (SELECT 1 FROM kernel_product p WHERE p.id = p_products[i] AND p.tracking = 'none')) THEN
                RETURN QUERY SELECT i, at.id, p_lots[i], missing, NULL::text;
                missing := 0;
            END IF;
        END IF;
        IF missing > 0 THEN
            SELECT string_agg(DISTINCT r.document_key, ',') INTO holders
              FROM erp_reservation r JOIN erp_stocklevel s ON s.id = r.level_id JOIN erp_location l ON l.id = s.location_id
             WHERE r.company_id = p_company AND r.product_id = p_products[i] AND r.status = 'firm' AND l.warehouse_id = p_warehouses[i]
               AND (p_locations[i] IS NULL OR s.location_id = p_locations[i]) AND r.line_key <> p_keys[i];
            RETURN QUERY SELECT i, NULL::bigint, p_lots[i], missing, coalesce(holders, '');
        END IF;
        -- What left without a reservation of its own still ends what the line had waiting, or reserved elsewhere.
        own := p_quantities[i] - missing - own;
        IF p_keys[i] <> '' AND own > 0 THEN
            FOR held IN
                SELECT r.id, r.quantity FROM erp_reservation r
                 WHERE r.company_id = p_company AND r.line_key = p_keys[i] AND r.status IN ('planned', 'firm') ORDER BY r.status = 'firm', r.id
            LOOP
                EXIT WHEN own <= 0;
                PERFORM erp_reduce_reservation(held.id, least(own, held.quantity), 'released', p_cause);
                own := own - held.quantity;
            END LOOP;
        END IF;
    END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION erp_firm(bigint, text, text, bigint, bigint, date, numeric, bigint) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION erp_reduce_reservation(bigint, numeric, text, bigint) FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION erp_firm_waiting(bigint, bigint[], bigint) FROM PUBLIC;
