from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.matrix.world import World, make_world


@pytest.fixture(scope="package")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    """One world for all tests of the folder, taken back at the end."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        yield make_world()
        transaction.set_rollback(True)
        outer.__exit__(None, None, None)
