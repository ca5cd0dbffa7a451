"""The starting content: files of fixtures/articles/ become pages and records.

``sources.yaml``, ``claims.yaml``, ``crisis_lines.yaml``, ``charts.yaml`` and ``glossary.yaml`` hold one record a
key. Under ``pages/`` the tree of files is the tree of addresses: ``home.yaml`` is ``/``,
``articles/some-title.yaml`` is ``/articles/some-title/``.
Text is Markdown; ``[#key]`` cites a claim and ``[@key]`` a source.

What an editor has changed or deleted since it was last loaded is left alone (see ``LoadedItem``).
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db import connection, models, transaction
from django_tasks import DEFAULT_TASK_BACKEND_ALIAS, task_backends
from django_tasks.backends.dummy import DummyBackend
from markdown_it import MarkdownIt
from modelsearch.backends import get_search_backends
from modelsearch.index import class_is_indexed
from wagtail.blocks import (
    DecimalBlock,
    ListBlock,
    PageChooserBlock,
    RichTextBlock,
    StreamBlock,
    StreamBlockValidationError,
    StructBlock,
)
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.fields import StreamField
from wagtail.models import DraftStateMixin, Page, ReferenceIndex, Revision, Site, Workflow, WorkflowPage
from wagtail.snippets.blocks import SnippetChooserBlock

try:
    from yaml import CSafeLoader as Loader  # ten times as fast, where PyYAML was built with libyaml
except ImportError:
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

from articles.indexing import indexed_together
from articles.models import (
    ArticleIndexPage,
    ArticlePage,
    Claim,
    ClaimSource,
    ClaimsPage,
    ClinicalSignOff,
    CrisisLine,
    EvidenceChart,
    GlossaryPage,
    GlossaryTerm,
    HelpPage,
    HomePage,
    LoadedItem,
    Source,
    StandardPage,
    Trial,
)

RECORDS: dict[str, type[models.Model]] = {  # each after those that it names
    "sources": Source,
    "claims": Claim,
    "trials": Trial,
    "crisis_lines": CrisisLine,
    "charts": EvidenceChart,
    "glossary": GlossaryTerm,
}
PAGES: dict[str, type[Page]] = {
    "home": HomePage,
    "articles": ArticleIndexPage,
    "article": ArticlePage,
    "claims": ClaimsPage,
    "glossary": GlossaryPage,
    "help": HelpPage,
    "standard": StandardPage,
}
MARKDOWN = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(
    ["replacements", "smartquotes"]
)


class ContentError(Exception):
    """A file that cannot be loaded, with where and why."""


@dataclass(frozen=True)
class Item:
    """One page or record as its file gives it. *name* is lasting: ``pages/about``, ``sources/reif-2023``."""

    name: str
    given: dict[str, Any]

    @property
    def digest(self) -> str:
        text = json.dumps(self.given, sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def load(folder: Path) -> Counter[str]:
    """Load all of *folder*, or nothing; how many items were created, updated, unchanged and kept as edited.

    Raises ContentError, with the file and the reason.
    """
    with connection.cursor() as cursor:  # two loads at once would both see an empty site
        cursor.execute(f"LOCK TABLE {LoadedItem._meta.db_table} IN EXCLUSIVE MODE")
    loaded = {item.name: item for item in LoadedItem.objects.select_related("revision")}
    done: Counter[str] = Counter()
    due: list[tuple[Item, LoadedItem | None]] = []
    for item in [*record_items(folder), *page_items(folder / "pages")]:
        before = loaded.get(item.name)
        if before is None or (before.digest != item.digest and _is_untouched(before)):
            due.append((item, before))
            done["updated" if before else "created"] += 1
        else:
            done["unchanged" if before.digest == item.digest else "kept as edited"] += 1
    # Every page first gets its place, then its content: pages may link to each other.
    with indexed_together(), tasks_held():
        for item, before in due:
            if before is None and item.name.startswith("pages/"):
                _place(item)
        written = [
            LoadedItem(name=item.name, digest=item.digest, revision=_write(item, before))
            for item, before in due
        ]
    _enter_into_indexes(item.revision for item in written)
    LoadedItem.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["name"], update_fields=["digest", "revision"]
    )
    _point_site_at_home()
    return done


@contextmanager
def tasks_held() -> Iterator[None]:
    """Wagtail's tasks are not run inside: with each saving it asks that the record be entered into its indexes.

    A record is saved several times until it is published, and is entered once instead (``_enter_into_indexes``).
    """
    usual = task_backends[DEFAULT_TASK_BACKEND_ALIAS]
    task_backends[DEFAULT_TASK_BACKEND_ALIAS] = DummyBackend(DEFAULT_TASK_BACKEND_ALIAS, {})
    try:
        yield
    finally:
        task_backends[DEFAULT_TASK_BACKEND_ALIAS] = usual


def _enter_into_indexes(revisions: Iterable[Revision]) -> None:
    """Enter the records that were written into Wagtail's own search, and into its index of what is used where."""
    written = defaultdict(list)
    for revision in revisions:
        written[revision.content_type.model_class()].append(revision.object_id)
    for model, keys in written.items():
        records = list(model._default_manager.filter(pk__in=keys))
        for backend in get_search_backends(with_auto_update=True):
            if class_is_indexed(model):
                backend.add_bulk(model, records)
        if ReferenceIndex.is_indexed(model):
            for record in records:
                ReferenceIndex.create_or_update_for_object(record)


def record_items(folder: Path) -> Iterator[Item]:
    """Records of the record files."""
    for kind in RECORDS:
        for key, given in _read(folder / f"{kind}.yaml").items():
            yield Item(f"{kind}/{key}", {"key": key, **given})


def page_items(folder: Path) -> Iterator[Item]:
    """Pages, each after the page it stands under."""
    paths = sorted(
        folder.rglob("*.yaml"), key=lambda path: (path != folder / "home.yaml", len(path.parts), path)
    )
    for path in paths:
        yield Item(f"pages/{path.relative_to(folder).with_suffix('').as_posix()}", _read(path))


def _read(path: Path) -> dict[str, Any]:
    try:
        return yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)
    except yaml.YAMLError as error:
        raise ContentError(f"{path.name}: {error}") from error


def _is_untouched(loaded: LoadedItem) -> bool:
    """Whether what was loaded is still the latest version of its record."""
    return loaded.revision is not None and loaded.revision.is_latest_revision()


def _place(item: Item) -> None:
    """Make an unpublished page at the item's address, unless an editor has made one there."""
    *above, slug = item.name.removeprefix("pages/").split("/")
    model = PAGES[item.given["type"]]
    if model is HomePage:
        _remove_welcome_page()
        parent = Page.objects.get(depth=1)
    else:
        parent = _page_at(above)
    if parent.get_children().filter(slug=slug).exists():
        raise ContentError(
            f"{item.name}: an editor has made a page at this address. Move it or remove the file."
        )
    page = parent.add_child(instance=model(title=item.given["title"], slug=slug, live=False))
    if model is ArticleIndexPage:  # what editors write under it can be sent to be signed off
        workflow = Workflow.objects.active().filter(workflow_tasks__task__in=ClinicalSignOff.objects.all())
        WorkflowPage.objects.bulk_create(WorkflowPage(workflow=found, page=page) for found in workflow[:1])


def _remove_welcome_page() -> None:
    """Remove the page that Wagtail's own migrations make, and the site that points to it."""
    Page.objects.filter(depth=2, content_type__model="page", latest_revision=None).delete()


def _page_at(slugs: list[str]) -> Page:
    page = HomePage.objects.get()
    for slug in slugs:
        page = page.get_children().get(slug=slug)
    return page.specific


def _write(item: Item, before: LoadedItem | None) -> Revision:
    """Save and publish what the item says; its revision."""
    record = _record(item, before)
    given = {name: value for name, value in item.given.items() if name != "type"}
    try:
        for name, value in given.items():
            setattr(record, name, _value(record._meta.get_field(name), value))
        record.full_clean()
        if record.pk is None or not isinstance(record, DraftStateMixin):
            record.save()
        # What has drafts is published below, and its history says that.
        revision = record.save_revision(clean=False, log_action=not isinstance(record, DraftStateMixin))
    except StreamBlockValidationError as error:
        raise ContentError(f"{item.name}: {json.dumps(error.as_json_data(), ensure_ascii=False)}") from error
    except (ValidationError, ContentError, ObjectDoesNotExist, KeyError) as error:
        raise ContentError(f"{item.name}: {error}") from error
    if isinstance(record, DraftStateMixin):
        revision.publish()
    return revision


def _record(item: Item, before: LoadedItem | None) -> Any:
    """The page or record that the item is about: the one loaded before, or a new one."""
    if before is not None and before.revision is not None:
        return before.revision.content_object
    kind, _, key = item.name.partition("/")
    if kind == "pages":
        return HomePage.objects.get() if key == "home" else _page_at(key.split("/"))
    return RECORDS[kind](key=key)


def _value(field: Any, given: Any) -> Any:
    """What a field takes for what a file says: sources are given by their keys."""
    if isinstance(field, StreamField):
        return _stream(field.stream_block, given)
    if field.related_model is Source:
        return Source.objects.get(key=given)
    if field.related_model is ClaimSource:
        return [
            ClaimSource(source=Source.objects.get(key=key), sort_order=order)
            for order, key in enumerate(given)
        ]
    return given


def _stream(block: StreamBlock, entries: list[dict[str, Any]]) -> Any:
    """The value of a StreamField, cleaned as the admin would clean it."""
    return block.clean(block.to_python(_raw(block, entries)))


def _raw(block: Any, value: Any) -> Any:
    """What a file says, in the form that *block* stores: Markdown becomes rich text, keys become records."""
    match block:
        case StreamBlock():
            return [
                {"type": name, "value": _raw(_child(block, name), content)}
                for entry in value
                for name, content in entry.items()
            ]
        case StructBlock():
            return {name: _raw(_child(block, name), content) for name, content in value.items()}
        case ListBlock():
            return [_raw(block.child_block, content) for content in value]
        case RichTextBlock() if not isinstance(value, str):
            raise ContentError(f"Text was expected, and this is {value!r}. Quote it if it holds a colon.")
        case RichTextBlock():
            return MARKDOWN.render(value)
        case SnippetChooserBlock():
            return block.model_class.objects.get(key=value).pk
        case PageChooserBlock():
            return _page_at(value.split("/")).pk
        case DecimalBlock():
            return str(value)  # a binary 69.3 has more digits than the 69.3 of the file
        case TypedTableBlock():
            return {
                "caption": value["caption"],
                "columns": [{"type": "text", "heading": heading} for heading in value["columns"]],
                "rows": [{"values": [str(cell) for cell in row]} for row in value["rows"]],
            }
        case _:
            return value


def _child(block: StreamBlock | StructBlock, name: str) -> Any:
    if name not in block.child_blocks:
        raise ContentError(f"“{name}” is not one of {', '.join(block.child_blocks)}.")
    return block.child_blocks[name]


def _point_site_at_home() -> None:
    """Make the default site answer with the home page at the address that the environment gives."""
    home = HomePage.objects.first()
    if home is None:
        return
    address = urlsplit(settings.SITE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    wanted = {"hostname": address.hostname, "port": port, "root_page_id": home.pk}
    site = Site.objects.filter(is_default_site=True).first() or Site(
        is_default_site=True, site_name=settings.WAGTAIL_SITE_NAME
    )
    if any(getattr(site, name) != value for name, value in wanted.items()):
        for name, value in wanted.items():
            setattr(site, name, value)
        site.save()
