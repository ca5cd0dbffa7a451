"""A server refuses to start on what is meant for a trial, and says what is missing."""

import subprocess
import sys

import pytest
from django.conf import settings

from ketamine_info.environment import problems
from places.tiles import BASE_MAP

GOOD = {
    "SECRET_KEY": "x" * 64,
    "ALLOWED_HOSTS": "ketamine.example",
    "DATABASE_URL": "postgres://user:password@db:5432/name",
    "SITE_URL": "https://ketamine.example",
}


def test_production_with_everything_is_fit():
    assert problems(GOOD) == []


@pytest.mark.parametrize("deployment", ["local", "test"])
def test_a_trial_needs_nothing(deployment):
    assert problems({"DEPLOYMENT": deployment}) == []


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", ""),
        ("SECRET_KEY", "local-only-not-a-secret"),
        ("ALLOWED_HOSTS", ""),
        ("ALLOWED_HOSTS", "*"),
        ("DATABASE_URL", ""),
        ("DATABASE_URL", "sqlite:///db.sqlite3"),
        ("SITE_URL", ""),
        ("SITE_URL", "http://ketamine.example"),
        ("SITE_URL", "ketamine.example"),
        ("DEBUG", "True"),
    ],
)
def test_each_variable_is_named(name, value):
    (problem,) = problems(GOOD | {name: value})
    assert problem.startswith(name)


TILES = {"MAP_TILE_URL": "https://tiles.example/{z}/{x}/{y}.png?key=a", "MAP_ATTRIBUTION": "© Somebody"}


def test_pictures_of_another_host_may_be_chosen_for_the_map():
    assert problems(GOOD | TILES) == []
    show = (
        "from django.conf import settings as s;"
        "print([name for name, hosts in s.CONTENT_SECURITY_POLICY['DIRECTIVES'].items() if len(hosts) > 1],"
        " s.CONTENT_SECURITY_POLICY['DIRECTIVES']['img-src'])"
    )
    shown = subprocess.run(
        [sys.executable, "-c", show],
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin", "DJANGO_SETTINGS_MODULE": "ketamine_info.settings", **GOOD, **TILES},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.strip() == """['img-src'] ["'self'", 'https://tiles.example']"""


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"MAP_TILE_URL": "http://tiles.example/{z}/{x}/{y}.png"}, "MAP_TILE_URL: an https address"),
        ({"MAP_TILE_URL": "https://{s}.tiles.example/{z}/{x}/{y}.png"}, "MAP_TILE_URL: an https address"),
        ({"MAP_TILE_URL": "https://tiles.example/{z}/{x}.png"}, "MAP_TILE_URL: an https address"),
        ({"MAP_TILE_URL": "https://me:secret@tiles.example/{z}/{x}/{y}"}, "MAP_TILE_URL: an https address"),
        ({"MAP_TILE_URL": "https://a.example; script-src */{z}/{x}/{y}"}, "MAP_TILE_URL: an https address"),
        ({"MAP_ATTRIBUTION": " "}, "MAP_ATTRIBUTION: whom"),
        ({"MAP_PMTILES": "map.pmtiles"}, "MAP_TILE_URL and MAP_PMTILES: choose one"),
        (
            {"MAP_TILE_URL": "", "MAP_PMTILES": "no/such.pmtiles"},
            "MAP_PMTILES: no/such.pmtiles cannot be read",
        ),
        ({"MAP_TILE_URL": "", "MAP_PMTILES": __file__}, "is no PMTiles archive"),
        ({"MAP_TILE_URL": "", "MAP_PMTILES": str(BASE_MAP)}, "are no pictures"),
    ],
)
@pytest.mark.parametrize("deployment", ["local", "production"])
def test_a_wrong_choice_of_map_is_told(wrong, named, deployment):
    (problem,) = problems(GOOD | TILES | wrong | {"DEPLOYMENT": deployment})
    assert named in problem


def test_an_unknown_deployment_is_named():
    (problem,) = problems({"DEPLOYMENT": "prod"})
    assert "'prod'" in problem


def test_nothing_set_starts_nothing_and_all_is_said_at_once():
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=settings.BASE_DIR,
        env={"PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert started.returncode == 1
    for name in GOOD:
        assert f"- {name}:" in started.stderr
    assert "DEPLOYMENT=local" in started.stderr
