"""Two companies as twins: the same rows in both; every text of the second one is a canary that no answer may hold."""

from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.test import Client

from suite.access.roles import ROLES
from suite.kernel.companies.models import Company
from suite.resources.registry import resources
from tests.factories.base import make_company, make_user
from tests.factories.generic import within
from tests.factories.history import make_history

CANARY = "XCANARYX"
HUMAN_ROLES = tuple(role for role in ROLES if role != "integration")
SHARED = ("kernel.currency", "kernel.unit", "kernel.unitconversion")


@dataclass
class World:
    """The twins, a signed-in client per role of the first, and the key of one row of every model in both."""

    company: Company
    twin: Company
    clients: dict[str, Client] = field(default_factory=dict)
    mine: dict[type[models.Model], Any] = field(default_factory=dict)
    theirs: dict[type[models.Model], Any] = field(default_factory=dict)

    def allowed(self, role: str, permission: str) -> bool:
        return role in ROLES and ROLES[role].allows(permission)


def make_world() -> World:
    """Builds the twins and signs everybody in."""
    company, twin = make_company("MATRIX"), make_company(CANARY, vat_number=CANARY)
    Company.objects.filter(pk=twin.pk).update(name=f"{CANARY} Ltd")
    people = {role: make_user(company, role, username=f"matrix-{role}", is_staff=role == "administrator") for role in HUMAN_ROLES}
    nobody = make_user(company, "auditor", username="matrix-nobody")
    nobody.groups.clear()
    stranger = make_user(twin, "administrator", username=CANARY, first_name=CANARY, last_name=CANARY)
    for place, canary, actor in ((company, "", people["administrator"]), (twin, CANARY, stranger)):
        with transaction.atomic():
            make_history(place, actor, canary, orders=1)
    world = World(company, twin, {"anonymous": Client(raise_request_exception=False)})
    for role, user in {**people, "nobody": nobody}.items():
        client = Client(raise_request_exception=False)
        client.force_login(user)
        world.clients[role] = client
    for resource in resources():
        for found, place in ((world.mine, company), (world.theirs, twin)):
            row = within(resource.model, place).order_by("-pk").first()
            if found is world.mine or resource.key() not in SHARED:
                found[resource.model] = row.pk
    return world
