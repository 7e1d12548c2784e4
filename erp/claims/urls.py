"""Pages and endpoints of claims that are no resource."""

from django.urls import path

from erp.claims.api import AttachReceipt
from erp.claims.views import DecidePage, MyClaimPage, MyExpensesPage

urlpatterns = [
    path("my-expenses/", MyExpensesPage.as_view(), name="my_expenses"),
    path("my-expenses/<int:pk>/", MyClaimPage.as_view(), name="my_claim"),
    path("expenses-to-approve/", DecidePage.as_view(), name="expenses_to_approve"),
]
api_urlpatterns = [path("expense-claims/<int:pk>/receipts/", AttachReceipt.as_view(), name="attach_receipt")]
