"""Every row is parsed and resolved before anything is written; what cannot be taken is named with its place."""

from pathlib import Path

import pytest

from integration.profiles.mapping import load_profile, read_records
from integration.profiles.moving import profile_named, profile_names
from integration.profiles.reading import Fault, Reading
from integration.profiles.sense import check_sense
from tests.factories.northwind_files import write_file, write_source


@pytest.fixture
def source(tmp_path):
    return tmp_path, write_source(tmp_path, orders=4, still_open=1)


def faults_of(folder: Path) -> list[Fault]:
    profile, reading = profile_named("northwind"), Reading()
    records = read_records(profile, folder, reading)
    if not reading.faults:
        check_sense(profile, records, reading)
    return reading.faults


def test_a_whole_source_is_read_without_a_fault(source):
    folder, rows = source
    profile, reading = profile_named("northwind"), Reading()

    records = read_records(profile, folder, reading)

    assert reading.faults == []
    assert {kind: len(found) for kind, found in records.items()} == {
        "category": 2, "supplier": 2, "employee": 2, "carrier": 2, "customer": 3, "product": 5, "order": 4, "order_line": len(rows["order_details"]),
    }
    assert records["employee"]["1"].reports_to is records["employee"]["2"]
    assert records["customer"]["AAAAA"].street == "Street 1\nBack yard"


@pytest.mark.parametrize(("file", "column", "value", "reason"), [
    ("order_details", "product_id", "99", "there is no product with this key"),
    ("order_details", "quantity", "-3", "must be above 0"),
    ("order_details", "quantity", "0", "must be above 0"),
    ("order_details", "quantity", "many", "is not a number"),
    ("order_details", "quantity", "NaN", "is not a number"),
    ("order_details", "unit_price", "-1", "must be at least 0"),
    ("order_details", "discount", "1.5", "must be at most 1"),
    ("order_details", "unit_price", "", "is empty"),
    ("orders", "order_date", "06/01/1997", "is not a date like 1996-07-04"),
    ("orders", "customer_id", "ZZZZZ", "there is no customer with this key"),
    ("orders", "shipped_date", "1996-01-01", "is before the order (1997-01-06)"),
    ("orders", "order_date", "2999-01-01", "is in the future"),
    ("orders", "freight", "1.234", "has more than 2 digits behind the point"),
    ("products", "discontinued", "maybe", "is neither 1 nor 0"),
    ("customers", "company_name", "x" * 161, "longer than 160 characters"),
    ("employees", "reports_to", "7", "there is no employee with this key"),
])
def test_a_cell_that_cannot_be_taken_is_named(source, file, column, value, reason):
    folder, rows = source
    rows[file][0][column] = value
    write_file(folder, file, rows[file])

    found = [fault for fault in faults_of(folder) if fault.file == f"{file}.csv" and fault.column == column]

    assert Fault(f"{file}.csv", 2, column, value, reason) in found


def test_all_faults_are_reported_not_only_the_first(source):
    folder, rows = source
    rows["order_details"][0]["quantity"] = "-1"
    rows["products"][2]["unit_price"] = "cheap"
    for file in ("order_details", "products"):
        write_file(folder, file, rows[file])

    assert [str(fault) for fault in faults_of(folder)] == [
        "products.csv, row 4, column unit_price: 'cheap': is not a number",
        "order_details.csv, row 2, column quantity: '-1': must be above 0",
    ]


def test_a_key_that_stands_twice_names_the_first_row(source):
    folder, rows = source
    rows["customers"].append(dict(rows["customers"][0]))
    write_file(folder, "customers", rows["customers"])

    assert faults_of(folder) == [Fault("customers.csv", 5, "customer_id", "AAAAA", "stands twice: first in row 2")]


def test_an_order_without_lines_is_a_fault(source):
    folder, rows = source
    lines = [line for line in rows["order_details"] if line["order_id"] != "501"]
    write_file(folder, "order_details", lines)

    assert faults_of(folder) == [Fault("orders.csv", 3, "order_id", "501", "the order has no lines")]


def test_superiors_in_a_circle_are_a_fault(source):
    folder, rows = source
    rows["employees"][1]["reports_to"] = "1"
    write_file(folder, "employees", rows["employees"])

    assert {(fault.row, fault.reason) for fault in faults_of(folder)} == {
        (2, "leads back to the same person"), (3, "leads back to the same person"),
    }


def test_a_missing_file_a_missing_column_and_an_unknown_one_are_faults(source):
    folder, _rows = source
    (folder / "shippers.csv").unlink()
    (folder / "categories.csv").write_text("category_id,category_name,colour\n1,Drinks,red\n", encoding="utf-8")

    reasons = {(fault.file, fault.column, fault.reason.split(":")[0]) for fault in faults_of(folder)}

    assert ("shippers.csv", "", f"the file is not in {folder}") in reasons
    assert ("categories.csv", "description", "the column is missing") in reasons
    assert ("categories.csv", "colour", "nobody says what this column becomes") in reasons


def test_a_file_of_another_kind_is_a_fault(source):
    folder, _rows = source
    (folder / "shippers.csv").write_bytes(b"\x89PNG\r\n\x1a\n\xff\xfe")

    assert [(fault.file, fault.row, fault.reason) for fault in faults_of(folder) if fault.file == "shippers.csv"] == [
        ("shippers.csv", 1, "is not UTF-8 text (byte 0)"),
    ]


def test_a_row_with_too_few_cells_is_a_fault(source):
    folder, _rows = source
    with (folder / "shippers.csv").open("a", encoding="utf-8") as opened:
        opened.write("3,Torn off\n")

    assert faults_of(folder) == [Fault("shippers.csv", 4, "", "3,Torn off", "has 2 cells where the header has 3")]


def test_a_profile_that_names_an_unknown_field_says_which(tmp_path):
    assert profile_names() == ["northwind"]
    path = tmp_path / "profile.toml"
    path.write_text(
        'source = "x"\n[company]\n[opening]\n[charge]\n[[files]]\nname = "c.csv"\nkind = "customer"\nkey = "id"\nfields = { shoe_size = "size" }\n',
        encoding="utf-8",
    )

    with pytest.raises(ValueError, match="a customer has no field shoe_size"):
        load_profile(path)
