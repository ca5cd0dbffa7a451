"""The starting content: loaded once, updated from its files, and never over an editor's work."""

import datetime
import shutil
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wagtail.models import Page, ReferenceIndex, Site

from articles.loading import RECORDS, ContentError, load, page_items, record_items
from articles.models import (
    ArticlePage,
    Claim,
    CrisisLine,
    EvidenceChart,
    HomePage,
    LoadedItem,
    SearchEntry,
    Source,
    StandardPage,
)

CONTENT = settings.BASE_DIR / "fixtures" / "articles"


@pytest.fixture
def folder(tmp_path) -> Path:
    """A copy of the content, to change."""
    return Path(shutil.copytree(CONTENT, tmp_path / "articles"))


def change(path: Path, **values) -> None:
    given = yaml.safe_load(path.read_text(encoding="utf-8"))
    path.write_text(yaml.safe_dump(given | values, allow_unicode=True), encoding="utf-8")


@pytest.fixture
def small(tmp_path) -> Path:
    """Content of three pages and no records."""
    page = {"title": "A title", "summary": "A summary.", "body": [{"text": "Some words."}]}
    article = page | {"type": "article", "topic": "start", "sources_checked_on": datetime.date(2026, 11, 1)}
    pages = {"home": {"type": "home"}, "articles": {"type": "articles"}, "articles/about-us": article}
    (tmp_path / "pages/articles").mkdir(parents=True)
    for name, given in pages.items():
        (tmp_path / f"pages/{name}.yaml").write_text(yaml.safe_dump(page | given), encoding="utf-8")
    for kind in RECORDS:
        (tmp_path / f"{kind}.yaml").write_text("{}", encoding="utf-8")
    return tmp_path


@pytest.mark.django_db
def test_the_first_load_makes_a_site_with_a_home_page(small):
    assert Page.objects.filter(title__startswith="Welcome").exists()

    done = load(small)

    home = HomePage.objects.get()
    assert done == {"created": 3}
    assert Site.objects.get().root_page_id == home.pk
    assert not Page.objects.filter(title__startswith="Welcome").exists()
    assert ArticlePage.objects.live().get().url == "/articles/about-us/"


def test_the_content_is_loaded_whole(world):
    files = [*record_items(CONTENT), *page_items(CONTENT / "pages")]

    assert {(item.name, item.digest) for item in files} == set(
        LoadedItem.objects.values_list("name", "digest")
    )
    assert ArticlePage.objects.live().count() == 10
    assert ArticlePage.objects.live().in_reading_order().first().url == "/articles/ketamine-for-depression/"
    assert not Page.objects.filter(title__startswith="Welcome").exists()


def test_what_is_loaded_is_in_the_indexes_of_the_admin(world):
    """Wagtail's own search, and its list of what is used where, which are written once at the end."""
    page = ArticlePage.objects.get(slug="ketamine-for-depression")
    assert page in ArticlePage.objects.search(page.title)
    claim = Claim.objects.filter(claim_sources__isnull=False).first()
    used = ReferenceIndex.get_references_to(claim.claim_sources.first().source)
    assert str(claim.pk) in used.values_list("object_id", flat=True)


@pytest.mark.django_db
def test_a_welcome_page_that_an_operator_made_their_own_is_not_removed():
    welcome = Page.objects.get(depth=2)
    welcome.title = "Our own page"
    welcome.save_revision().publish()

    with pytest.raises(ContentError, match="pages/home: an editor has made a page at this address"):
        load(CONTENT)

    assert Page.objects.filter(title="Our own page").exists()


def test_a_second_load_changes_nothing_and_asks_little(world):
    before = list(LoadedItem.objects.order_by("pk").values())

    with CaptureQueriesContext(connection) as queries:
        done = load(CONTENT)

    assert set(done) == {"unchanged"}
    assert list(LoadedItem.objects.order_by("pk").values()) == before
    assert len(queries) <= 6


def test_a_changed_file_changes_its_page_and_no_other(world, folder):
    change(folder / "pages" / "about.yaml", summary="Who we are.")

    done = load(folder)

    assert done["updated"] == 1
    about = StandardPage.objects.get(slug="about")
    assert about.summary == SearchEntry.objects.get(page=about).summary == "Who we are."
    assert load(folder)["updated"] == 0


def test_a_changed_record_changes(world, folder):
    sources = yaml.safe_load((folder / "sources.yaml").read_text(encoding="utf-8"))
    sources["reif-2023"]["pmid"] = "12345"
    (folder / "sources.yaml").write_text(yaml.safe_dump(sources, allow_unicode=True), encoding="utf-8")

    assert load(folder)["updated"] == 1
    assert Source.objects.get(key="reif-2023").pmid == "12345"


def test_a_page_that_an_editor_changed_is_kept(world, folder):
    page = StandardPage.objects.get(slug="about")
    page.summary = "An editor wrote this."
    page.save_revision().publish()
    change(folder / "pages" / "about.yaml", summary="The file says this.")

    assert load(folder)["kept as edited"] == 1
    assert StandardPage.objects.get(slug="about").summary == "An editor wrote this."


def test_a_draft_that_an_editor_has_not_published_is_kept(world, folder):
    page = StandardPage.objects.get(slug="about")
    page.summary = "Half a thought"
    page.save_revision()
    change(folder / "pages" / "about.yaml", summary="The file says this.")

    load(folder)

    page.refresh_from_db()
    assert page.get_latest_revision_as_object().summary == "Half a thought"
    assert page.summary != "The file says this."


def test_a_record_that_an_editor_changed_is_kept(world, folder):
    line = CrisisLine.objects.get(key="gb-samaritans")
    line.note = "Free, day and night"
    line.save()
    line.save_revision()
    lines = yaml.safe_load((folder / "crisis_lines.yaml").read_text(encoding="utf-8"))
    lines["gb-samaritans"]["note"] = "The file says this."
    (folder / "crisis_lines.yaml").write_text(yaml.safe_dump(lines, allow_unicode=True), encoding="utf-8")

    assert load(folder)["kept as edited"] == 1
    line.refresh_from_db()
    assert line.note == "Free, day and night"


def test_a_page_that_an_editor_deleted_stays_deleted(world, folder):
    StandardPage.objects.get(slug="privacy").delete()
    change(folder / "pages" / "privacy.yaml", summary="The file says this.")

    assert load(folder)["kept as edited"] == 1
    assert not StandardPage.objects.filter(slug="privacy").exists()


def test_a_page_moved_by_an_editor_is_not_made_again(world, folder):
    page = StandardPage.objects.get(slug="privacy")
    page.slug = "your-privacy"
    page.save_revision().publish()

    load(folder)

    assert StandardPage.objects.filter(slug__contains="privacy").count() == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ([{"txt": "x"}], "“txt” is not one of"),
        ([{"text": {"a": "b"}}], "Quote it if it holds a colon"),
        ([{"text": "x [@nobody-1999]"}], "No source has this key: nobody-1999"),
        ([{"care_card": {"urgency": "panic", "heading": "x", "text": "x"}}], "urgency"),
        ([{"section": "Twice"}, {"section": "Twice"}], "Two sections are called “Twice”"),
        ([{"chart": {"chart": "no-such-chart"}}], "EvidenceChart matching query does not exist"),
        (
            [{"evidence_table": {"table": {"caption": "", "columns": ["A"], "rows": [["1"]]}}}],
            "Give the table a caption",
        ),
    ],
)
def test_a_wrong_file_is_named_with_the_reason_and_nothing_is_loaded(world, folder, body, message):
    change(folder / "pages" / "privacy.yaml", body=body)
    change(folder / "pages" / "about.yaml", summary="Loaded before the wrong one.")

    with pytest.raises(ContentError) as refused:
        load(folder)

    assert "pages/privacy" in str(refused.value)
    assert message in str(refused.value)
    assert StandardPage.objects.get(slug="about").summary != "Loaded before the wrong one."


def test_a_page_of_an_editor_at_the_address_of_a_new_file_is_not_touched(world, folder):
    page = StandardPage(title="Ours", summary="Ours", slug="funding")
    HomePage.objects.get().add_child(instance=page)
    shutil.copy(folder / "pages" / "about.yaml", folder / "pages" / "funding.yaml")

    with pytest.raises(ContentError, match="an editor has made a page at this address"):
        load(folder)


def test_the_command_explains_a_file_that_is_not_yaml(world, folder):
    (folder / "pages" / "about.yaml").write_text("title: [", encoding="utf-8")
    with pytest.raises(CommandError, match="about"):
        call_command("load_articles", folder)


def test_markdown_cannot_carry_markup_or_script(world, folder):
    change(
        folder / "pages" / "about.yaml",
        body=[{"text": "<script>alert(1)</script> [x](javascript:alert(1)) **bold**"}],
    )

    load(folder)

    html = StandardPage.objects.get(slug="about").cited_body().html
    assert "<script" not in html
    assert 'href="javascript' not in html
    assert "<b>bold</b>" in html or "<strong>bold</strong>" in html


def test_figures_of_a_chart_are_loaded_as_written(world):
    trials = EvidenceChart.objects.get(key="response-by-trial").figures
    assert [str(trial.value["treatment_percent"]) for trial in trials] == [
        "71",
        "64",
        "69.3",
        "55.4",
        "60",
        "46.9",
    ]


def test_the_site_takes_its_address_from_the_environment(world, settings):
    settings.SITE_URL = "https://ketamine.example.org"
    load(CONTENT)
    site = Site.objects.get()
    assert (site.hostname, site.port) == ("ketamine.example.org", 443)
