"""Pairs found in the whole directory."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from clinics.duplicates import finding
from clinics.duplicates.finding import find_duplicates
from clinics.models import DuplicatePair
from places.distance import Point
from tests.clinics.admin.screens import NOON
from tests.factories import create_clinic, create_user

pytestmark = pytest.mark.django_db

LEEDS = Point(53.8, -1.55)


def create_twin(**fields):
    return create_clinic(
        **{"name": "Heron", "street": "12 Park Street", "postcode": "LS1 4AP", "point": LEEDS} | fields
    )


def possible() -> list[tuple[int, int]]:
    return list(DuplicatePair.objects.possible().values_list("first", "second"))


def test_two_listings_of_one_clinic_are_found_with_the_reasons():
    one, other = create_twin(), create_twin(listed=False, name="Heron clinic")
    create_twin(name="Curlew House", phone="+44 113 496 0009")
    found = find_duplicates(at=NOON)
    assert (found.listings, found.possible, found.new, found.gone) == (3, 1, 1, 0)
    pair = DuplicatePair.objects.get()
    assert (pair.first, pair.second, pair.found_at) == (one, other, NOON)
    assert ["The same street address", 30] in pair.reasons
    assert pair.score == sum(points for _, points in pair.reasons) >= 50


def test_finding_again_changes_nothing_but_what_has_changed():
    one, other = create_twin(), create_twin()
    find_duplicates(at=NOON)
    before = DuplicatePair.objects.get()
    again = find_duplicates(at=NOON + timedelta(days=1))
    assert (again.new, again.gone) == (0, 0)
    after = DuplicatePair.objects.get()
    assert (after.pk, after.score, after.found_at) == (before.pk, before.score, NOON)
    other.phone, one.phone = "+44 113 496 0001", "+44 113 496 0002"
    other.save()
    one.save()
    find_duplicates(at=NOON + timedelta(days=2))
    assert ["Different phone numbers", -10] in DuplicatePair.objects.get().reasons
    other.name, other.street, other.postcode = "Curlew House", "1 Mill Lane", "LS9 1AA"
    other.save()
    assert find_duplicates(at=NOON + timedelta(days=3)).gone == 1
    assert not DuplicatePair.objects.exists()


def test_a_decided_pair_never_comes_back():
    create_twin()
    create_twin()
    find_duplicates(at=NOON)
    DuplicatePair.objects.update(decision="different", decided_at=NOON, decided_by=create_user())
    found = find_duplicates(at=NOON + timedelta(days=1))
    assert (found.new, found.gone) == (0, 0)
    assert possible() == []
    assert DuplicatePair.objects.get().decision == "different"


def test_a_delisted_listing_is_no_duplicate_any_more():
    one, other = create_twin(), create_twin()
    find_duplicates(at=NOON)
    assert possible() == [(one.pk, other.pk)]
    type(other).objects.filter(pk=other.pk).update(status="delisted", delisted_because="closed")
    assert possible() == []
    assert find_duplicates(at=NOON + timedelta(days=1)).gone == 1


def test_samples_and_real_clinics_are_never_paired():
    create_twin()
    create_twin(is_sample=True)
    assert find_duplicates(at=NOON).possible == 0


def test_the_likeliest_come_first():
    create_twin(phone="+44 113 496 0001", name="Heron, Adults")
    create_twin(phone="+44 113 496 0002", name="Heron, Children")
    alike = create_twin(street="9 Mill Lane", postcode="LS9 1AA", point=Point(53.9, -1.6))
    twin = create_twin(street="9 Mill Lane", postcode="LS9 1AA", point=Point(53.9, -1.6))
    find_duplicates(at=NOON)
    assert possible()[0] == (alike.pk, twin.pk)
    scores = list(DuplicatePair.objects.possible().values_list("score", flat=True))
    assert scores == sorted(scores, reverse=True)
    assert len(scores) == 2


def test_many_who_share_a_switchboard_are_not_compared_with_each_other(monkeypatch):
    monkeypatch.setattr(finding, "LARGEST_BLOCK", 5)
    for number in range(6):
        create_clinic(name=f"Site {number} of a chain", phone="+44 113 496 0001", postcode=f"LS{number} 1AA")
    assert find_duplicates(at=NOON).compared == 0


def test_the_work_grows_with_the_directory_and_not_with_its_square():
    for number in range(60):
        create_clinic(
            name=f"Nothing alike {number}", postcode=f"LS{number} 1AA", point=Point(50 + number / 10, 0)
        )
    assert find_duplicates(at=NOON).compared == 0
    with CaptureQueriesContext(connection) as queries:
        find_duplicates(at=NOON)
    assert len(queries) < 15


@pytest.mark.parametrize("changes", [{"first": "second"}, {"decision": "merged"}, {"decided_at": NOON}])
def test_the_database_keeps_pairs_sound(changes):
    one, other = create_twin(), create_twin()
    fields = {"first": one, "second": other, "score": 60, "found_at": NOON, "seen_at": NOON} | changes
    if fields["first"] == "second":
        fields |= {"first": other, "second": one}
    with pytest.raises(IntegrityError), transaction.atomic():
        DuplicatePair.objects.create(**fields)


def test_the_command_says_what_it_found(capsys):
    create_twin()
    create_twin()
    call_command("find_duplicates")
    assert "1 may be duplicates (1 new, 0 gone)" in capsys.readouterr().out


def test_the_command_runs_once_a_day_when_it_is_asked_whether_it_is_due(capsys):
    cache.delete("find_duplicates")
    for expected in (True, False):
        call_command("find_duplicates", if_due=True)
        assert bool(capsys.readouterr().out) == expected
    call_command("find_duplicates")
    assert capsys.readouterr().out
