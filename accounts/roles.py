"""The five roles, as groups, and how a migration gives them what they need.

Whoever adds a model or a screen to the admin grants it in a migration of its app::

    def let_curators_report(apps, schema_editor):
        grant(apps, CURATOR, ["clinics.add_report"])

and says in tests/roles.py who may open its addresses. An administrator has whatever any role has, so what is granted
to another is granted to that role too.
"""

from collections.abc import Iterable

CURATOR = "Curator"
EDITOR = "Editor"
CLINICIAN_REVIEWER = "Clinician reviewer"
IMPORTER = "Importer"
ADMINISTRATOR = "Administrator"
ROLES = (CURATOR, EDITOR, CLINICIAN_REVIEWER, IMPORTER, ADMINISTRATOR)


def grant(apps, role: str, permissions: Iterable[str]) -> None:
    """Give *role*, and administrators, *permissions* such as ``"clinics.publish_clinic"``."""
    found = [permission(apps, name) for name in permissions]
    for group in _groups(apps, role):
        group.permissions.add(*found)


def grant_on_pages(apps, role: str, actions: Iterable[str]) -> None:
    """Let *role*, and administrators, do *actions* such as ``"publish"`` to every page."""
    root = apps.get_model("wagtailcore.Page").objects.get(depth=1)
    given = apps.get_model("wagtailcore.GroupPagePermission").objects
    for group in _groups(apps, role):
        for action in actions:
            given.get_or_create(
                group=group, page=root, permission=permission(apps, f"wagtailcore.{action}_page")
            )


def grant_on_collections(apps, role: str, permissions: Iterable[str]) -> None:
    """Give *role*, and administrators, permissions on images and documents, which belong to collections."""
    root = apps.get_model("wagtailcore.Collection").objects.get(depth=1)
    given = apps.get_model("wagtailcore.GroupCollectionPermission").objects
    for group in _groups(apps, role):
        for name in permissions:
            given.get_or_create(group=group, collection=root, permission=permission(apps, name))


def permission(apps, name: str):
    """The permission called ``"clinics.publish_clinic"``, written now where Django has not done so yet.

    Django and Wagtail write permissions once all migrations have run, which is too late for a fresh database. One whose
    name does not end in its model's is called ``"wagtailadmin.admin.access_admin"``.
    """
    app_label, *models, codename = name.split(".")
    action, _, model = codename.partition("_")
    content_type, _ = apps.get_model("contenttypes.ContentType").objects.get_or_create(
        app_label=app_label, model=models[0] if models else model
    )
    found, _ = apps.get_model("auth.Permission").objects.get_or_create(
        content_type=content_type, codename=codename, defaults={"name": f"Can {action} {model}"}
    )
    return found


def _groups(apps, role: str):
    groups = apps.get_model("auth.Group").objects
    return [groups.get_or_create(name=name)[0] for name in {role, ADMINISTRATOR}]
