from django.urls import path

from erp.einvoicing.api import CheckApi, EInvoiceApi, ReceiveInvoices
from erp.einvoicing.views import CheckView, EInvoiceView, ReceivePage

_INVOICE = "customer-invoices/<int:pk>"

urlpatterns = [
    path(f"{_INVOICE}/e-invoice/<slug:form>/", EInvoiceView.as_view(), name="e_invoice"),
    path(f"{_INVOICE}/en16931/", CheckView.as_view(), name="e_invoice_check"),
    path("receive-invoices/", ReceivePage.as_view(), name="receive_invoices"),
]
api_urlpatterns = [
    path(f"{_INVOICE}/ubl/", EInvoiceApi.as_view(form="ubl"), name="e_invoice_ubl"),
    path(f"{_INVOICE}/cii/", EInvoiceApi.as_view(form="cii"), name="e_invoice_cii"),
    path(f"{_INVOICE}/facturx/", EInvoiceApi.as_view(form="facturx"), name="e_invoice_facturx"),
    path(f"{_INVOICE}/en16931/", CheckApi.as_view(), name="e_invoice_check"),
    path("receive-invoices/", ReceiveInvoices.as_view(), name="receive_invoices"),
]
