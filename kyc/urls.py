"""Every address there is; the walk in the tests fails on one it does not know."""

from django.urls import include, path

urlpatterns = [
    path("", include("kyc.accounts.urls")),
    path("", include("kyc.applications.urls")),
    path("review/", include("kyc.review.urls")),
    path("quality/", include("kyc.review.quality_urls")),
    path("audit/", include("kyc.audit.urls")),
    path("", include("kyc.operations.urls")),
]
