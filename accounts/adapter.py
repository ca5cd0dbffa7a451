import logging

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.internal.ratelimit import get_ip
from django.core.exceptions import ImproperlyConfigured, PermissionDenied

logger = logging.getLogger(__name__)


class StaffAdapter(DefaultAccountAdapter):
    """Accounts are for the team: an administrator makes them, nobody signs up."""

    def is_open_for_signup(self, request) -> bool:
        return False

    def get_client_ip(self, request) -> str:
        """The address that attempts to sign in are counted by, always one.

        Where fewer proxies wrote to X-Forwarded-For than TRUSTED_PROXIES says, what stands there may be the
        visitor's own invention. Then all who came by the same proxy are counted together: stricter, never open.
        """
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            logger.warning(
                "TRUSTED_PROXIES is higher than the number of proxies that a request came through."
            )
        except PermissionDenied:
            logger.warning("A request to sign in came without an address that can be read.")
        return request.META.get("REMOTE_ADDR") or "unknown"

    def _get_login_attempts_cache_key(self, request, **credentials) -> str:
        """Failures count for a name at an address: a stranger elsewhere cannot keep its owner out (docs/adr/0055)."""
        return f"{super()._get_login_attempts_cache_key(request, **credentials)}:{get_ip(request)}"
