"""Addresses."""

from django.urls import path

from kyc.review import key_views, list_views, views

app_name = "review"
urlpatterns = [
    path("", list_views.case_list, name="queue"),
    path("next/", list_views.next_case, name="next"),
    path("let-go/", list_views.let_go, name="let_go"),
    path("keys/", key_views.keys, name="keys"),
    path("<reference:reference>/", views.case, name="case"),
    path("<reference:reference>/case.json", views.case_data, name="case_data"),
    path("<reference:reference>/judge/", views.judge, name="judge"),
    path("<reference:reference>/claim/", views.claim, name="claim"),
    path("<reference:reference>/release/", views.release, name="release"),
    path("<reference:reference>/take-over/", views.take_over, name="take_over"),
    path("<reference:reference>/note/", views.note, name="note"),
    path("<reference:reference>/reopen/", views.reopen, name="reopen"),
]
