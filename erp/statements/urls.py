from django.urls import path

from erp.statements.views import SendStatements

urlpatterns = [path("statement-runs/<int:pk>/send-statements/", SendStatements.as_view(), name="send_statements")]
