"""Where the curators' screens hang in Wagtail's admin."""

from django.urls import include, path, reverse
from wagtail import hooks
from wagtail.admin.menu import MenuItem
from wagtail.admin.widgets import Button

from clinics.admin import urls
from clinics.admin.home import DayPanel
from clinics.models import Clinic


class PermittedItem(MenuItem):
    """An entry of the menu for whoever has *permission*."""

    def __init__(self, *args, permission: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.permission = permission

    def is_shown(self, request):
        return request.user.has_perm(self.permission)


@hooks.register("register_admin_urls")
def admin_urls():
    return [path("curation/", include(urls))]


@hooks.register("register_admin_menu_item")
def calls_item():
    return PermittedItem(
        "Calls",
        reverse("curation:queue"),
        name="calls",
        icon_name="mobile-alt",
        order=110,
        permission="clinics.change_verification",
    )


@hooks.register("register_admin_menu_item")
def reports_item():
    return PermittedItem(
        "From the public",
        reverse("curation:reports"),
        name="public-reports",
        icon_name="comment",
        order=120,
        permission="clinics.change_report",
    )


@hooks.register("register_admin_menu_item")
def duplicates_item():
    return PermittedItem(
        "Duplicates",
        reverse("curation:duplicates"),
        name="duplicates",
        icon_name="copy",
        order=130,
        permission="clinics.change_duplicatepair",
    )


@hooks.register("register_reports_menu_item")
def events_item():
    return PermittedItem(
        "History of the directory",
        reverse("curation:events"),
        name="directory-history",
        icon_name="history",
        order=1000,
        permission="clinics.view_clinicevent",
    )


@hooks.register("register_admin_menu_item")
def proposed_changes_item():
    return PermittedItem(
        "Proposed changes",
        reverse("curation:proposed_changes"),
        name="proposed-changes",
        icon_name="edit",
        order=130,
        permission="clinics.publish_clinic",
    )


@hooks.register("register_reports_menu_item")
def unmet_need_item():
    return PermittedItem(
        "Where nothing was found",
        reverse("curation:unmet_need"),
        name="unmet-need",
        icon_name="search",
        order=1010,
        permission="clinics.change_verification",
    )


@hooks.register("register_admin_menu_item")
def imports_item():
    return PermittedItem(
        "Imports",
        reverse("curation:imports"),
        name="imports",
        icon_name="download",
        order=140,
        permission="clinics.add_importrun",
    )


@hooks.register("construct_homepage_panels")
def add_day(request, panels) -> None:
    """The day's lists come first for curators."""
    if request.user.has_perms(["clinics.change_verification", "clinics.change_report"]):
        panels.insert(0, DayPanel(request))


@hooks.register("register_snippet_listing_buttons")
def listing_buttons(snippet, user, next_url=None):
    """From the list of clinics to a call, or to the clinic's own link."""
    if isinstance(snippet, Clinic) and user.has_perm("clinics.change_verification"):
        yield Button("Call", reverse("curation:call", args=[snippet.pk]), icon_name="mobile-alt")
        if snippet.live:
            link = reverse("curation:owner_link", args=[snippet.pk])
            yield Button("Send its own link", link, icon_name="link")
    if isinstance(snippet, Clinic) and user.has_perm("clinics.view_clinicevent"):
        history = reverse("curation:events", query={"clinic": snippet.pk})
        yield Button("All that was done to it", history, icon_name="history")
