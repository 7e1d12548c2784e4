"""The shape of the house: where models live, which way their keys point, what they may be called."""

from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps

from suite.kernel.documents.models import Document
from suite.kernel.documents.transitions import transitions_of

RANK = {"kernel": 0, "crm": 1, "erp": 1, "scm": 1, "integration": 2}
MODELS = [model for label in RANK for model in apps.get_app_config(label).get_models()]


@pytest.mark.parametrize("label", RANK)
def test_facade_lists_every_model_of_every_domain(label):
    config = apps.get_app_config(label)
    folders = {path.parent.name for path in Path(config.path).glob("*/models.py")}
    folders |= {path.parent.parent.name for path in Path(config.path).glob("*/models/__init__.py")}
    for folder in folders:
        import_module(f"{config.name}.{folder}.models")

    facade = import_module(f"{config.name}.models")
    exported = set()
    for name in getattr(facade, "__all__", ()):
        found = getattr(facade, name)
        exported |= {found} if isinstance(found, type) else {model for model in config.get_models() if f"{model.__module__}.".startswith(f"{found.__name__}.")}

    assert folders <= set(config.domains)
    assert exported == set(config.get_models())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model):
    here = model._meta.app_label
    for field in model._meta.get_fields():
        if not (field.concrete and field.is_relation and field.related_model):
            continue
        there = field.related_model._meta.app_label
        if there in RANK:
            assert there == here or RANK[there] < RANK[here], f"{model._meta.label}.{field.name} -> {there}"


def test_class_names_are_unique_over_all_suites():
    names = [model.__name__ for model in MODELS]

    assert sorted({name for name in names if names.count(name) > 1}) == []


UNSCOPED = {"Company", "Currency", "Unit", "UnitConversion", "User", "RowChange", "AuditEvent", "Delivery", "JobRun"}


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_row_has_its_company_and_a_scoped_manager(model):
    if model._meta.auto_created or model.__name__ in UNSCOPED:
        return
    names = {field.name for field in model._meta.concrete_fields}

    assert "company" in names or getattr(model, "company_path", None), model._meta.label
    assert hasattr(model.objects, "visible_to"), model._meta.label


@pytest.mark.parametrize("model", [model for model in MODELS if issubclass(model, Document)], ids=lambda model: model._meta.label)
def test_every_transition_has_its_permission(model):
    declared = {codename for codename, _name in model._meta.permissions}

    assert {step.permission.split(".")[1] for step in transitions_of(model).values()} <= declared


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_every_model_is_named_in_words(model):
    if model._meta.auto_created:
        return
    for text in (model._meta.verbose_name, model._meta.verbose_name_plural):
        assert not isinstance(text, str) or type(text).__name__ == "__proxy__", f"{model._meta.label}: wrap {text!r} in gettext_lazy"


def test_django_runs_on_psycopg2():
    from django.db import connection

    assert connection.Database.__name__ == "psycopg2"
