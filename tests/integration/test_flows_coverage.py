"""The list of postings: each is proven by a test, or waits to be asked for."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from integration.management.commands.flows_coverage import coverage

GOLDEN = Path(settings.BASE_DIR) / "tests" / "golden"


def house(tmp_path, *, asked="issue 1: AA-1 AA-2", test='def test_it():\n    assert x == expected("AA-1")\n') -> Path:
    for name, text in (("golden/postings.txt", "AA-1: one\nDr A 1\n\nAA-2: two\n\nFX-9: later\n"), ("golden/asked.txt", asked), ("test_x.py", test)):
        path = tmp_path / "tests" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "tests"


def test_every_posting_is_listed_once():
    report = coverage(GOLDEN.parent)

    listed = [*report["covered"], *report["missing"], *(posting for ids in report["later"].values() for posting in ids)]
    assert len(listed) == len(set(listed)) == 140


def test_what_the_first_issue_asks_for_is_covered():
    assert [posting for posting, issue in coverage(GOLDEN.parent)["missing"].items() if issue == "issue 1"] == []


def test_a_posting_that_is_asked_for_and_named_by_no_test_is_missing(tmp_path):
    report = coverage(house(tmp_path))

    assert report["covered"] == {"AA-1": ["tests/test_x.py::test_it"]}
    assert (report["missing"], report["later"]) == ({"AA-2": "issue 1"}, {"currencies": ["FX-9"]})


def test_a_test_that_compares_nothing_proves_nothing(tmp_path):
    assert coverage(house(tmp_path, test='def test_it():\n    print("AA-1")\n'))["covered"] == {}


def test_an_id_that_the_design_does_not_have_is_an_error(tmp_path):
    with pytest.raises(CommandError):
        coverage(house(tmp_path, asked="issue 1: AA-7"))


def test_the_exit_code_says_whether_something_is_missing(tmp_path, settings):
    house(tmp_path)
    settings.BASE_DIR = tmp_path
    out = StringIO()

    with pytest.raises(SystemExit) as leaving:
        call_command("flows_coverage", "--json", stdout=out)

    assert (leaving.value.code, json.loads(out.getvalue())["missing"]) == (1, {"AA-2": "issue 1"})


def test_a_test_beside_one_that_compares_proves_nothing_and_a_helper_that_compares_counts(tmp_path):
    text = (
        'def like(entry, posting):\n    assert entry == expected(posting)\n\n\n'
        'def test_it():\n    like(1, "AA-1")\n\n\ndef test_other():\n    print("AA-2")\n'
    )
    assert coverage(house(tmp_path, test=text))["covered"] == {"AA-1": ["tests/test_x.py::test_it"]}
