from django.db.models.signals import post_migrate

from suite.apps import SuiteAppConfig


class KernelConfig(SuiteAppConfig):
    name = "suite.kernel"
    label = "kernel"
    verbose_name = "Kernel"
    default = True
    domains = (
        "users", "companies", "parties", "products", "units", "money", "taxes", "terms", "sites", "numbering", "calendars", "audit",
        "attachments", "notes", "documents", "tokens",
    )

    def ready(self) -> None:
        super().ready()
        from suite.kernel.audit.database import install

        post_migrate.connect(install, sender=self, dispatch_uid="kernel.audit.database")
