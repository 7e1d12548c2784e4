from django.apps import AppConfig


class ResourcesConfig(AppConfig):
    name = "suite.resources"
    label = "resources"
    verbose_name = "Resources"
