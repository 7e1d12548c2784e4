"""What the contract tests hold against every declared resource: two companies and users with every and with no permission."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction
from django.test import Client

from suite.kernel.companies.models import Company
from suite.kernel.users.models import User
from tests.factories.base import make_company, make_user


@dataclass
class Houses:
    """Company and twin; whoever may everything here, may nothing, and may everything there."""

    company: Company
    twin: Company
    all: User
    none: User
    other: User

    def client(self, user: User) -> Client:
        client = Client(raise_request_exception=True)
        client.force_login(user)
        return client


@pytest.fixture(scope="package")
def built(django_db_setup, django_db_blocker) -> Iterator[Houses]:
    """The two houses, built once for all tests of the folder and taken back at the end."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        company, twin = make_company("HERE"), make_company("THERE")
        nobody = make_user(company, "auditor")
        nobody.groups.clear()
        yield Houses(company, twin, make_user(company), nobody, make_user(twin))
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)


@pytest.fixture
def houses(built: Houses, django_db_blocker) -> Iterator[Houses]:
    """The houses as they were built: what a test does to them is taken back."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Houses(built.company, built.twin, *(User.objects.get(pk=user.pk) for user in (built.all, built.none, built.other)))
        transaction.set_rollback(True)
