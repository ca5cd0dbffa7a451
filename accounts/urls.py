"""Signing in and the second factor (allauth). What would let strangers make or change accounts is left out."""

from allauth.account import views
from allauth.mfa.totp.views import activate_totp
from csp.decorators import csp_update
from django.urls import include, path, re_path

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("password/reset/", views.password_reset, name="account_reset_password"),
    path("password/reset/done/", views.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        views.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path(
        "2fa/totp/activate/",
        csp_update({"img-src": ["data:"]})(activate_totp),  # the QR code is made in the page, and shown once
        name="mfa_activate_totp",
    ),
    path("2fa/", include("allauth.mfa.urls")),
]
