"""Pages and confirms over HTTP: the real web server, workers running, users who think for two seconds."""

import random
import re
import statistics
import sys
import threading
import time
from typing import Any

import psycopg2
import requests
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from crm.orders.services import confirm_order
from suite.kernel.users.models import User
from suite.runtime.postgres import SUPERUSER
from tests.bench.company import BenchCompany
from tests.bench.machine import Machine, wait_until
from tests.bench.order_to_cash import Watch, start_workers
from tests.factories.base import make_user

USERS, CONFIRMS_EACH, THINK = 20, 6, 2.0
PORT = 18765
COPIES = """
SET session_replication_role = replica;
INSERT INTO crm_order (company_id, number, version, created_at, customer_id, currency_id, prices_include_tax, tax_rounding, billing_address, shipping_address,
    customer_reference, note, net, tax, gross, status, order_date, carrier_key, invoice_policy, hold_reason, hold_message, revision, delivery_status,
    invoice_status, payment_status)
SELECT o.company_id, 'COPY-' || g, 1, now(), (%(customers)s::bigint[])[1 + g %% %(many)s], o.currency_id,
    false, o.tax_rounding, '', '', '', '', 100, 10, 110, CASE g %% 5 WHEN 0 THEN 'draft' WHEN 1 THEN 'confirmed' ELSE 'completed' END,
    o.order_date - g %% 600, '', o.invoice_policy, '', '', 0, 'nothing', 'none', ''
  FROM crm_order o, generate_series(1, %(copies)s) g WHERE o.id = %(order)s"""


def confirm_over_http(machine: Machine, bench: BenchCompany) -> dict[str, Any]:
    """95th percentile, in ms, of pressing Confirm with 20 users, and of order to all documents at 5 orders a second."""
    rng = random.Random(3)
    counts = machine.home / "counts"
    counts.mkdir(exist_ok=True)
    start_workers(machine)
    machine.start("sweeper", sys.executable, "manage.py", "sweep")
    machine.start(
        "web", sys.executable, "-m", "gunicorn", "suite.wsgi", "-b", f"127.0.0.1:{PORT}", "--workers", "2", "--threads", "4", "--worker-class", "gthread",
        "--no-control-socket", "--preload",
    )
    base = f"http://127.0.0.1:{PORT}"
    wait_until(lambda: _answers(base), 60, "the web server")
    users = [make_user(bench.company, "sales") for _ in range(USERS)]
    orders = [[bench.draft(rng).pk for _ in range(CONFIRMS_EACH + 1)] for _ in users]
    took: list[float] = []
    threads = [
        threading.Thread(target=_confirm_some, args=(base, user, mine, took, number))
        for number, (user, mine) in enumerate(zip(users, orders, strict=True))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    watch = Watch(machine)
    wait_until(watch.settled, 120, "the confirmed orders")
    documents = _documents_at_rate(machine, bench, rng, watch)
    for name in ("web", "sweeper", "worker"):
        machine.end(name)
    return {"confirm_p95_ms": round(_p95(took), 1), "all_documents_p95_ms": round(documents, 1)}


def _answers(base: str) -> bool:
    try:
        return requests.get(f"{base}/healthz", timeout=2).status_code == 200
    except requests.RequestException:
        return False


def _token(page: str) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page).group(1)


def _confirm_some(base: str, user: User, orders: list[int], took: list[float], number: int) -> None:
    session = requests.Session()
    page = session.get(f"{base}/login/").text
    session.post(f"{base}/login/", data={"username": user.username, "password": "a long pass phrase", "csrfmiddlewaretoken": _token(page)})
    token = _token(session.get(f"{base}/crm/orders/{orders[0]}/").text)
    time.sleep(THINK * number / USERS)
    for place, order in enumerate(orders):
        started = time.perf_counter()
        answer = session.post(f"{base}/crm/orders/{order}/confirm/", data={"csrfmiddlewaretoken": token, "token": f"{order}-once"}, allow_redirects=False)
        spent = (time.perf_counter() - started) * 1000
        if answer.status_code not in (200, 204, 302):
            raise SystemExit(f"Confirming answered {answer.status_code}.")
        if place:
            took.append(spent)
        time.sleep(max(THINK - spent / 1000, 0))


def _documents_at_rate(machine: Machine, bench: BenchCompany, rng: random.Random, watch: Watch, rate: float = 5, seconds: int = 20) -> float:

    orders = [bench.draft(rng) for _ in range(int(rate * seconds))]
    begun = time.perf_counter()
    for place, order in enumerate(orders):
        time.sleep(max(begun + place / rate - time.perf_counter(), 0))
        confirm_order(order, actor=bench.actor)
    wait_until(watch.settled, 60, "the documents")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT extract(epoch FROM max(d.done_at) - e.created) * 1000 FROM integration_event e JOIN integration_delivery d ON d.event_id = e.id"
            " WHERE e.type = 'crm.order.confirmed' AND e.aggregate_id = ANY(%s) GROUP BY e.id, e.created", [[order.pk for order in orders]],
        )
        return _p95([float(row[0]) for row in cursor.fetchall()])


def _p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[18]


def order_list(machine: Machine, bench: BenchCompany) -> dict[str, Any]:
    """Median ms and queries of the first page of orders under one filter, with 100 and with 100,000 of them."""
    client = Client()
    client.force_login(make_user(bench.company, "sales"))
    few = BenchCompany(code="FEW", products=5, customers=5, stock=0)
    other = Client()
    other.force_login(make_user(few.company, "sales"))
    _copy(machine, few, 100)
    _copy(machine, bench, 100_000)
    ms_few, queries_few = _page(other)
    ms_many, queries_many = _page(client)
    return {"order_list": {"ms_100": ms_few, "ms_100k": ms_many, "queries_100": queries_few, "queries_100k": queries_many}}


def _copy(machine: Machine, bench: BenchCompany, copies: int) -> None:
    order = bench.draft(random.Random(5))
    owner = psycopg2.connect(host=str(machine.services.sockets), user=SUPERUSER, dbname="suite")
    with owner, owner.cursor() as cursor:
        customers = [party.pk for party in bench.customers]
        cursor.execute(COPIES, {"order": order.pk, "copies": copies, "customers": customers, "many": len(customers)})
    owner.autocommit = True
    owner.cursor().execute("VACUUM ANALYZE crm_order")
    owner.close()


def _page(client: Client, times: int = 20) -> tuple[float, int]:
    url = "/crm/orders/?status=confirmed"
    for _ in range(3):
        client.get(url)
    took = []
    for _ in range(times):
        started = time.perf_counter()
        answer = client.get(url)
        took.append((time.perf_counter() - started) * 1000)
        if answer.status_code != 200:
            raise SystemExit(f"The list of orders answered {answer.status_code}.")
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    return round(statistics.median(took), 1), len(captured)
