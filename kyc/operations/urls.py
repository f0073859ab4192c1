"""What machines ask, and what administrators see."""

from django.urls import path

from kyc.operations import pages, views

urlpatterns = [
    path("health/live", views.live, name="health_live"),
    path("health/ready", views.ready, name="health_ready"),
    path("metrics", views.prometheus, name="metrics"),
    path("operations/providers/", pages.providers, name="providers"),
    path("operations/providers/<int:place>/try/", pages.try_provider, name="try_provider"),
]
