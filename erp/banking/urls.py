from django.urls import path

from erp.banking.api import LoadStatements
from erp.banking.views import LoadPage, ReconcilePage

urlpatterns = [
    path("reconciliation/", ReconcilePage.as_view(), name="reconcile"),
    path("load-statements/", LoadPage.as_view(), name="load_statements"),
]
api_urlpatterns = [path("load-statements/", LoadStatements.as_view(), name="load_statements")]
