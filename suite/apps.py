"""An app of the suite is a list of domains: folders that hold one subject each."""

from importlib import import_module
from importlib.util import find_spec

from django.apps import AppConfig


class SuiteAppConfig(AppConfig):
    """Imports what every domain declares (signal receivers are integration's business alone)."""

    default = False
    default_auto_field = "django.db.models.BigAutoField"
    domains: tuple[str, ...] = ()

    def ready(self) -> None:
        for domain in self.domains:
            for module in ("services", "resources"):
                name = f"{self.name}.{domain}.{module}"
                if find_spec(name):
                    import_module(name)
