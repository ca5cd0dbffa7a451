"""Checks of ``manage.py check --deploy``."""

from django.conf import settings
from django.core.checks import Tags, Warning, register


@register(Tags.security, deploy=True)
def second_factor(app_configs, **kwargs):
    """Whoever can change what ill people read signs in with two factors."""
    if settings.STAFF_MFA_REQUIRED:
        return []
    return [
        Warning(
            "Staff may sign in with a password alone.", hint="Leave out STAFF_MFA_REQUIRED.", id="site.W001"
        )
    ]
