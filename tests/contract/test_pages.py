"""Every declared resource keeps the same promises on its pages."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from suite.kernel.documents.transitions import transitions_of
from suite.resources.fields import shown
from suite.resources.registry import resources
from tests.factories.generic import CannotBuild, build, within


def name_of(resource) -> str:
    return resource.key()


ALL = sorted(resources(), key=name_of)
EDITABLE = [resource for resource in ALL if resource.is_editable()]
SHARED = {"kernel.currency", "kernel.unit", "kernel.unitconversion", "kernel.company"}
KINDS = 14
each = pytest.mark.parametrize("resource", ALL, ids=name_of)


def made(resource, company):
    """A row of the company: a new one, or the newest of its past where the database keeps such rows to its own functions."""
    try:
        return build(resource.model, company)
    except CannotBuild as error:
        row = within(resource.model, company).order_by("-pk").first()
        assert row is not None, f"tests/factories/history.py leaves no {resource.key()}: {error}"
        return row


def queries(client, resource) -> int:
    """What the list asks of the database, the second time it is shown."""
    client.get(resource.list_url())
    with CaptureQueriesContext(connection) as captured:
        assert client.get(resource.list_url()).status_code == 200
    return len(captured)


@each
def test_strangers_are_asked_to_sign_in(resource, houses, client):
    response = client.get(resource.list_url())

    assert response.status_code == 302
    assert response["Location"].startswith("/login/")


@each
def test_without_the_permission_the_list_is_refused(resource, houses):
    client = houses.client(houses.none)

    assert client.get(resource.list_url()).status_code == 403
    assert client.get(f"/api/v1/{resource.app()}/{resource.slug()}/").status_code == 403
    assert client.get(resource.list_url() + "export/?format=csv").status_code == 403


@each
def test_an_empty_list_says_so(resource, houses):
    assert houses.client(houses.all).get(resource.list_url()).status_code == 200


@each
def test_a_record_is_shown_here_and_does_not_exist_there(resource, houses):
    record = made(resource, houses.company)
    here, there = houses.client(houses.all), houses.client(houses.other)

    assert here.get(resource.url_of(record)).status_code == 200
    if resource.key() not in SHARED - {"kernel.company"}:
        assert there.get(resource.url_of(record)).status_code == 404
        assert there.get(f"/api/v1/{resource.app()}/{resource.slug()}/{record.pk}/").status_code == 404


@each
def test_the_list_asks_as_much_for_thirty_rows_as_for_three(resource, houses):
    client = houses.client(houses.all)
    for _n in range(3):
        made(resource, houses.company)
    few, before = queries(client, resource), within(resource.model, houses.company).count()
    for _n in range(27):
        made(resource, houses.company)
    if within(resource.model, houses.company).count() < before + 27:
        client = houses.client(houses.busy_user)

    # Keys of documents are named with one question per kind of document on the page: of those the busy company may have more or fewer.
    kinds = KINDS if any(shown(resource.model, column).kind == "key" for column in resource.columns) else 0
    assert abs(queries(client, resource) - few) <= kinds


@each
def test_a_hostile_address_is_refused_not_obeyed(resource, houses):
    client = houses.client(houses.all)

    assert client.get(resource.list_url() + "?sort=created_by__password").status_code == 400
    assert client.get(resource.list_url() + "?company=1").status_code == 400
    assert client.get(resource.list_url() + "?after=bm9uc2Vuc2U").status_code == 400
    assert client.get(resource.list_url() + "?columns=company__iban").status_code == 400
    assert client.get(f"/api/v1/{resource.app()}/{resource.slug()}/?ordering=company__code").status_code == 400
    assert client.get(f"/api/v1/{resource.app()}/{resource.slug()}/?nonsense=1").status_code == 400


@each
def test_every_column_can_be_sorted_both_ways(resource, houses):
    client = houses.client(houses.all)
    made(resource, houses.company)
    for column in resource.columns:
        for sort in (column, f"-{column}"):
            assert client.get(f"{resource.list_url()}?sort={sort}").status_code in (200, 400), sort


@each
def test_the_list_is_exported_in_both_forms(resource, houses):
    client = houses.client(houses.all)

    assert b"".join(client.get(resource.list_url() + "export/?format=csv").streaming_content).startswith(b"\xef\xbb\xbf")
    assert client.get(resource.list_url() + "export/?format=xlsx").status_code == 200
    assert client.get(resource.list_url() + "export/?format=exe").status_code == 400


@pytest.mark.parametrize("resource", EDITABLE, ids=name_of)
def test_the_form_opens(resource, houses):
    assert houses.client(houses.all).get(resource.list_url() + "add/").status_code == 200


@pytest.mark.parametrize("resource", [resource for resource in ALL if transitions_of(resource.model)], ids=name_of)
def test_every_action_is_refused_from_a_status_outside_its_source(resource, houses):
    steps = transitions_of(resource.model)
    record = made(resource, houses.company)
    client = houses.client(houses.all)
    for step in steps.values():
        if record.status in step.source or resource.actions_form.get(step.name):
            continue

        response = client.post(f"{resource.url_of(record)}{step.name}/", {"token": "t"})

        assert response.status_code == 409, step.name
        kept = resource.model._base_manager.get(pk=record.pk)
        assert (kept.status, kept.version) == (record.status, record.version)
