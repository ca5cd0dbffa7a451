import time
from pathlib import Path

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils import timezone

from clinics.importing.applying import AlreadyRunningError, ListRefusedError, Report, import_list, vacuum
from clinics.importing.mappings import MAPPINGS
from clinics.importing.reading import Problem, UnreadableFileError


class Command(BaseCommand):
    help = "Import a published list of clinics: each new row becomes a source record and a draft clinic."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, metavar="FILE", help="The list, as it was published.")
        parser.add_argument("--source", required=True, choices=sorted(MAPPINGS), help="Whose list it is.")
        parser.add_argument("--dry-run", action="store_true", help="Report on each row and write nothing.")
        parser.add_argument(
            "--list", action="store_true", help="Show the clinics to the public at once (trials)."
        )

    def handle(self, *args, **options):
        self.verbosity, self.dry_run = options["verbosity"], options["dry_run"]
        start = time.perf_counter()
        try:
            report = import_list(
                options["file"],
                MAPPINGS[options["source"]],
                at=timezone.now(),
                listed=options["list"],
                dry_run=self.dry_run,
                on_problem=self._say_problem,
                on_progress=self._say_progress,
            )
        except FileNotFoundError as error:
            raise CommandError(f"There is no file {options['file']}.") from error
        except OSError as error:
            raise CommandError(f"{options['file']} cannot be read: {error.strerror}.") from error
        except (UnreadableFileError, AlreadyRunningError) as error:
            raise CommandError(str(error)) from error
        except ListRefusedError as refusal:
            self._say_report(refusal.report)
            raise CommandError(
                f"{refusal}. Nothing was written: mend them, or take them out, and run it again."
            ) from refusal
        if not self.dry_run and not connection.in_atomic_block:
            vacuum()
        self._say_report(report)
        verb = "Read" if self.dry_run else "Imported"
        self.stdout.write(f"{verb} in {time.perf_counter() - start:.1f} s.")
        if report.new and not self.dry_run:
            self._find_duplicates()

    def _find_duplicates(self) -> None:
        try:
            call_command("find_duplicates", stdout=self.stdout)
        except CommandError as error:  # the import stands
            self.stderr.write(f"{error} Run find_duplicates when they are done.")

    def _say_problem(self, problem: Problem) -> None:
        if self.dry_run or problem.refused or self.verbosity > 1:
            self.stdout.write(str(problem))

    def _say_progress(self, done: int, of: int) -> None:
        if done and self.verbosity > 0:
            self.stderr.write(f"{done:,} of {of:,} rows")
            self.stderr.flush()

    def _say_report(self, report: Report) -> None:
        would = "Nothing was written. An import would find " if self.dry_run else ""
        self.stdout.write(
            f"{would}{report.rows:,} rows: {report.new:,} new, {report.unchanged:,} unchanged, "
            f"{report.changed:,} changed, {report.refused:,} refused; {report.notes:,} notes"
            + ("." if self.dry_run or self.verbosity > 1 or not report.notes else " (--dry-run shows them).")
        )
        self.stdout.write(
            f"Without a position in the list: {report.unplaced_in_list:,}; "
            f"still without after the gazetteer: {report.unplaced:,}."
        )
        if report.gone:
            self.stdout.write(f"In an earlier import and no longer in the list: {report.gone:,}.")
        if report.proposed:
            self.stdout.write(f"Proposed to the curators: {report.proposed:,} changes.")
        if report.listed:
            self.stdout.write(f"Listed: {report.listed:,}.")
