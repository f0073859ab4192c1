"""Addresses of the applicant's pages and of pictures. No personal value stands in any."""

from django.urls import path

from kyc.applications import apply, check, phone, pictures, privacy, views

app_name = "applications"
urlpatterns = [
    path("apply/", apply.apply, name="apply"),
    path("apply/hand-over/", phone.hand_over, name="hand_over"),
    path("apply/phone/", phone.phone, name="phone"),
    path("apply/advice/<uuid:uuid>/", apply.advise, name="advice"),
    path("applications/", views.index, name="index"),
    path("applications/<reference:reference>/", views.status, name="status"),
    path("applications/<reference:reference>/status.json", views.status_json, name="status_json"),
    path("applications/<reference:reference>/resubmit/", views.resubmit, name="resubmit"),
    path("applications/<reference:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("applications/<reference:reference>/check/", check.check, name="check"),
    path("applications/<reference:reference>/data/", views.take_own_data, name="own_data"),
    path("privacy/", privacy.privacy, name="privacy"),
    path("pictures/<uuid:uuid>.jpg", pictures.picture, name="picture"),
    path("portraits/<uuid:uuid>.jpg", pictures.portrait, name="portrait"),
]
