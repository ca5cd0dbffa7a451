"""How long a sign-in lasts, and what it needs before it opens the admin."""

import time

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

STAFF_PATHS = ("/admin/", "/accounts/")
SIGNED_IN_AT, SEEN_AT = "signed_in_at", "seen_at"  # in the session; seconds since the epoch


def session_limits(get_response):
    """Sign out whoever has done nothing for half an hour, and everybody half a day after signing in."""

    def middleware(request: HttpRequest) -> HttpResponse:
        # Public pages never look at the session, so that caches may share them.
        if request.path_info.startswith(STAFF_PATHS) and request.user.is_authenticated:
            now = time.time()
            signed_in_at = request.session.setdefault(SIGNED_IN_AT, now)
            seen_at = request.session.get(SEEN_AT, now)
            idle, whole = now - seen_at, now - signed_in_at
            # A clock set back makes these negative: then signing in again is asked for too, never refused.
            if not (
                -60 <= idle <= settings.SESSION_IDLE_SECONDS
                and -60 <= whole <= settings.SESSION_LONGEST_SECONDS
            ):
                logout(request)
                return redirect(request.get_full_path() if request.method == "GET" else "wagtailadmin_home")
            if idle > 60 or SEEN_AT not in request.session:
                request.session[SEEN_AT] = now
        return get_response(request)

    return middleware


def second_factor(get_response):
    """Lead staff without a second factor to set one up; until then nothing of the admin is open to them."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            settings.STAFF_MFA_REQUIRED
            and request.path_info.startswith("/admin/")
            and request.user.is_authenticated
            and not is_mfa_enabled(request.user)
        ):
            return redirect(reverse("mfa_activate_totp"))
        return get_response(request)

    return middleware
