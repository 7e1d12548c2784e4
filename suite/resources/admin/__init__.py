"""The console: a page for every declared resource (accounts and the audit trail are the kernel's own)."""

from django.apps import apps
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from suite.resources.admin.generated import register_all

register_all()
admin.site.index_title = _("Set-up")
apps.get_app_config("axes").verbose_name = _("Accounts")
apps.get_app_config("auth").verbose_name = _("Accounts")
