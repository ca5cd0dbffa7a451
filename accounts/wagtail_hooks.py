"""People in the admin."""

from wagtail import hooks
from wagtail.admin.auth import permission_denied


@hooks.register("before_edit_user")
def only_superusers_change_superusers(request, user):
    """Whoever could set a superuser's password or address would be one."""
    if user.is_superuser and not request.user.is_superuser:
        return permission_denied(request)
    return None
