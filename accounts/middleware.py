"""How long a sign-in lasts, and what it needs before it opens the admin."""

import time
from urllib.parse import urlencode

from allauth.account.authentication import get_authentication_records
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

STAFF_PATHS = ("/admin/", "/accounts/")
PINGS = "/admin/editing-sessions/"  # sent by an open edit page, also when nobody sits before it
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
            somebody_is_there = not request.path_info.startswith(PINGS)
            if (idle > 60 and somebody_is_there) or SEEN_AT not in request.session:
                request.session[SEEN_AT] = now
        return get_response(request)

    return middleware


def second_factor(get_response):
    """Open the admin to a session that has passed a second factor, and lead every other one to it.

    Having a factor is not enough: a session that got in by a password alone, by whatever way, is asked for it.
    """

    def middleware(request: HttpRequest) -> HttpResponse:
        if (
            settings.STAFF_MFA_REQUIRED
            and request.path_info.startswith("/admin/")
            and request.user.is_authenticated
        ):
            if not is_mfa_enabled(request.user):
                return redirect(reverse("mfa_activate_totp"))
            if not any(
                record["method"] == "mfa" for record in get_authentication_records(request, request.user)
            ):
                following = urlencode({"next": request.get_full_path()})
                return redirect(f"{reverse('mfa_reauthenticate')}?{following}")
        return get_response(request)

    return middleware
