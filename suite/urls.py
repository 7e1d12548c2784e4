"""Addresses. Each room keeps its own list; this one only says where they hang."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("console/", admin.site.urls),
    path("", include("suite.web.urls")),
    path("", include("suite.resources.urls")),
]

handler400 = "suite.web.errors.bad_request"
handler403 = "suite.web.errors.denied"
handler404 = "suite.web.errors.missing"
handler500 = "suite.web.errors.broken"
