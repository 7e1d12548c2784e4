"""Every declared resource keeps the same promises in the API; what a form makes, the API reads, and an import takes back."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from suite.resources.imports import read_file, run_import
from tests.contract.test_pages import ALL, EDITABLE, SHARED, each, made, name_of
from tests.factories.generic import within

WRITTEN = [resource for resource in EDITABLE if not resource.viewset_class]
VERSIONED = [resource for resource in EDITABLE if "version" in {field.name for field in resource.model._meta.fields}]
IMPORTED = [resource for resource in ALL if resource.import_key]


def address(resource, *parts) -> str:
    return "/".join(["/api/v1", resource.app(), resource.slug(), *map(str, parts), ""])


def every_row(client, resource) -> list[dict]:
    """The rows of all pages of the list."""
    rows, following = [], address(resource)
    while following:
        page = client.get(following).json()
        rows, following = rows + page["results"], page["next"]
    return rows


@each
def test_strangers_get_a_401_problem(resource, houses, client):
    response = client.get(address(resource))

    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 401


@each
def test_list_and_record_say_the_same(resource, houses):
    record = made(resource, houses.company)
    client = houses.client(houses.all)

    listed = every_row(client, resource)
    alone = client.get(address(resource, record.pk))

    key = resource.model._meta.pk.name
    assert record.pk in [row[key] for row in listed]
    assert alone.json()[key] == record.pk
    if hasattr(record, "version"):
        assert alone["ETag"] == f'"{record.pk}-{record.version}"'
        assert client.get(address(resource, record.pk), headers={"If-None-Match": alone["ETag"]}).status_code == 304


@each
def test_no_answer_names_another_company(resource, houses):
    made(resource, houses.twin)
    key = resource.model._meta.pk.name

    pks = {row[key] for row in every_row(houses.client(houses.all), resource)}

    assert pks
    assert pks <= set(resource.rows(houses.all).values_list("pk", flat=True))
    if resource.key() not in SHARED:
        assert pks <= set(within(resource.model, houses.company).values_list("pk", flat=True))


@pytest.mark.parametrize("resource", WRITTEN, ids=name_of)
def test_an_unknown_field_is_refused_and_nothing_is_saved(resource, houses):
    before = resource.model._base_manager.count()

    response = houses.client(houses.all).post(address(resource), {"nonsense": 1, "company": houses.twin.pk}, content_type="application/json")

    assert response.status_code in (409, 422)
    assert {error["pointer"] for error in response.json()["errors"]} >= {"/nonsense", "/company"}
    assert resource.model._base_manager.count() == before


@pytest.mark.parametrize("resource", VERSIONED, ids=name_of)
def test_a_patch_with_an_old_version_is_refused(resource, houses):
    record = made(resource, houses.company)

    response = houses.client(houses.all).patch(
        address(resource, record.pk), {}, content_type="application/json", headers={"If-Match": f'"{record.pk}-999"'},
    )

    assert response.status_code == 412


@pytest.mark.parametrize("resource", IMPORTED, ids=name_of)
def test_what_was_exported_can_be_imported_and_changes_nothing(resource, houses):
    record = made(resource, houses.company)
    client = houses.client(houses.all)
    file = b"".join(client.get(resource.list_url() + "export/?columns=import&format=csv").streaming_content)

    report = run_import(resource, read_file(file, "rows.csv"), actor=houses.all, dry_run=False)

    assert report.problems == []
    assert report.added == 0
    assert resource.model._base_manager.filter(pk=record.pk).exists()


@pytest.mark.parametrize("resource", IMPORTED, ids=name_of)
def test_a_file_that_is_no_table_is_refused(resource, houses):
    upload = SimpleUploadedFile("rows.xlsx", BytesIO(b"MZ not a sheet").read())

    response = houses.client(houses.all).post(resource.list_url() + "import/", {"file": upload})

    assert response.status_code == 422
