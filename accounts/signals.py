"""What the second factor's events mean for a session."""

from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added
from django.dispatch import receiver


@receiver(authenticator_added)
def setting_up_passes_the_factor(request, user, authenticator, **kwargs):
    """Whoever sets up an app has just typed a code that it showed, so this session is not asked for another one."""
    if authenticator.type == Authenticator.Type.TOTP:
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
