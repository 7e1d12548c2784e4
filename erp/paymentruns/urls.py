from django.urls import path

from erp.paymentruns.api import BankAnswersApi, BatchFileApi, PaymentProposalApi
from erp.paymentruns.views import AnswerPage, BatchFile, ProposalPage

urlpatterns = [
    path("payment-proposal/", ProposalPage.as_view(), name="payment_proposal"),
    path("payment-batches/<int:pk>/file/", BatchFile.as_view(), name="payment_file"),
    path("bank-answers/", AnswerPage.as_view(), name="bank_answers"),
]
api_urlpatterns = [
    path("payment-proposal/", PaymentProposalApi.as_view(), name="payment_proposal"),
    path("payment-batches/<int:pk>/file/", BatchFileApi.as_view(), name="payment_file"),
    path("bank-answers/", BankAnswersApi.as_view(), name="bank_answers"),
]
