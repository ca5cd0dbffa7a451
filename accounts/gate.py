"""What Wagtail's admin opens to whoever may enter it, and should not.

Entering ("access_admin") is no role. Most of Wagtail's views ask for a permission of their own; the choosers, the
history of the site and a few others do not, and one raises an error to try the error page.
"""

from functools import wraps

from django.apps import apps
from django.http import Http404
from wagtail.admin.auth import permission_denied, user_has_any_page_permission
from wagtail.permissions import policy_registry

OPEN_TO_ALL = {  # who enters sees these: a first screen, the own account, and what every screen is drawn with
    "wagtailadmin_home",
    "wagtailadmin_account",
    "wagtailadmin_dismissibles",
    "wagtailadmin_javascript_catalog",
    "wagtailadmin_login",
    "wagtailadmin_logout",
    "wagtailadmin_sprite",
}
CHOOSERS = "wagtailsnippetchoosers_"  # then app and model: wagtailsnippetchoosers_articles_source:choose
OF_PAGES = ("wagtailadmin_pages:", "wagtailadmin_choose_", "wagtailadmin_api:", "wagtailembeds:")
OF_EDITORS = (
    "wagtailadmin_pages:choose_parent",
    "wagtailadmin_pages:move_confirm",
    "wagtaildocs_chooser:",
    "wagtailimages_chooser:",
)
REVIEWS = "articles.add_clinicalreview"  # held by clinician reviewers, who open the pages that wait for them


def within_role(view):
    """Decorator for the admin's views: refuse what the person's role does not open."""

    @wraps(view)
    def gated(request, *args, **kwargs):
        name = request.resolver_match.view_name
        if name == "wagtailadmin_error_test":
            raise Http404
        if request.user.is_authenticated and not may_open(request.user, name):
            return permission_denied(request)
        return view(request, *args, **kwargs)

    return gated


def may_open(user, name: str) -> bool:
    """Whether the role of *user* opens the view called *name*, before that view asks for what else it needs."""
    if name in OPEN_TO_ALL:
        return True
    if name.startswith(OF_EDITORS):
        return user_has_any_page_permission(user)
    if name.startswith(OF_PAGES):
        return user_has_any_page_permission(user) or user.has_perm(REVIEWS)
    if name.startswith(CHOOSERS):
        if name.endswith(":create"):  # records are made on their own screens, with all that these ask for
            return False
        app_label, model = name.removeprefix(CHOOSERS).split(":")[0].split("_")
        policy = policy_registry.get_by_type(apps.get_model(app_label, model))
        return policy.user_has_any_permission(user, {"add", "change", "delete", "view"})
    if name.startswith("wagtailadmin_workflows:task_cho"):
        return user.has_perm("wagtailcore.add_workflow") or user.has_perm("wagtailcore.change_workflow")
    return has_role(user)


def has_role(user) -> bool:
    """Whether *user* may do anything beyond entering the admin."""
    return bool(user.get_all_permissions() - {"wagtailadmin.access_admin"}) or user_has_any_page_permission(
        user
    )
