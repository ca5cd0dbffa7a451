"""The report of claims due a check and of dead links, from the command that a timer runs."""

import subprocess
import sys

from django.conf import settings
from django.core.management import CommandError, call_command

from articles.management.commands.check_sources import ask
from articles.models import Source


def report(capsys, *args) -> tuple[str, str]:
    """What the command printed, and how it failed."""
    try:
        call_command("check_sources", *args)
    except CommandError as error:
        return capsys.readouterr().out, str(error)
    return capsys.readouterr().out, ""


def test_nothing_is_due_on_the_day_of_the_first_check(world, capsys):
    assert report(capsys, "--no-links", "--on", "2026-11-23") == ("Nothing is due.\n", "")


def test_claims_whose_day_has_come_are_named(world, capsys):
    said, failure = report(capsys, "--no-links", "--on", "2027-02-23")
    assert "oxford-prices, since 2027-02-23" in said
    assert "nmda-block" not in said
    assert failure.startswith("3 claims are due a check")


def test_claims_on_a_retracted_source_are_named(world, capsys):
    Source.objects.filter(key="zanos-2018").update(standing="retracted", standing_note="By its journal.")
    said, failure = report(capsys, "--no-links", "--on", "2026-11-23")
    assert "Claims that rest on a source that no longer stands" in said
    assert "nmda-block" in said
    assert failure


def test_links_that_lead_inside_are_refused_by_the_process_that_asks(world, capsys):
    Source.objects.update(doi="", pmcid="", pmid="", url="")
    Source.objects.filter(key="smc-2020").update(url="http://127.0.0.1/admin/")
    Source.objects.filter(key="nice-tms").update(url="http://169.254.169.254/latest/")
    said, failure = report(capsys, "--on", "2026-11-23")
    assert "Links that we do not ask for: 2" in said
    assert "smc-2020: http://127.0.0.1/admin/ (it leads into a network that is not public)" in said
    assert "0 of 2 links answer" in said
    assert failure.endswith("and 2 links are gone.")


def test_answers_come_back_in_the_order_of_the_addresses():
    addresses = [f"http://127.0.0.{number}/" for number in range(1, 9)]
    assert [answer.address for answer in ask(addresses)] == addresses


def test_the_process_that_asks_has_neither_settings_nor_database_nor_secrets(monkeypatch):
    """It is started with an environment of its own, and does not import Django."""
    code = "import articles.links, sys; print([name for name in sys.modules if name.startswith('django')])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=settings.BASE_DIR,
        env={},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "[]\n"
    given = {}
    run = subprocess.run

    def watched(*args, **kwargs):
        given.update(kwargs["env"])
        return run(*args, **kwargs)

    monkeypatch.setenv("SECRET_KEY", "secret")
    monkeypatch.setattr(subprocess, "run", watched)
    assert ask(["http://127.0.0.1/"])
    assert given.keys() <= {"PATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR"}


def test_an_address_that_is_no_address_does_not_stop_the_others():
    [strange, inside] = ask(["http://[", "http://127.0.0.1/"])
    assert strange.verdict == "uncertain"
    assert inside.verdict == "refused"
