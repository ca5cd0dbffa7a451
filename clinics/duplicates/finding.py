"""Which listings of the whole directory may be of one clinic."""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import blake2b
from itertools import islice

from django.db import connection, transaction

from clinics.duplicates.likeness import ENOUGH, Listing, Reason, blocks, reasons, score
from clinics.models import Clinic, DuplicatePair

LARGEST_BLOCK = 30  # listings; more share a switchboard or a tower, and say nothing by it
BATCH = 2000
COMPARED = tuple("id" if field.name == "pk" else field.name for field in fields(Listing))

MAKE_BLOCKS = "CREATE TEMPORARY TABLE duplicate_block (key bigint, clinic_id bigint) ON COMMIT DROP"
# Each listing meets at most LARGEST_BLOCK others in each of its few blocks: the work grows with the directory, not
# with its square.
CANDIDATES = """
    WITH key_of_few AS (
        SELECT key FROM duplicate_block GROUP BY key HAVING count(*) BETWEEN 2 AND %s
    ), pair AS (
        SELECT DISTINCT one.clinic_id AS first_id, other.clinic_id AS second_id
        FROM key_of_few
        JOIN duplicate_block one USING (key)
        JOIN duplicate_block other ON other.key = one.key AND other.clinic_id > one.clinic_id
    )
    SELECT {columns}, similarity(one.name, other.name)
    FROM pair
    JOIN clinics_clinic one ON one.id = pair.first_id
    JOIN clinics_clinic other ON other.id = pair.second_id
""".format(columns=", ".join(f'{side}."{name}"' for side in ("one", "other") for name in COMPARED))  # noqa: S608


class AlreadyRunningError(Exception):
    """Somebody else is looking for duplicates now."""


@dataclass
class Finding:
    """What a search found, in listings and pairs of them."""

    listings: int = 0
    compared: int = 0
    possible: int = 0  # enough alike to be shown, decided ones included
    new: int = 0
    gone: int = 0  # found earlier, not any more, and undecided


@transaction.atomic
def find_duplicates(*, at: datetime) -> Finding:
    """Bring the pairs up to date with the directory; what a curator has decided is left as it was decided.

    Raises AlreadyRunningError.
    """
    found = Finding()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('clinics.duplicates'))")
        if not cursor.fetchone()[0]:
            raise AlreadyRunningError("Somebody else is looking for duplicates now.")
    found.listings = _make_blocks()
    before = DuplicatePair.objects.count()
    batch: list[DuplicatePair] = []
    for one, other, similarity in _candidates():
        found.compared += 1
        why = reasons(one, other, similarity=similarity)
        if score(why) >= ENOUGH:
            found.possible += 1
            batch.append(_pair(one, other, why, at))
        if len(batch) == BATCH:
            _keep(batch)
            batch = []
    _keep(batch)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE duplicate_block")
    found.new = DuplicatePair.objects.count() - before
    found.gone, _ = DuplicatePair.objects.filter(decision="", seen_at__lt=at).delete()
    return found


def _make_blocks() -> int:
    """Write down each listing's blocks; how many listings there are."""
    rows = Clinic.objects.exclude(status=Clinic.Status.DELISTED).values_list(*COMPARED).iterator(BATCH)
    count = 0
    with connection.cursor() as cursor:
        cursor.execute(MAKE_BLOCKS)
        while batch := [Listing(*row) for row in islice(rows, BATCH)]:
            count += len(batch)
            with cursor.copy("COPY duplicate_block FROM STDIN") as copy:
                for listing in batch:
                    for block in set(blocks(listing)):
                        copy.write_row((_key(block), listing.pk))
        cursor.execute("ANALYZE duplicate_block")
    return count


def _key(block: str) -> int:
    """A number to join by. Two blocks that came to the same would only have more listings compared."""
    return int.from_bytes(blake2b(block.encode(), digest_size=8).digest(), signed=True)


def _candidates() -> Iterator[tuple[Listing, Listing, float]]:
    """Pairs that share a block, each once, with the similarity of their names."""
    width = len(COMPARED)
    with connection.chunked_cursor() as cursor:
        cursor.execute(CANDIDATES, [LARGEST_BLOCK])
        while rows := cursor.fetchmany(BATCH):
            for row in rows:
                yield Listing(*row[:width]), Listing(*row[width : 2 * width]), row[-1]


def _pair(one: Listing, other: Listing, why: list[Reason], at: datetime) -> DuplicatePair:
    return DuplicatePair(
        first_id=one.pk,
        second_id=other.pk,
        score=score(why),
        reasons=sorted(why, key=lambda reason: -reason.points),
        found_at=at,
        seen_at=at,
    )


def _keep(pairs: list[DuplicatePair]) -> None:
    DuplicatePair.objects.bulk_create(
        pairs,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["score", "reasons", "seen_at"],
    )
