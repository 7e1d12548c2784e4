"""Pages of opening balances that are no resource."""

from django.urls import path

from erp.opening.views import OpeningImport

urlpatterns = [path("opening-import/", OpeningImport.as_view(), name="opening_import")]
