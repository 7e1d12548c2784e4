"""The import contracts of pyproject.toml, run with the rest of the tests."""

from importlinter.cli import lint_imports


def test_import_contracts_hold():
    assert lint_imports(no_cache=True, no_logo=True) == 0
