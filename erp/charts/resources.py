"""The chart as people see it."""

from django.utils.translation import gettext_lazy as _

from erp.charts import views  # noqa: F401 - registers the report page
from suite.resources.menu import entry

entry("books", 81, _("Import a chart of accounts"), "erp:chart_import", "erp.add_account", "file-import")
