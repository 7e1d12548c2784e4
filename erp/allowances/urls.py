from django.urls import path

from erp.allowances.views import StartAllowance

urlpatterns = [path("start-allowance/", StartAllowance.as_view(), name="start_allowance")]
