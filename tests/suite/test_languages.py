"""A language is offered only with a whole catalogue: every string that people see is in it, with its placeholders."""

import ast
import re
from gettext import GNUTranslations
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("suite", "crm", "erp", "scm", "integration")
SOURCE = "en"
OFFERED = [code for code, _name in settings.LANGUAGES if code != SOURCE]
CALLS = {"_", "gettext", "gettext_lazy", "pgettext", "ngettext", "ngettext_lazy"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _called(tree: ast.AST) -> set[str]:
    """The strings given to gettext: (context, text) as gettext itself joins them."""
    found = set()
    for node in ast.walk(tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in CALLS):
            continue
        words = [word.value for word in node.args if isinstance(word, ast.Constant) and isinstance(word.value, str)]
        if words:
            found.add("\x04".join(words[:2]) if node.func.id == "pgettext" else words[0])
    return found


def _of_template(text: str) -> set[str]:
    code = templatize(text)
    calls = re.findall(r"""\b(?:n?gettext|_)\(\s*(u?(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"))""", code)
    return {ast.literal_eval(call) for call in calls}


def said() -> set[str]:
    """Every string of ours that may reach a person."""
    found: set[str] = set()
    for package in PACKAGES:
        for path in (ROOT / package).rglob("*.py"):
            if "migrations" not in path.parts:
                found |= _called(ast.parse(path.read_text()))
    for path in (ROOT / "templates").rglob("*.html"):
        found |= _of_template(path.read_text())
    return found - {""}


def catalogue(code: str) -> dict:
    with (ROOT / "locale" / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return GNUTranslations(file)._catalog


@pytest.mark.parametrize("code", OFFERED)
def test_every_string_is_translated(code):
    known = catalogue(code)
    plural = {key[0] for key in known if isinstance(key, tuple)}

    assert sorted(text for text in said() if not (known.get(text) or text in plural)) == []


@pytest.mark.parametrize("code", OFFERED)
def test_no_placeholder_is_lost_or_invented(code):
    texts = {key[0] if isinstance(key, tuple) else key: value for key, value in catalogue(code).items() if key}

    wrong = {text: value for text, value in texts.items() if set(PLACEHOLDER.findall(value)) != set(PLACEHOLDER.findall(text))}

    assert wrong == {}


def test_what_is_offered_has_a_catalogue_and_what_has_one_is_offered():
    kept = {path.parent.parent.name for path in (ROOT / "locale").glob("*/LC_MESSAGES/django.mo")}

    assert set(OFFERED) == kept
    assert len(said()) > 1_000
