"""Sales alone: credit and promise are answered by stand-ins unless a test says otherwise."""

from contextlib import contextmanager

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories.base import make_company, make_user
from tests.factories.sales import answers


@pytest.fixture(autouse=True)
def asked(alone):
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


@pytest.fixture
def manager(company):
    return make_user(company, "manager")


@pytest.fixture
def statements(planned_anew):
    """`with statements() as sent:` collects the SQL sent inside, transaction control left out."""

    @contextmanager
    def collect():
        sent = []
        with CaptureQueriesContext(connection) as captured:
            yield sent
        sent += [query["sql"] for query in captured if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT"))]

    return collect
