"""What a reader may rely on in every file."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("suite", "crm", "erp", "scm", "integration")
FILES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py") if "__pycache__" not in path.parts)
OURS = [path for path in FILES if "migrations" not in path.parts]
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
BANNED = {"utils", "helpers", "common", "misc", "base", "manager"}


def name_of(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_no_file_is_longer_than_500_lines():
    assert {name_of(path): n for path in OURS if (n := len(path.read_text().splitlines())) > 500} == {}


def test_the_resources_keep_to_their_budget():
    sizes = {name_of(path): len(path.read_text().splitlines()) for path in (ROOT / "suite" / "resources").rglob("*.py")}

    assert {name: size for name, size in sizes.items() if size > 250} == {}
    assert sum(sizes.values()) <= 4_600


def test_no_module_has_a_name_that_says_nothing():
    assert [name_of(path) for path in OURS if path.stem in BANNED or BANNED & set(path.relative_to(ROOT).parts[:-1])] == []


def test_nobody_listens_to_saves():
    # A field's own method `pre_save` is no signal.
    listening = re.compile(r"(?<!field\.)\b(post_save|pre_save|post_delete|pre_delete)\b")

    assert [name_of(path) for path in OURS if listening.search(path.read_text())] == []


def test_fields_of_forms_and_serializers_are_named():
    assert [name_of(path) for path in OURS if re.search(r"""fields\s*=\s*["']__all__["']|exclude\s*=\s*[(\[]""", path.read_text())] == []


STATUS = re.compile(r"^\s*(?!self\b)(document|order|invoice|shipment|payment|quote|entry|adjustment|transfer|record)\.status\s*=[^=]")
MAY_WRITE_STATUS = ("/services", "documents/transitions.py", "documents/editing.py")


def test_only_services_and_transitions_write_a_status():
    guilty = [
        f"{name_of(path)}:{number}" for path in OURS if not any(part in name_of(path) for part in MAY_WRITE_STATUS)
        for number, line in enumerate(path.read_text().splitlines(), 1) if STATUS.match(line)
    ]

    assert guilty == []


WRITING_VIEWS = re.compile(r"\.objects\.(filter\([^\n]*\)\.(update|delete)\(|create\(|bulk_create\()")


@pytest.mark.parametrize("path", [path for path in OURS if path.stem in {"views", "api", "admin"}], ids=name_of)
def test_pages_write_through_services(path):
    assert WRITING_VIEWS.findall(path.read_text()) == []


@pytest.mark.parametrize("path", [path for path in OURS if path.stem in {"views", "api"}], ids=name_of)
def test_pages_read_scoped_rows_only(path):
    unscoped = re.compile(r"\.objects\.(all|get|exclude)\(")

    assert unscoped.findall(path.read_text()) == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_inline_script_style_or_handler(path):
    text = path.read_text()

    assert re.findall(r"<script(?![^>]*\b(src=|type=\"application/json\"))", text) == []
    assert re.findall(r"<style|\sstyle=|\son[a-z]+=\"|javascript:", text) == []


NOT_WORDS = re.compile(r"[^A-Za-z]*$|^(Suite|ms|CSV|XLSX|API|OpenAPI|Ctrl|Esc|K|UTC|GTIN|SSCC|PDF|·|→|…)+$")


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_words_in_templates_are_translatable(path):
    text = path.read_text()
    text = re.sub(r"{%\s*blocktrans(late)?.*?{%\s*endblocktrans(late)?\s*%}", "", text, flags=re.S)
    text = re.sub(r"{#.*?#}|{%\s*comment.*?endcomment\s*%}|<!--.*?-->", "", text, flags=re.S)
    text = re.sub(r"<(kbd|code)\b.*?</\1>", "", text, flags=re.S)
    text = re.sub(r"{%.*?%}|{{.*?}}", "", text, flags=re.S)
    text = re.sub(r"<[^>]*>", "\n", text, flags=re.S)
    said = [line.strip() for line in text.splitlines() if line.strip()]

    assert [line for line in said if re.search(r"[A-Za-z]{2,}", line) and not all(NOT_WORDS.match(word) for word in line.split())] == []


def _has_docstring(node: ast.AST) -> bool:
    return ast.get_docstring(node) is not None


@pytest.mark.parametrize("path", [p for p in OURS if "/services" in f"/{name_of(p)}" or p.stem in {"selectors", "rules"}], ids=name_of)
def test_public_functions_say_what_the_caller_gets(path):
    tree = ast.parse(path.read_text())
    public = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")]

    assert [node.name for node in public if not _has_docstring(node)] == []


SKIPPING = re.compile(r"\b(skip|skipif|skipUnless|skipIf|skipTest|SkipTest|xfail|importorskip)\b(?=\()|\bmark\.(skip|skipif|xfail)\b")
MAY_SKIP = {
    "tests/browser/conftest.py": 2,  # without playwright or Chromium
    "tests/erp/banking/test_real_statements.py": 1,  # without the folder ../shared/data
    "tests/erp/einvoicing/test_real_files.py": 1,  # without the folder ../shared/data
    "tests/integration/profiles/test_adventureworks_finance.py": 3,  # without the folder ../shared/data
    "tests/integration/profiles/test_northwind.py": 1,  # without the folder ../shared/data
    "tests/erp/charts/test_charts.py": 2,  # without the folder ../shared/data
}


def test_no_test_is_skipped_but_for_a_missing_browser_or_data_folder():
    files = [path for path in (ROOT / "tests").rglob("*.py") if "__pycache__" not in path.parts and path != Path(__file__).resolve()]
    found = {name_of(path): len(SKIPPING.findall(path.read_text())) for path in files}

    assert {name: skips for name, skips in found.items() if skips} == MAY_SKIP
