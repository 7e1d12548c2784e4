from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from suite.apps import SuiteAppConfig


class KernelConfig(SuiteAppConfig):
    name = "suite.kernel"
    label = "kernel"
    verbose_name = _("Master data")
    default = True
    domains = (
        "users", "companies", "parties", "products", "units", "money", "taxes", "terms", "sites", "numbering", "calendars", "audit",
        "attachments", "mail", "notes", "documents", "tokens", "savedviews", "approvals",
    )

    def ready(self) -> None:
        super().ready()
        post_migrate.connect(after_migrate, dispatch_uid="kernel.after_migrate")


def after_migrate(sender, **kwargs) -> None:
    """Grants, audit triggers and roles, once, when the last app has been migrated and all permissions exist."""
    from django.apps import apps

    from suite.kernel.audit.database import install
    from suite.kernel.users.services import sync_roles

    if sender is [config for config in apps.get_app_configs() if config.models_module is not None][-1]:
        install()
        sync_roles()
