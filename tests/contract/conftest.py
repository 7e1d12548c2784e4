"""What the contract tests hold against every declared resource: companies with a past, and users with every and with no permission."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client

from suite.kernel.companies.models import Company
from suite.kernel.users.models import User
from tests.factories.base import make_company, make_user
from tests.factories.history import make_history


@dataclass
class Houses:
    """Company, twin and a company that sold far more; whoever may everything here, may nothing, may everything in the twin and in the busy one."""

    company: Company
    twin: Company
    busy: Company
    all: User
    none: User
    other: User
    busy_user: User

    def client(self, user: User) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(user)
        return client


@pytest.fixture(scope="package")
def built(django_db_setup, django_db_blocker) -> Iterator[Houses]:
    """The three houses, built once for all tests of the folder and taken back at the end."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        companies = [make_company(code) for code in ("HERE", "THERE", "BUSY")]
        bosses = [make_user(company) for company in companies]
        for company, boss, orders in zip(companies, bosses, (2, 1, 12), strict=True):
            make_history(company, boss, orders=orders)
        nobody = make_user(companies[0], "auditor")
        nobody.groups.clear()
        yield Houses(*companies, bosses[0], nobody, *bosses[1:])
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def houses(built: Houses, django_db_blocker) -> Iterator[Houses]:
    """The houses as they were built: what a test does to them is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        users = (User.objects.get(pk=user.pk) for user in (built.all, built.none, built.other, built.busy_user))
        yield Houses(built.company, built.twin, built.busy, *users)
        transaction.set_rollback(True)
