"""Sales alone: credit and promise are answered by stand-ins unless a test says otherwise."""

import pytest

from tests.factories.base import make_company, make_user
from tests.factories.sales import answers


@pytest.fixture(autouse=True)
def asked():
    with answers() as questions:
        yield questions


@pytest.fixture
def company(db):
    return make_company()


@pytest.fixture
def clerk(company):
    return make_user(company, "sales")


@pytest.fixture
def boss(company):
    return make_user(company, "administrator")
