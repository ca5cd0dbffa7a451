import datetime
import json
import os
import subprocess
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from articles.links import AT_ONCE, MOST_REDIRECTS, NO_HOST, SECONDS, Answer, Verdict
from articles.models import Claim, Source

MOST_LINKS = 1000
KEPT = ("PATH", "LANG", "SSL_CERT_FILE", "SSL_CERT_DIR")  # of the environment: no secret, no database


class Command(BaseCommand):
    help = (
        "Report the claims due a check, those that rest on a source that no longer stands, and the links of sources "
        "that are gone. Fails when there is anything to do. Links are asked by a process without the database."
    )

    def add_arguments(self, parser):
        parser.add_argument("--no-links", action="store_true", help="Ask nobody: report the claims only.")
        parser.add_argument(
            "--on",
            type=datetime.date.fromisoformat,
            help="The day to report for, such as 2027-05-23; today by default.",
        )

    def handle(self, *args, no_links: bool, on: datetime.date | None, **options):
        due = list(Claim.objects.due(on=on or timezone.localdate()))
        shaken = list(Claim.objects.live().on_fallen_sources())
        self._list("Claims due a check", [f"{claim.key}, since {claim.next_check_on}" for claim in due])
        self._list("Claims that rest on a source that no longer stands", [claim.key for claim in shaken])
        dead = 0 if no_links else self._report_links()
        if due or shaken or dead:
            raise CommandError(
                f"{len(due)} claims are due a check, {len(shaken)} rest on a source that no longer stands, "
                f"and {dead} links are gone."
            )
        self.stdout.write("Nothing is due.")

    def _report_links(self) -> int:
        """Print what the links of all sources answered; how many of them nobody can follow."""
        keys = {source.address: source.key for source in Source.objects.all() if source.address}
        answers = ask(list(keys)[:MOST_LINKS])
        if answers and all(answer.detail == NO_HOST for answer in answers):
            raise CommandError("Not one host has an address. Is this machine on the internet?")
        headings = {
            Verdict.GONE: "Links that are gone",
            Verdict.REFUSED: "Links that we do not ask for",
            Verdict.MOVED: "Links that have moved",
            Verdict.UNCERTAIN: "Links that a person must open",
        }
        for verdict, heading in headings.items():
            found = [answer for answer in answers if answer.verdict == verdict]
            lines = [f"{keys[answer.address]}: {answer.address} ({answer.detail})" for answer in found]
            self._list(heading, lines)
        works = sum(answer.verdict == Verdict.WORKS for answer in answers)
        self.stdout.write(f"{works} of {len(answers)} links answer.")
        return sum(answer.verdict in (Verdict.GONE, Verdict.REFUSED) for answer in answers)

    def _list(self, heading: str, lines: list[str]) -> None:
        if lines:
            self.stdout.write("\n  ".join([f"{heading}: {len(lines)}", *sorted(lines)]))


def ask(addresses: list[str]) -> list[Answer]:
    """An answer for each of *addresses*, in their order, from a process that knows nothing of this one."""
    longest = 30 + len(addresses) / AT_ONCE * SECONDS * (MOST_REDIRECTS + 1)
    try:
        output = subprocess.run(
            [sys.executable, "-m", "articles.links"],
            input=json.dumps(addresses),
            stdout=subprocess.PIPE,
            text=True,
            cwd=settings.BASE_DIR,
            env={name: os.environ[name] for name in KEPT if name in os.environ},
            timeout=longest,
            check=True,
        ).stdout
    except subprocess.TimeoutExpired as error:
        output = (error.stdout or b"").decode()
    given = [json.loads(line) for line in output.splitlines() if line.endswith("}")]
    answers = {
        answer["address"]: Answer(**answer | {"verdict": Verdict(answer["verdict"])}) for answer in given
    }
    silent = {
        address: Answer(address, Verdict.UNCERTAIN, "it did not answer in time") for address in addresses
    }
    return list((silent | answers).values())
