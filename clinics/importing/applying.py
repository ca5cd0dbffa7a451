"""Writing what a published list says: source records and draft clinics, all of them or none."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from pathlib import Path

from django.db import connection, transaction
from django.utils.text import slugify

from clinics.importing import gazetteer
from clinics.importing.copying import among, copy_in
from clinics.importing.proposing import differences, propose
from clinics.importing.reading import Mapping, Problem
from clinics.importing.survey import Reading, Survey
from clinics.models import Clinic, ClinicAddress, ClinicEvent, Provider, SourceRecord, Treatment
from clinics.models.address import leads_to_a_clinic

BATCH = 1000  # rows held at once
VACUUMED = ("clinics_clinic", "clinics_sourcerecord", "clinics_clinicevent")


@dataclass
class Report:
    """What an import did, or would do, in rows."""

    rows: int = 0
    new: int = 0
    unchanged: int = 0
    changed: int = 0
    proposed: int = 0  # changes of fields that a curator is asked about
    refused: int = 0
    notes: int = 0
    gone: int = 0  # in the list when it was last imported, and no longer
    listed: int = 0  # clinics that the public can see because of this import
    unplaced_in_list: int = 0  # new rows without a position of their own
    unplaced: int = 0  # of these, the ones that the gazetteer could not place either


class ListRefusedError(Exception):
    """Rows cannot be taken, so nothing was written."""

    def __init__(self, report: Report):
        super().__init__(f"{report.refused:,} of {report.rows:,} rows cannot be taken")
        self.report = report


class AlreadyRunningError(Exception):
    """Another import of the same list has not finished."""


def import_list(
    path: Path,
    mapping: Mapping,
    *,
    at: datetime,
    listed: bool = False,
    dry_run: bool = False,
    on_problem: Callable[[Problem], None] = lambda problem: None,
    on_progress: Callable[[int, int], None] = lambda done, of: None,
) -> Report:
    """Make each new row of the list a source record and a draft clinic; *listed* shows the clinics at once.

    A row that has changed changes its source record and never a clinic. One transaction: a refused row, an
    error or a killed process leaves everything as it was. *on_problem* gets each problem in the order of the
    rows, *on_progress* (rows done, rows in all) after each batch; while the rows are counted, (0, rows so far).

    Raises UnreadableFileError, ListRefusedError, AlreadyRunningError.
    """
    survey = Survey(path, mapping, on_rows=lambda rows: on_progress(0, rows))
    applied = _Import(mapping, at=at, listed=listed, writes=not dry_run)
    with transaction.atomic():
        _lock(mapping)
        before = SourceRecord.objects.filter(source=mapping.name).count()
        for batch in _batches(survey.readings()):
            applied.take(batch)
            for reading in batch:
                for problem in reading.row.problems:
                    on_problem(problem)
            on_progress(applied.report.rows, survey.rows)
        report = applied.report
        report.gone = before - report.unchanged - report.changed
        if report.refused and not dry_run:
            raise ListRefusedError(report)
    return report


def vacuum() -> None:
    """Let the planner and index-only scans know of a big load; not inside a transaction (docs/adr/0040)."""
    with connection.cursor() as cursor:
        for table in VACUUMED:
            cursor.execute(f"VACUUM (ANALYZE) {table}")


def _lock(mapping: Mapping) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock(hashtext(%s))", [f"clinics.importing {mapping.name}"]
        )
        if not cursor.fetchone()[0]:
            raise AlreadyRunningError(f"Another import of {mapping.title} is running.")


def _batches(readings: Iterator[Reading]) -> Iterator[list[Reading]]:
    while batch := list(islice(readings, BATCH)):
        yield batch


class _Import:
    """One import under way: takes batches of rows and keeps the count."""

    def __init__(self, mapping: Mapping, *, at: datetime, listed: bool, writes: bool):
        self._mapping, self._at, self._listed, self._writes = mapping, at, listed, writes
        self.report = Report()

    def take(self, batch: list[Reading]) -> None:
        """Sort a batch into new, changed and unchanged rows, and write it unless a row has been refused."""
        records = self._records(batch)
        new, changed, unchanged, proposed = [], [], [], []
        for reading in batch:
            record = records.get(reading.identifier)
            if reading.row.is_refused:
                continue
            if record is None:
                reading.fields = self._mapping.fields(reading.row)
                if not reading.row.is_refused:
                    new.append(reading)
            elif record.digest == reading.digest:
                unchanged.append(record)
            else:
                proposed.append((record, differences(self._mapping, record.data, reading.data)))
                changed.append(self._change(record, reading))
        self._place(new)
        self._count(batch, new, changed, unchanged)
        if self._writes and not self.report.refused:
            self._create(new)
            self._touch(changed, unchanged)
            self.report.proposed += propose(proposed, at=self._at)

    def _records(self, batch: list[Reading]) -> dict[str, SourceRecord]:
        identifiers = [reading.identifier for reading in batch]
        records = SourceRecord.objects.filter(source=self._mapping.name, identifier__in=among(identifiers))
        return {record.identifier: record for record in records}

    def _change(self, record: SourceRecord, reading: Reading) -> SourceRecord:
        columns = [
            column
            for column in {**record.data, **reading.data}
            if record.data.get(column) != reading.data.get(column)
        ]
        reading.row.note("", f"changed since the last import: {', '.join(columns)}; proposed to the curators")
        record.data, record.digest = reading.data, reading.digest
        return record

    def _place(self, new: list[Reading]) -> None:
        gazetteer.add_time_zones([reading.fields for reading in new])
        for reading in new:
            if "latitude" not in reading.fields:
                self.report.unplaced_in_list += 1
                if not gazetteer.add_position(reading.fields):
                    self.report.unplaced += 1
                    reading.row.note(
                        "", "no position, and the gazetteer knows neither its postcode nor its town"
                    )

    def _count(self, batch, new, changed, unchanged) -> None:
        report = self.report
        report.rows += len(batch)
        report.new += len(new)
        report.changed += len(changed)
        report.unchanged += len(unchanged)
        report.refused += sum(reading.row.is_refused for reading in batch)
        report.notes += sum(not problem.refused for reading in batch for problem in reading.row.problems)

    def _create(self, new: list[Reading]) -> None:
        providers = _providers(reading.fields.pop("provider", "") for reading in new)
        offers = [reading.fields.get("routes", []) for reading in new]
        clinics = [
            Clinic(
                **reading.fields,
                provider=provider,
                slug=slug,
                live=self._listed,
                has_unpublished_changes=not self._listed,
                first_published_at=self._at if self._listed else None,
                last_published_at=self._at if self._listed else None,
            )
            for reading, provider, slug in zip(new, providers, self._slugs(new), strict=True)
        ]
        copy_in(clinics)
        copy_in(
            [
                Treatment(clinic=clinic, route=route)
                for clinic, routes in zip(clinics, offers, strict=True)
                for route in routes
            ]
        )
        records = [
            SourceRecord(
                source=self._mapping.name,
                identifier=reading.identifier,
                clinic=clinic,
                data=reading.data,
                digest=reading.digest,
                first_seen_at=self._at,
                last_seen_at=self._at,
            )
            for reading, clinic in zip(new, clinics, strict=True)
        ]
        copy_in(records)
        self._write_events(clinics, "import")
        self.report.listed += len(clinics) if self._listed else 0

    def _touch(self, changed: list[SourceRecord], unchanged: list[SourceRecord]) -> None:
        """Note that the rows were seen; show their drafts if asked to, unless a curator has touched them."""
        SourceRecord.objects.bulk_update(changed, ["data", "digest"])
        seen = SourceRecord.objects.filter(pk__in=[record.pk for record in changed + unchanged])
        seen.update(last_seen_at=self._at)
        if self._listed:
            drafts = Clinic.objects.filter(
                source_records__in=seen, live=False, latest_revision=None, first_published_at=None
            )
            clinics = list(drafts.distinct())
            Clinic.objects.filter(pk__in=[clinic.pk for clinic in clinics]).update(
                live=True,
                has_unpublished_changes=False,
                first_published_at=self._at,
                last_published_at=self._at,
            )
            self._write_events(clinics, "publish")
            self.report.listed += len(clinics)

    def _write_events(self, clinics: Iterable[Clinic], kind: str) -> None:
        data = {"source": self._mapping.name, "listed": self._listed}
        copy_in([ClinicEvent(clinic=clinic, kind=kind, data=data, at=self._at) for clinic in clinics])

    def _slugs(self, new: list[Reading]) -> list[str]:
        """A free slug for each: name and town; where that is taken, with the postcode, or with a digest."""
        choices = [self._slug_choices(reading) for reading in new]
        wanted = Counter(first for first, *_ in choices)
        taken = _existing_slugs(wanted)
        taken |= _existing_slugs(
            slug for first, *others in choices if first in taken or wanted[first] > 1 for slug in others
        )
        chosen = []
        for slugs in choices:
            slug = next(slug for slug in slugs if slug not in taken and leads_to_a_clinic(slug))
            taken.add(slug)
            chosen.append(slug)
        return chosen

    def _slug_choices(self, reading: Reading) -> list[str]:
        name = f"{reading.fields['name']} {reading.fields['town']}".replace("/", " ")
        base = slugify(name)[:80].strip("-") or "clinic"
        digest = sha256(f"{self._mapping.name} {reading.identifier}".encode()).hexdigest()
        postcode = slugify(reading.fields["postcode"])
        digests = [f"{base}-{digest[:length]}" for length in (8, 16, 32)]
        return [base, *([f"{base}-{postcode}"] if postcode else []), *digests]


def _existing_slugs(slugs: Iterable[str]) -> set[str]:
    slugs = list(slugs)
    return {
        slug
        for model in (Clinic, ClinicAddress)
        for slug in model._default_manager.filter(slug__in=among(slugs)).values_list("slug", flat=True)
    }


def _providers(names: Iterable[str]) -> list[Provider | None]:
    """The provider of each name, made where there is none; None where the name is empty."""
    names = list(names)
    wanted = {name for name in names if name}
    known = {
        provider.name: provider for provider in Provider.objects.filter(name__in=wanted, is_sample=False)
    }
    made = Provider.objects.bulk_create(Provider(name=name) for name in sorted(wanted - known.keys()))
    known |= {provider.name: provider for provider in made}
    return [known.get(name) for name in names]
