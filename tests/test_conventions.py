"""What the project has agreed on and a reader cannot see at a glance."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

PROJECT = Path(settings.BASE_DIR)
OUR_APPS = ("accounts", "articles", "clinics", "ketamine_info", "places")
MAY_IMPORT = {
    "accounts": set(),
    "places": set(),
    "clinics": {"places"},
    "articles": {"clinics", "places"},
    "ketamine_info": {"accounts", "articles", "clinics", "places"},
}
LONGEST_FILE = 400  # lines


def python_files(folder: str) -> list[Path]:
    return [path for path in (PROJECT / folder).rglob("*.py") if "migrations" not in path.parts]


def imported_apps(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return {module.split(".")[0] for module in modules} & set(OUR_APPS)


def tracked_files() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("this copy of the project is not a git checkout")
    return [PROJECT / name for name in listed.stdout.split("\0") if name and (PROJECT / name).is_file()]


@pytest.mark.parametrize("app", OUR_APPS)
def test_imports_go_one_way(app):
    for path in python_files(app):
        beyond = imported_apps(path) - {app} - MAY_IMPORT[app]
        assert not beyond, f"{path.relative_to(PROJECT)} imports {', '.join(beyond)}"


def test_the_way_of_imports_would_be_seen(tmp_path):
    path = tmp_path / "wrong.py"
    path.write_text("def later():\n    from clinics.models import Clinic\n    import articles.blocks\n")
    assert imported_apps(path) == {"clinics", "articles"}


INLINE = re.compile(
    r"""<style|\sstyle=|\son[a-z]+=["']|javascript:|<script(?![^>]*\ssrc=)(?![^>]*type="application/(?:ld\+)?json")""",
    re.IGNORECASE,
)


@pytest.mark.parametrize("path", sorted((PROJECT / "templates").rglob("*.html")), ids=lambda path: path.name)
def test_templates_hold_no_inline_style_or_script(path):
    """The public policy forbids them; a browser would drop them without a word."""
    assert not INLINE.search(path.read_text())


@pytest.mark.parametrize(
    "html",
    [
        "<p style='x'>",
        '<a onclick="x">',
        "<script>x",
        '<script type="module">x',
        "<style>",
        '<a href="javascript:x">',
    ],
)
def test_inline_style_and_script_would_be_seen(html):
    assert INLINE.search(html)


# Put together here, so that this file does not find itself.
REGISTRIES = ["pypi" + ".org", "python" + "hosted.org", "npm" + "js.org", "deb.debian" + ".org"]
MACHINE = re.compile(r"(?<![\w.~])/(?:work|root)" + r"/\w")


def test_no_file_names_a_registry_or_a_machine():
    for path in tracked_files():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue
        where = path.relative_to(PROJECT)
        assert not [host for host in REGISTRIES if host in text], where
        assert not MACHINE.search(text), where


def test_files_fit_a_reader():
    for app in (*OUR_APPS, "tools"):
        for path in python_files(app):
            assert len(path.read_text().splitlines()) <= LONGEST_FILE, path.relative_to(PROJECT)


def test_each_app_has_one_line_of_migrations():
    loader = MigrationLoader(None)
    for app in apps.get_app_configs():
        if app.label in loader.migrated_apps:
            assert len(loader.graph.leaf_nodes(app.label)) == 1, app.label


def test_every_variable_is_described():
    read = set()
    for path in [*python_files("ketamine_info"), PROJECT / "ketamine_info/settings.py"]:
        read |= set(re.findall(r"""env(?:iron)?(?:\.\w+)?\(\s*"([A-Z_]+)\"""", path.read_text()))
    described = set(re.findall(r"^#?([A-Z_]+)=", (PROJECT / ".env.example").read_text(), re.MULTILINE))
    assert {"SECRET_KEY", "WEB_CONCURRENCY", "EMAIL_URL"} <= read
    assert read - {"DJANGO_SETTINGS_MODULE", "XDG_DATA_HOME"} == described
