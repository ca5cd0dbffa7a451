"""A server refuses to start on what is meant for a trial, and says what is missing."""

import subprocess
import sys

import pytest
from django.conf import settings

from ketamine_info.environment import problems

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
