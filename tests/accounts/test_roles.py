"""Every address of the admin, opened and posted to by every role, against the matrix of tests/roles.py."""

import gc
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pytest
from allauth.account.auth_backends import AuthenticationBackend
from django.apps import apps
from django.conf import settings as project
from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction
from django.template.response import SimpleTemplateResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import Collection, GroupApprovalTask, Site, Workflow

from accounts.gate import OPEN_TO_ALL
from accounts.roles import ADMINISTRATOR, ROLES
from articles.models import ArticleIndexPage, ArticlePage
from clinics.models import Clinic
from tests.factories import create_user
from tests.roles import MATRIX, area_of, person

# Wagtail leaves the temporary files open in which it makes smaller copies of a picture.
pytestmark = pytest.mark.filterwarnings("ignore::ResourceWarning")

Found = Iterator[tuple[str, URLPattern]]


@pytest.fixture(scope="module", autouse=True)
def no_picture_left_open():
    yield
    gc.collect()


def admin_views(patterns=None, route: str = "", namespace: str = "") -> Found:
    """Pairs of name and pattern of every view under /admin/; a nameless one goes by its route."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        whole = f"{route}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from admin_views(pattern.url_patterns, whole, inner)
        elif whole.startswith("admin/"):
            yield (namespace + pattern.name if pattern.name else whole), pattern


VIEWS = list(admin_views())
# These lead back to the first screen when there is nothing for them to do.
LEAD_HOME = {"wagtailadmin_pages:workflow_preview"}


def test_the_matrix_has_every_view_and_every_row_of_it_a_view():
    areas = Counter(area_of(name)[0] for name, _ in VIEWS)
    assert len(VIEWS) > 250
    assert list(areas.keys() ^ {area for area, _, _ in MATRIX}) == []


def test_a_view_that_the_matrix_lacks_would_be_seen():
    with pytest.raises(LookupError, match="who may open clinics_admin:new"):
        area_of("clinics_admin:new")


@pytest.fixture
def keys(world, settings, tmp_path):
    """What an address is made of, by the name of its part; a model's key by its label."""
    settings.MEDIA_ROOT = tmp_path
    article, clinic = ArticlePage.objects.first(), Clinic.objects.filter(live=True).first()
    image = get_image_model().objects.create(title="Image", file=get_test_image_file())
    document = get_document_model().objects.create(title="Paper", file=ContentFile(b"x", name="x.txt"))
    task = GroupApprovalTask.objects.create(name="Read it")
    redirect = Redirect.objects.create(old_path="/old", redirect_link="/")
    workflow = Workflow.objects.create(name="Reading")
    return {
        "page_id": article.pk,
        "page_pk": article.pk,
        "page_to_move_id": article.pk,
        "object_id": article.pk,
        "parent_page_id": ArticleIndexPage.objects.get().pk,
        "destination_id": ArticleIndexPage.objects.get().pk,
        "revision_id": article.latest_revision_id,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "app_label": "articles",
        "content_type_app_name": "articles",
        "app_name": "articles",
        "model_name": "articlepage",
        "content_type_model_name": "articlepage",
        "action": "publish",
        "action_name": "approve",
        "filter_spec": "width-100",
        "task_id": task.pk,
        "workflow_pk": workflow.pk,
        "collection_id": Collection.objects.first().pk,
        "redirect_id": redirect.pk,
        "image_id": image.pk,
        "document_id": document.pk,
        "doc_id": document.pk,
        "wagtailadmin_api:pages": article.pk,
        "wagtailadmin_pages": article.pk,
        "wagtailadmin_workflows": workflow.pk,
        "wagtailadmin_collections": Collection.objects.create(name="x", path="00010009", depth=2).pk,
        "wagtailimages_chooser": image.pk,
        "wagtaildocs_chooser": document.pk,
        "wagtailsites": Site.objects.first().pk,
        "curation": clinic.pk,
        "wagtailusers_users": create_user().pk,
        "wagtailusers_groups": Group.objects.create(name="x").pk,
        "clinics.clinic revision": clinic.save_revision().pk,
        "clinics.clinic": clinic.pk,
    }


def address_of(name: str, pattern: URLPattern, keys: dict) -> str:
    if "/" in name:  # it has no name
        return "/" + re.sub(r"\W+\$$", "nowhere/", name)
    namespace = name.rpartition(":")[0]
    arguments = {part: keys.get(part, 1) for part in pattern.pattern.regex.groupindex}
    if "pk" in arguments:
        arguments["pk"] = keys.get(namespace) or _key(namespace, keys)
    if namespace == "wagtailsnippets_clinics_clinic" and "revision_id" in arguments:
        arguments["revision_id"] = keys["clinics.clinic revision"]
    return reverse(name, kwargs=arguments)


def _key(namespace: str, keys: dict) -> int:
    """The key of the first record of the snippet that *namespace* is about, as in wagtailsnippets_articles_source."""
    label = re.fullmatch(r"wagtailsnippet(?:choosers|s)_([a-z]+)_([a-z]+)", namespace)
    if label is None:
        return keys.get(f"{namespace}", 1)
    model = apps.get_model(*label.groups())
    return (
        keys.get(model._meta.label_lower) or model._default_manager.values_list("pk", flat=True).first() or 1
    )


def is_refused(answer) -> bool:
    """Sent back to the first screen, told no, or told that there is nothing."""
    if answer.status_code == 302:
        return answer.headers["Location"].split("?")[0] == "/admin/"
    return answer.status_code in (403, 404, 405)


def said_no(answer) -> bool:
    """Refused for who asks; 404 and 405 are said to anybody, of what the world lacks or the view does not do."""
    return is_refused(answer) and answer.status_code not in (404, 405)


class ReadOnce(AuthenticationBackend):
    """Reads a person, and what they may do, once: not for each of four thousand requests that change nothing."""

    people: ClassVar[dict[int, AbstractBaseUser | None]] = {}

    def get_user(self, user_id: int) -> AbstractBaseUser | None:
        if user_id not in self.people:
            self.people[user_id] = super().get_user(user_id)
        return self.people[user_id]


@pytest.fixture
def ask(request, settings, monkeypatch, role):
    """Asks as somebody with a role, and leaves nothing behind: not even having signed out."""
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
    settings.AUTHENTICATION_BACKENDS = [f"{__name__}.ReadOnce"]
    monkeypatch.setattr(ReadOnce, "people", {})
    if role != ADMINISTRATOR:
        # Whether a page opens is decided before it is drawn. Who opens the most sees all of them drawn.
        monkeypatch.setattr(SimpleTemplateResponse, "rendered_content", "")
    client = Client(raise_request_exception=False)
    client.force_login(request.getfixturevalue("somebody"))
    client.get("/admin/sprite/")  # from the second request on, the session is not written any more
    signed_in = client.cookies.copy()

    def asked(method: str, address: str):
        with transaction.atomic():
            answer = getattr(client, method)(address)
            transaction.set_rollback(True)
        client.cookies = signed_in.copy()
        return answer

    return asked


@pytest.fixture
def somebody(role, world):
    return person(role)


@pytest.mark.parametrize("role", ROLES)
def test_a_role_opens_what_the_matrix_says_and_nothing_else(keys, ask, role):
    wrong = []
    for name, pattern in VIEWS:
        address = address_of(name, pattern, keys)
        if role in area_of(name)[1]:
            answer = ask("get", address)
            if answer.status_code == 500:
                wrong.append(f"broken: {name} {address}")
            if answer.status_code == 405:
                answer = ask("post", address)
            if said_no(answer) and name not in LEAD_HOME:
                wrong.append(f"closed: {name} {address} {answer.status_code}")
        else:
            wrong += [
                f"open: {method} {name} {address} {answer.status_code}"
                for method in ("get", "post")
                if not is_refused(answer := ask(method, address))
            ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("role", [None])
def test_entering_the_admin_opens_nothing_by_itself(keys, ask, role):
    opened = {
        name
        for name, pattern in VIEWS
        for method in ("get", "post")
        if not is_refused(ask(method, address_of(name, pattern, keys)))
    }
    assert opened - {"admin/login/", "wagtailadmin_logout", "admin/test404/"} == OPEN_TO_ALL - {
        "wagtailadmin_logout"
    }


@pytest.mark.parametrize("role", [ADMINISTRATOR])
def test_no_role_makes_itself_more(keys, ask, role, somebody):
    above = create_user(is_superuser=True)
    assert is_refused(ask("get", f"/admin/users/edit/{above.pk}/"))
    assert is_refused(ask("post", f"/admin/users/edit/{above.pk}/"))
    own = ask("get", f"/admin/users/edit/{somebody.pk}/")
    assert own.status_code == 200
    assert 'name="is_superuser"' not in own.text


def test_the_guide_tells_the_same_as_the_matrix():
    """docs/operating.md has the matrix as a table, an area a row and a role a column."""
    guide = Path(project.BASE_DIR, "docs/operating.md").read_text()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in guide.split("## Roles")[1].split("\n## ")[0].splitlines()
        if line.startswith("|")
    ]
    assert rows[0] == ["", *ROLES]
    told = {
        row[0]: {role for role, mark in zip(ROLES, row[1:], strict=True) if mark == "yes"} for row in rows[2:]
    }
    assert told == {area: who for area, _, who in MATRIX if who}
