"""The place of bulk actions in the menu; their rows are shown by hand-written pages."""

from django.utils.translation import gettext_lazy as _

from suite.resources import menu

menu.entry("integration", 16, _("My bulk actions"), "integration:bulk_runs", "", "stack-2")
