from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "suite.resources"
    label = "resources"
    verbose_name = "Resources"

    def ready(self) -> None:
        from suite.resources import checks  # noqa: F401 - registers the checks
