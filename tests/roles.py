"""Who may open which address of the admin: the matrix, and people who have one role each.

A row names an area as docs/operating.md does, the views that belong to it (``fnmatch`` patterns of their names; the
first row that fits a name counts), and the roles that open them. Whoever adds a screen adds its name here.
"""

from fnmatch import fnmatchcase

from django.apps import apps
from django.contrib.auth.models import Group

from accounts import roles
from tests.factories import create_user

CURATOR, EDITOR, REVIEWER, IMPORTER, ADMINISTRATOR = roles.ROLES
EVERYBODY = set(roles.ROLES)
EDITORS = {EDITOR, ADMINISTRATOR}
CURATORS = {CURATOR, ADMINISTRATOR}
ADMINISTRATORS = {ADMINISTRATOR}

MATRIX: list[tuple[str, list[str], set[str]]] = [
    (
        "First screen, own account, history of what the role may see",
        [
            "wagtailadmin_home",
            "wagtailadmin_account",
            "wagtailadmin_logout",
            "wagtailadmin_dismissibles",
            "wagtailadmin_sprite",
            "wagtailadmin_javascript_catalog",
            "wagtailadmin_login",
            "admin/login/",
            "admin/test404/",
            "wagtailadmin_block_preview",
            "wagtailadmin_editing_sessions:*",
            "wagtailadmin_tag_*",
            "wagtailadmin_reports:site_history*",
        ],
        EVERYBODY,
    ),
    (
        "Closed to all",
        [
            "wagtailadmin_error_test",
            "wagtailadmin_password_reset*",
            "admin/^.*/$",
            "wagtailsites:*",
            "wagtailsnippets_clinics_*:delete",
            "wagtailsnippets_clinics_sourcerecord:add",
            "wagtailsnippets_clinics_sourcerecord:edit",
            "wagtailsnippets_clinics_sourcerecord:usage",
            "wagtailsnippets_clinics_sourcerecord:history*",
            "wagtailsnippets:index",
            "wagtailsnippetchoosers_*:create",
            "wagtailsnippets_articles_feedback:add",
            "wagtailsnippets_articles_feedback:edit",
        ],
        set(),
    ),
    (
        "Choosing a page or a link",
        [
            "wagtailadmin_choose_page*",
            "wagtailadmin_api:*",
            "wagtailembeds:*",
            "wagtailadmin_pages:revisions_index",
            "wagtailadmin_pages:confirm_workflow_cancellation",
        ],
        {EDITOR, REVIEWER, ADMINISTRATOR},
    ),
    (
        "What readers found useful",
        [
            "articles_usefulness*",
            "wagtailsnippets_articles_feedback:*",
            "wagtailsnippetchoosers_articles_feedback:*",
        ],
        EDITORS,
    ),
    (
        "Claims, sources, charts, words, crisis lines: read",
        [
            "wagtailsnippets_articles_*:list*",
            "wagtailsnippetchoosers_articles_*:cho*",
        ],
        {EDITOR, REVIEWER, ADMINISTRATOR},
    ),
    (
        "Claims, sources, charts, words, crisis lines: write",
        ["wagtailsnippets_articles_*", "wagtailsnippetchoosers_articles_*"],
        EDITORS,
    ),
    (
        "Pages: write, publish, lock",
        ["wagtailadmin_pages:*", "wagtailadmin_explore*", "wagtailadmin_reports:*", "wagtail_bulk_action"],
        EDITORS,
    ),
    ("Images, documents, redirects", ["wagtailimages*", "wagtaildocs*", "wagtailredirects:*"], EDITORS),
    (
        "Listings, providers, source records: read",
        [
            "wagtailsnippets_clinics_*:list*",
            "wagtailsnippets_clinics_*:inspect",
            "wagtailsnippetchoosers_clinics_*",
        ],
        {CURATOR, IMPORTER, ADMINISTRATOR},
    ),
    ("Listings, providers: write, publish, lock", ["wagtailsnippets_clinics_*"], CURATORS),
    ("Importing lists", ["curation:import*"], {IMPORTER, ADMINISTRATOR}),
    ("Calls, reports of the public, proposed changes, history of the directory", ["curation:*"], CURATORS),
    (
        "People, groups, workflows, collections",
        ["wagtailusers_*", "wagtailadmin_workflows:*", "wagtailadmin_collections:*"],
        ADMINISTRATORS,
    ),
]


def area_of(name: str) -> tuple[str, set[str]]:
    """The area that the view called *name* belongs to, and the roles that open it. Raises LookupError."""
    for area, patterns, who in MATRIX:
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            return area, who
    raise LookupError(f"Say in tests/roles.py and docs/operating.md who may open {name}.")


def person(role: str | None):
    """Somebody with one *role*; with None, somebody who may enter the admin and has no role."""
    user = create_user()
    if role is None:
        user.user_permissions.add(roles.permission(apps, "wagtailadmin.admin.access_admin"))
    else:
        user.groups.add(Group.objects.get(name=role))
    return user
