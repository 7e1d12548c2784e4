"""What the contract tests hold against every declared resource: two companies and users with every and with no permission."""

from dataclasses import dataclass

import pytest
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


@pytest.fixture
def houses(db) -> Houses:
    company, twin = make_company(), make_company()
    nobody = make_user(company, "auditor")
    nobody.groups.clear()
    return Houses(company, twin, make_user(company), nobody, make_user(twin))
