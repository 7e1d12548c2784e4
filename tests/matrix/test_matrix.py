"""Every address x every role: who gets in is what the roles say, and nobody sees the twin company.

GET for every role; unsafe methods for anonymous, for the least role that may, and for one that may not.
Set MATRIX_FULL=1 for the full cube (`make matrix`).
"""

import os
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from tests.matrix.routes import Route, address, routes
from tests.matrix.table import PUBLIC, SIGNED_IN, Access, table
from tests.matrix.world import CANARY, HUMAN_ROLES, World

NOWHERE = 987654321
OPEN = {200, 201, 204, 302, 304, 400, 404, 405, 406, 409, 412, 415, 422}
FULL = os.environ.get("MATRIX_FULL") == "1"
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ROLES_ASKED = ("anonymous", *HUMAN_ROLES, "nobody")
Answers = list[tuple[str, str, str, int]]


def ask(client: Client, method: str, url: str) -> tuple[int, str, str]:
    """(status, body, where to) of a request whose effects are taken back."""
    kept = deepcopy(client.cookies)
    with transaction.atomic():
        options: dict[str, Any] = {"content_type": "application/json", "data": "{}"} if url.startswith("/api/") and method != "GET" else {}
        response = getattr(client, method.lower())(url, **options)
        body = b"".join(response.streaming_content) if response.streaming else response.content
        transaction.set_rollback(True)
    client.cookies = kept
    return response.status_code, body.decode("utf-8", "replace"), response.get("Location", "")


def filled(route: Route, keys: dict, access: Access | None = None) -> dict[str, Any]:
    values: dict[str, Any] = {"panel": "none", "slug": "none", "name": "none", "object_id": NOWHERE, "url": "none", "app_label": "kernel", "key": "kernel.tax",
                              "content_type_id": NOWHERE, "id": NOWHERE}
    if route.resource is not None:
        values |= {"pk": keys.get(route.resource.model, NOWHERE), "name": route.action}
    by_label = {model._meta.label_lower: key for model, key in keys.items()}
    for name, value in (access.arguments if access else {}).items():
        values[name] = by_label.get(value, NOWHERE) if "." in value and name == "pk" else value
    return values


def wrong(route: Route, role: str, method: str, answer: tuple[int, str, str], may: bool) -> str:
    """What is wrong with an answer, or nothing."""
    status, body, target = answer
    if CANARY in body:
        return "shows the other company"
    if status >= 500:
        return f"broke: {status}"
    is_api = route.pattern.startswith(("api/v1/", "api/schema/"))
    if role == "anonymous":
        asked = status in (401, 403) if is_api else status in (302, 403) and (status == 403 or "/login/" in target)
        return "" if asked else f"anonymous got {status}"
    if may:
        return "" if status in OPEN else f"refused with {status}"
    return "" if status in (403, 404, 405) else f"got in with {status}"


def test_no_address_is_unknown():
    known = table()

    unknown = [route.pattern for route in routes() if route.kind == "hand" and route.pattern not in known]

    assert unknown == [], "Add a line for each to security/matrix.csv: pattern,may,methods,arguments,query"


def test_the_table_names_no_address_that_is_gone():
    assert sorted(set(table()) - {route.pattern for route in routes()}) == []


@pytest.mark.parametrize("role", ROLES_ASKED)
def test_every_page_for_every_role(world: World, role: str):
    faults: list[str] = []
    for route in routes():
        if route.kind not in {"page", "api"} or (route.methods and route.methods != ("GET",)):
            continue
        url = address(route, filled(route, world.mine))
        if problem := wrong(route, role, "GET", ask(world.clients[role], "GET", url), world.allowed(role, route.permission)):
            faults.append(f"GET /{route.pattern} {role}: {problem}")

    assert not faults, "\n".join(faults)


def test_rows_of_the_twin_do_not_exist(world: World):
    faults = []
    for route in routes():
        if route.kind not in {"page", "api"} or not route.has_record or route.resource is None or route.resource.model not in world.theirs:
            continue
        url = address(route, filled(route, world.theirs))
        for method in route.methods or ("GET", "POST"):
            status, body, _target = ask(world.clients["administrator"], method, url)
            if status not in (404, 405) or CANARY in body.replace(url, ""):
                faults.append(f"{method} {url}: {status}")

    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("kind", ["page", "api"])
def test_unsafe_methods(world: World, kind: str):
    faults = []
    for route in routes():
        if route.kind != kind:
            continue
        permission = route.permission
        may = [role for role in HUMAN_ROLES if world.allowed(role, permission)]
        may_not = [role for role in (*HUMAN_ROLES, "nobody") if role not in may]
        chosen = {"anonymous", *may_not[-1:], *(may[:1] if not FULL else may), *(may_not if FULL else ())}
        url = address(route, filled(route, world.mine))
        for method in [m for m in route.methods if m != "GET"] or (["POST"] if kind == "page" and not route.needs else []):
            for role in chosen:
                if problem := wrong(route, role, method, ask(world.clients[role], method, url), role in may):
                    faults.append(f"{method} /{route.pattern} {role}: {problem}")

    assert not faults, "\n".join(faults)


def test_hand_written_pages(world: World):
    known, faults = table(), []
    ways = [(route, access) for route in routes() if route.kind == "hand" for access in known.get(route.pattern, ())]
    for route, access in ways:
        url = address(route, filled(route, world.mine, access)) + (f"?{access.query}" if access.query else "")
        for role, client in world.clients.items():
            for method in access.methods:
                answer = ask(client, method, url)
                if access.may == PUBLIC:
                    problem = f"public, but {answer[0]}" if answer[0] in (401, 403) or answer[0] >= 500 or CANARY in answer[1] else ""
                else:
                    may = role != "anonymous" if access.may == SIGNED_IN else world.allowed(role, access.may)
                    problem = wrong(route, role, method, answer, may)
                if problem:
                    faults.append(f"{method} /{route.pattern} {role}: {problem}")

    assert not faults, "\n".join(faults)


def test_the_console_is_for_staff_and_shows_no_twin(world: World):
    faults = []
    outside = {"login/", "logout/", "jsi18n/"}
    for route in routes():
        if route.kind != "console" or route.pattern.removeprefix("console/") in outside:
            continue
        url = address(route, filled(route, {}))
        for role in ("anonymous", "nobody", "manager", "administrator"):
            status, body, target = ask(world.clients[role], "GET", url)
            if CANARY in body or status >= 500:
                faults.append(f"{url} {role}: {status}{' shows the twin' if CANARY in body else ''}")
            elif role != "administrator" and not (status in (403, 404) or (status in (301, 302) and "/login/" in target)):
                faults.append(f"{url} {role}: got in with {status}")

    assert not faults, "\n".join(faults)
