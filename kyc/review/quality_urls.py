"""Addresses of the pages of numbers."""

from django.urls import path

from kyc.review import quality_views

app_name = "quality"
urlpatterns = [
    path("", quality_views.team, name="team"),
    path("thresholds/", quality_views.threshold, name="threshold"),
]
