from django.urls import path

from suite.kernel.approvals.api import AskForApproval
from suite.kernel.approvals.views import AskView

urlpatterns = [path("ask-approval/<str:label>/<int:pk>/<slug:transition>/", AskView.as_view(), name="ask_approval")]
api_urlpatterns = [path("ask-approval/", AskForApproval.as_view(), name="ask_approval")]
