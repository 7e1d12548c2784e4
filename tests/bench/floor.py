"""The hand-written floor: the same rows as one order leads to, in the same four transactions, with all constraints and triggers on.

Nothing is decided here that the suite decides: no permission, no price, no message. What is left is what PostgreSQL must do. As in the
suite, the statements are kept planned on their connection.
"""

import random
from typing import Any

import psycopg2
from django.contrib.contenttypes.models import ContentType
from psycopg2.extensions import AsIs

from crm.orders.models import Order
from erp.ledger.models import AccountAssignment
from erp.receivables.models import CustomerInvoice
from suite.runtime.postgres import APPLICATION
from tests.bench.company import BenchCompany
from tests.bench.machine import Machine

EVENT = """
, fact AS (INSERT INTO integration_event (id, uid, type, aggregate, aggregate_id, seq, payload, company_id, actor_id, trace_parent, causation_id, created)
           SELECT nextval('kernel_event_id'), gen_random_uuid(), '{type}', '{aggregate}', {row}.id, {row}.version, '{{"version": 1}}', %(company)s,
                  %(actor)s, '', {cause}, clock_timestamp() FROM {row} RETURNING id, aggregate_id, seq)
INSERT INTO integration_delivery (event_id, handler, aggregate_key, seq, status, attempts, next_at, last_error, done_at)
SELECT fact.id, name, '{aggregate}:' || fact.aggregate_id, fact.seq, {status}, 1, clock_timestamp(), '', {done}
  FROM fact, unnest(ARRAY[{handlers}]) name"""

CONFIRM = """
SELECT set_config('suite.actor', %(actor)s::text, true);
SELECT erp_check_credit(%(company)s, customer_id, 'crm.order:' || id, gross, false, NULL) FROM crm_order WHERE id = %(order)s;
UPDATE crm_orderline SET promised_on = %(day)s + 1, promise_reason = 'In stock: 1000000 free at MAIN.' WHERE order_id = %(order)s;
WITH o AS (UPDATE crm_order SET status = 'confirmed', version = version + 1, promised_on = %(day)s + 1, delivery_status = 'nothing',
                  invoice_status = 'to_invoice' WHERE id = %(order)s AND status = 'draft' RETURNING id, version),
     s AS (INSERT INTO kernel_statuschange (company_id, content_type_id, object_id, action, before, after, version, actor_id, trace, reason, at)
           SELECT %(company)s, %(order_type)s, id, 'confirm', 'draft', 'confirmed', version, %(actor)s, '', '', now() FROM o)
""" + EVENT.format(
    type="crm.order.confirmed", aggregate="crm.order", row="o", cause="NULL", status=1, done="clock_timestamp()",
    handlers="'erp.reserve', 'scm.plan', 'erp.draft_invoice'",
) + " RETURNING event_id"

RESERVE = """
SELECT erp_reserve(%(company)s, 'crm.order:' || %(order)s, %(cause)s, array_agg('crm.orderline:' || id), array_agg(product_id), array_agg(%(site)s::bigint),
                   array_agg(quantity), array_agg(promised_on)) FROM crm_orderline WHERE order_id = %(order)s;
SELECT set_config('suite.actor', %(actor)s::text, true);
INSERT INTO scm_readygoods (company_id, order_key, order_line_key, quantity)
SELECT %(company)s, 'crm.order:' || order_id, 'crm.orderline:' || id, quantity FROM crm_orderline WHERE order_id = %(order)s"""

PLAN = """
SELECT set_config('suite.actor', %(actor)s::text, true);
WITH s AS (INSERT INTO scm_shipment (company_id, cause, number, version, created_at, created_by_id, status, order_key, order_number, customer_id, site_id,
                  wave, service, ship_to, promised_on, planned_on, received_by, tracking_number, freight_cost, freight_reason, weight_kg, source_key, reason_key, reason)
           SELECT company_id, %(cause)s, 'SH-' || lpad(kernel_next_number(company_id, 'SH')::text, 5, '0'), 1, now(), %(actor)s, 'planned',
                  'crm.order:' || id, number, customer_id, site_id, 1, '', shipping_address, promised_on, promised_on, '', '', 0, '', 0,
                  'crm.order:' || id || '/1', '', '' FROM crm_order WHERE id = %(order)s RETURNING id)
INSERT INTO scm_shipmentline (company_id, position, shipment_id, order_line_key, product_id, description, quantity, picked, shipped, over_allowed,
       location_key)
SELECT l.company_id, l.position, s.id, 'crm.orderline:' || l.id, l.product_id, l.description, l.quantity, 0, 0, 0, ''
  FROM crm_orderline l, s WHERE l.order_id = %(order)s"""

INVOICE = """
SELECT set_config('suite.actor', %(actor)s::text, true);
WITH o AS (SELECT * FROM crm_order WHERE id = %(order)s),
     e AS (SELECT id FROM erp_begin_entry(%(company)s, 'sales', NULL, %(day)s, 'Invoice', NULL, %(actor)s, %(cause)s, false, false, NULL, NULL)),
     i AS (INSERT INTO erp_customerinvoice (company_id, cause, version, created_at, created_by_id, status, kind, reason, customer_id, order_key,
                  order_number, source_key, issued_on, tax_date, currency_id, payment_term_id, prices_include_tax, tax_rounding, billing_address,
                  customer_reference, net, tax, gross, entry_id, payment_status, due_on)
           SELECT company_id, %(cause)s, 1, now(), %(actor)s, 'posted', 'invoice', '', customer_id, 'crm.order:' || o.id, number, 'crm.order:' || o.id,
                  %(day)s, %(day)s, currency_id, payment_term_id, false, tax_rounding, '', '', net, tax, gross, e.id, 'unpaid', %(day)s + 30
             FROM o, e RETURNING id, version, entry_id, net, tax, gross, customer_id),
     l AS (INSERT INTO erp_customerinvoiceline (company_id, position, invoice_id, kind, product_id, description, quantity, unit_price, discount, tax_id,
                  tax_rate, net, order_line_key, shipment_line_key, tax_reason)
           SELECT x.company_id, x.position, i.id, x.kind, x.product_id, x.description, x.quantity, x.unit_price, x.discount, x.tax_id, x.tax_rate, x.net,
                  'crm.orderline:' || x.id, '', x.tax_reason FROM crm_orderline x, i WHERE x.order_id = %(order)s RETURNING id, order_line_key, quantity, net, tax_id),
     t AS (INSERT INTO erp_customerinvoicetax (company_id, invoice_id, code_id, category, rate, base, amount)
           SELECT %(company)s, i.id, min(l.tax_id), 'S', 0.10, i.net, i.tax FROM i, l GROUP BY i.id, i.net, i.tax),
     p AS (INSERT INTO erp_openitem (company_id, cause, account_id, party_id, entry_id, kind, document_key, issued_on, due_on, amount, open_amount,
                  is_taxed_on_payment, withheld)
           SELECT %(company)s, %(cause)s, %(ar)s, customer_id, entry_id, 'invoice', 'erp.customerinvoice:' || id, %(day)s, %(day)s + 30, gross, gross, false, 0
             FROM i),
     c AS (INSERT INTO erp_clearingitem (company_id, cause, role, account_id, entry_id, order_line_key, line_key, invoice_line_key, quantity, amount, created_at)
           SELECT %(company)s, %(cause)s, 'DEFERRED_REVENUE', %(deferred)s, i.entry_id, l.order_line_key, 'erp.customerinvoiceline:' || l.id, '',
                  l.quantity, -l.net, now() FROM i, l),
     j AS (INSERT INTO erp_journalline (company_id, entry_id, position, account_id, party_id, ledger_date, debit, credit, description)
           SELECT %(company)s, i.entry_id, v.position, v.account, v.party, %(day)s, v.debit, v.credit, '' FROM i, LATERAL (VALUES
                  (1, %(ar)s, i.customer_id, i.gross, 0.00), (2, %(deferred)s, NULL, 0.00, i.net), (3, %(tax)s, NULL, 0.00, i.tax)
           ) v(position, account, party, debit, credit)),
     k AS (UPDATE erp_creditcommitment SET amount = greatest(amount - i.gross, 0) FROM i
            WHERE company_id = %(company)s AND source_key = 'crm.order:' || %(order)s),
     s AS (INSERT INTO kernel_statuschange (company_id, content_type_id, object_id, action, before, after, version, actor_id, trace, reason, at)
           SELECT %(company)s, %(invoice_type)s, id, 'post', 'draft', 'posted', version, %(actor)s, '', '', now() FROM i)
""" + EVENT.format(
    type="erp.invoice.posted", aggregate="erp.customerinvoice", row="i", cause="%(cause)s", status=1, done="clock_timestamp()", handlers="'crm.invoiced'",
)

SEAL = "SELECT erp_seal_entries(array_agg(entry_id)) FROM erp_customerinvoice WHERE company_id = %(company)s AND source_key = 'crm.order:' || %(order)s"

TRANSACTIONS = {"confirm": CONFIRM, "reserve": RESERVE, "plan": PLAN, "invoice": f"{INVOICE};\n{SEAL}"}


class Floor:
    """One client that does by hand what the suite does for an order."""

    def __init__(self, bench: BenchCompany) -> None:
        self.bench = bench
        roles = dict(AccountAssignment.objects.filter(company=bench.company, product=None, category=None, warehouse=None).values_list("role", "account_id"))
        self.facts = {
            "company": bench.company.pk, "actor": bench.actor.pk, "site": bench.site.pk, "day": "2026-06-15", "ar": roles["AR"],
            "deferred": roles["DEFERRED_REVENUE"], "tax": roles["OUTPUT_TAX"],
            "order_type": ContentType.objects.get_for_model(Order).pk, "invoice_type": ContentType.objects.get_for_model(CustomerInvoice).pk,
        }

    def measure(self, machine: Machine, warm_up: int, measured: int) -> float:
        """CPU ms per order of the client, the servers and whatever else runs."""
        rng = random.Random(2)
        self.orders = [self.bench.draft(rng) for _ in range(warm_up + measured)]
        orders = [order.pk for order in self.orders]
        connection = psycopg2.connect(host=str(machine.services.sockets), user=APPLICATION, dbname="suite")
        connection.autocommit = True  # transactions begin and end in the messages
        self.executions = {name: self._keep(connection, name, text) for name, text in TRANSACTIONS.items()}
        for order in orders[:warm_up]:
            self._order(connection, order)
        started = machine.cpu_seconds()
        for order in orders[warm_up:]:
            self._order(connection, order)
        used = machine.cpu_seconds() - started
        connection.close()
        return used * 1000 / measured

    def _keep(self, connection: Any, name: str, text: str) -> str:
        """Has the statements of a transaction kept; the message that runs them for an order and its cause."""
        kept = []
        with connection.cursor() as cursor:
            for place, statement in enumerate(text.split(";\n")):
                facts = {key: AsIs(f"'{value}'::date" if key == "day" else value) for key, value in self.facts.items()}
                body = cursor.mogrify(statement, {**facts, "order": AsIs("$1::bigint"), "cause": AsIs("$2::bigint")}).decode()
                cursor.execute(f"PREPARE floor_{name}_{place}(bigint, bigint) AS {body}")
                kept.append(f"EXECUTE floor_{name}_{place}(%(order)s, %(cause)s)")
        return f"BEGIN; {'; '.join(kept)}"

    def _order(self, connection: Any, order: int) -> None:
        """The four transactions, each in one message; the first gives the event that caused the others."""
        with connection.cursor() as cursor:
            cursor.execute(self.executions["confirm"], {"order": order, "cause": None})
            facts = {"order": order, "cause": cursor.fetchone()[0]}
            cursor.execute("COMMIT")
            for name in ("reserve", "plan", "invoice"):
                cursor.execute(f"{self.executions[name]}; COMMIT", facts)
