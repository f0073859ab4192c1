"""The auditor's addresses."""

from django.urls import path

from kyc.audit import views

app_name = "audit"

urlpatterns = [
    path("", views.search, name="search"),
    path("export.jsonl", views.export_jsonl, name="export_jsonl"),
    path("export.csv", views.export_csv, name="export_csv"),
    path("verify.py", views.verifier, name="verifier"),
    path("verify/", views.verify, name="verify"),
    path("<str:subject>/", views.subject, name="subject"),
]
