"""Sign-in and one's own account. Of allauth's pages only these can be reached."""

from allauth.account import views as allauth_views
from django.urls import include, path

from kyc.accounts import views

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", views.set_language, name="set_language"),
    path("accounts/login/", allauth_views.login, name="account_login"),
    path("accounts/login/code/", views.request_code, name="account_request_login_code"),
    path("accounts/login/code/confirm/", views.confirm_code, name="account_confirm_login_code"),
    path("accounts/logout/", allauth_views.logout, name="account_logout"),
    path("accounts/reauthenticate/", allauth_views.reauthenticate, name="account_reauthenticate"),
    path("accounts/password/change/", views.change_password, name="account_change_password"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
    path("accounts/sessions/", include("allauth.usersessions.urls")),
]
