from django.apps import AppConfig
from django.db.models.signals import post_migrate


class ResourcesConfig(AppConfig):
    name = "suite.resources"
    label = "resources"
    verbose_name = "Resources"

    def ready(self) -> None:
        from suite.resources import checks  # noqa: F401 - registers the checks
        from suite.resources.indexes import make_search_indexes

        post_migrate.connect(make_search_indexes, dispatch_uid="resources.search_indexes")
