"""How fast facts go out of date: the arithmetic, what history says, what people are told, whom curators call first."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from clinics import curation
from clinics.decay import BELIEVED_HALF_LIVES, WEIGHTS, Decay, Fact, Watched
from clinics.freshness import looks_of_answers, mark_doubtful, measure
from clinics.models import Clinic, ClinicEvent, ContactAttempt, HalfLife, OpeningHours, Treatment
from clinics.statements import known_facts
from tests.clinics.admin.screens import save
from tests.factories import create_attempt, create_clinic, create_user

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TODAY = NOW.date()

DAYS = st.floats(0, 50_000)
CHANGES = st.integers(0, 5_000)
FACTS = st.sampled_from(list(Fact))


# --- The arithmetic --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", Fact)
def test_before_anything_was_seen_the_half_life_is_what_we_believe(fact):
    decay = Decay.believed(fact)
    assert decay.half_life == pytest.approx(BELIEVED_HALF_LIVES[fact])
    assert decay.chance_true(BELIEVED_HALF_LIVES[fact]) == pytest.approx(0.5)
    assert 1 <= WEIGHTS[fact] <= 5


def test_numbers_worked_out_by_hand():
    """Prices, believed 365 days of a shape of 2: scale 365 / (2^(1/2) - 1) = 881.188.

    Two changes in 881.188 days: shape 4, scale 1762.376, half-life 1762.376 * (2^(1/4) - 1) = 333.454. A year after it
    was confirmed it is true with (1762.376 / 2127.376)^4 = 0.47099.
    """
    believed = Decay.believed(Fact.PRICES)
    assert (believed.shape, believed.scale) == pytest.approx((2, 881.188), abs=0.001)
    seen = believed.after(changes=2, days=881.188)
    assert (seen.shape, seen.scale) == pytest.approx((4, 1762.376), abs=0.001)
    assert seen.half_life == pytest.approx(333.454, abs=0.01)
    assert seen.chance_true(365) == pytest.approx(0.47099, abs=0.0001)
    assert seen.chance_true(0) == 1


def test_much_history_outweighs_what_we_believed():
    """1,000 changes in 100,000 days are a rate of 1 %, whose half-life is ln 2 / 0.01 = 69.3 days."""
    assert Decay.believed(Fact.PHONE).after(changes=1000, days=100_000).half_life == pytest.approx(
        69.3, rel=0.04
    )


@given(FACTS, CHANGES, DAYS, st.integers(1, 50), st.floats(1, 10_000))
def test_changes_shorten_and_days_without_lengthen_the_half_life(fact, changes, days, more, longer):
    decay = Decay.believed(fact).after(changes=changes, days=days)
    assert decay.after(changes=more, days=0).half_life < decay.half_life
    assert decay.after(changes=0, days=longer).half_life > decay.half_life


@given(FACTS, CHANGES, DAYS, st.lists(DAYS, min_size=2))
def test_nothing_becomes_truer_by_waiting(fact, changes, days, waits):
    decay = Decay.believed(fact).after(changes=changes, days=days)
    chances = [decay.chance_true(wait) for wait in sorted(waits)]
    assert all(0 <= later <= earlier <= 1 for earlier, later in pairwise(chances))


@given(FACTS, CHANGES, DAYS)
def test_at_its_half_life_it_is_as_likely_true_as_not(fact, changes, days):
    decay = Decay.believed(fact).after(changes=changes, days=days)
    assert decay.chance_true(decay.half_life) == pytest.approx(0.5)


@given(st.lists(st.tuples(st.floats(1, 1000), st.booleans()), min_size=1), st.data())
def test_a_look_that_finds_a_change_shortens_the_half_life(looks, data):
    which = data.draw(st.integers(0, len(looks) - 1))

    def half_life(changed: bool) -> float:
        watched = Watched()
        for number, (days, other) in enumerate(looks):
            watched.add(days, changed=changed if number == which else other)
        return Decay.believed(Fact.PHONE).after(changes=watched.changes, days=watched.days).half_life

    assert half_life(True) < half_life(False)


# --- What history says -----------------------------------------------------------------------------------------------


def tell(clinic, on: date, kind="verify", because="", **changed):
    """An event of that day; *changed* are [old, new]."""
    data = ({"how": "phone", "on": on.isoformat()} if kind == "verify" else {}) | (
        {"changed": changed} if changed else {}
    )
    at = datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
    return ClinicEvent.objects.create(clinic=clinic, kind=kind, because=because, data=data, at=at)


def seen(fact: Fact) -> tuple[int, int, float]:
    watched = measure(NOW)[fact]
    return watched.changes, watched.unchanged, watched.days


@pytest.mark.django_db
def test_a_phone_confirmed_twice_and_then_found_changed():
    """30 days as it was, then a change within 60, of which half count."""
    clinic = create_clinic(phone="+44 113 496 0002")
    tell(clinic, date(2026, 1, 1))
    tell(clinic, date(2026, 1, 31))
    tell(clinic, date(2026, 4, 1), phone=["+44 113 496 0001", "+44 113 496 0002"])
    assert seen(Fact.PHONE) == (1, 1, 60)
    kept = HalfLife.objects.get(fact=Fact.PHONE)
    assert (kept.changes, kept.unchanged, kept.days, kept.measured_at) == (1, 1, 60, NOW)
    assert HalfLife.decays()[Fact.PHONE] == Decay.believed(Fact.PHONE).after(changes=1, days=60)


@pytest.mark.django_db
def test_what_was_not_known_is_neither_watched_nor_changed():
    clinic = create_clinic(phone="+44 113 496 0001")
    tell(clinic, date(2026, 1, 1))
    tell(clinic, date(2026, 2, 1), phone=["", "+44 113 496 0001"])
    assert seen(Fact.PHONE) == (0, 0, 0)
    tell(clinic, date(2026, 2, 11))
    assert seen(Fact.PHONE) == (0, 1, 10)
    assert seen(Fact.WEBSITE) == (0, 0, 0)
    tell(clinic, date(2026, 3, 1), kind="correct", phone=["+44 113 496 0001", ""])
    tell(clinic, date(2026, 4, 1))
    Clinic.objects.update(phone="")
    assert seen(Fact.PHONE) == (0, 1, 10)


@pytest.mark.django_db
def test_a_price_added_changes_no_other():
    clinic = create_clinic(routes=[1])
    Treatment.objects.update(price_from=300, currency="GBP", price_unit="session")
    tell(clinic, date(2026, 1, 1))
    tell(clinic, date(2026, 1, 11), kind="publish", prices=[{"iv": "200"}, {"iv": "200", "im": "300"}])
    assert seen(Fact.PRICES) == (0, 0, 0)
    tell(clinic, date(2026, 1, 31), kind="publish", prices=[{"iv": "200"}, {"iv": "300"}])
    assert seen(Fact.PRICES) == (1, 0, 10)


@pytest.mark.django_db
def test_a_slip_put_right_on_the_same_day_is_no_change():
    clinic = create_clinic(phone="2")
    tell(clinic, date(2026, 1, 1))
    tell(clinic, date(2026, 1, 1), kind="correct", phone=["1", "2"])
    assert seen(Fact.PHONE) == (0, 0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("because", "changes"), [("closed", 1), ("moved", 1), ("duplicate", 0), ("asked", 0)]
)
def test_a_clinic_that_closed_was_open_before(because, changes):
    clinic = create_clinic(status="delisted", delisted_because=because)
    tell(clinic, date(2026, 1, 1))
    tell(clinic, date(2026, 1, 21), kind="delist", because=because)
    assert seen(Fact.OPEN) == (changes, 0, 10 * changes)


def answered(day: int, **learnt) -> ContactAttempt:
    return ContactAttempt(at=datetime(2026, 1, day, 12, tzinfo=UTC), outcome="answered", **learnt)


def test_calls_tell_of_new_patients_and_of_the_wait():
    looks = looks_of_answers(
        [
            answered(1, taking_new_patients=True, wait_weeks=3),
            answered(2),
            answered(3, taking_new_patients=True, wait_weeks=4),
            answered(4, taking_new_patients=False),
            answered(5, wait_weeks=8),
        ]
    )
    assert [(look.on.day, look.seen.value) for look in looks[Fact.NEW_PATIENTS]] == [
        (1, "same"),
        (3, "same"),
        (4, "changed"),
    ]
    assert [(look.on.day, look.seen.value) for look in looks[Fact.WAITING_TIME]] == [
        (1, "same"),
        (3, "same"),
        (5, "changed"),
    ]


@pytest.mark.django_db
def test_calls_are_measured_clinic_by_clinic_and_samples_are_not():
    first, second = create_clinic(), create_clinic()
    for clinic, day, taking in [
        (first, 1, True),
        (second, 2, False),
        (first, 11, False),
        (second, 22, False),
    ]:
        create_attempt(clinic, at=datetime(2026, 1, day, tzinfo=UTC), taking_new_patients=taking)
    sample = create_clinic(is_sample=True)
    for day in (1, 31):
        create_attempt(sample, at=datetime(2026, 1, day, tzinfo=UTC), taking_new_patients=True)
    assert seen(Fact.NEW_PATIENTS) == (1, 1, 25)


@pytest.mark.django_db
def test_what_an_editor_changes_is_told_by_the_event(client):
    user = create_user(is_superuser=True, is_staff=True)
    client.force_login(user)
    clinic = create_clinic(phone="+44 113 496 0001", routes=[1])
    save(client, clinic, publish=True, phone="0113 496 0002")
    event = ClinicEvent.objects.get()
    assert (event.kind, event.data) == (
        "publish",
        {"changed": {"phone": ["+44 113 496 0001", "+44 113 496 0002"]}},
    )
    draft = Clinic.objects.get().get_latest_revision_as_object()
    draft.website = "https://heron.example"
    draft.save_revision()
    curation.publish(clinic=clinic, by=user)
    assert ClinicEvent.objects.latest("pk").data == {"changed": {"website": ["", "https://heron.example"]}}


@pytest.mark.django_db
def test_the_command_measures_once_a_day(capsys):
    clinic = create_clinic(phone="+44 113 496 0001")
    tell(clinic, date(2026, 1, 1))
    tell(clinic, date(2026, 3, 2))
    call_command("measure_freshness", "--if-due")
    assert "phone number: half-life" in capsys.readouterr().out
    assert HalfLife.objects.count() == len(Fact)
    call_command("measure_freshness", "--if-due")
    assert capsys.readouterr().out == ""


# --- What people are told --------------------------------------------------------------------------------------------


def priced(days: int, **fields) -> Clinic:
    """A clinic confirmed so many days ago that shows a price and takes new patients."""
    on = timezone.localdate() - timedelta(days=days)
    fields = {"phone": "+44 113 496 0001", "taking_new_patients": True, "routes": [1]} | fields
    clinic = create_clinic(verified_on=on, verified_how="phone", **fields)
    clinic.treatments.update(price_from=300, currency="GBP", price_unit="session")
    return Clinic.objects.get(pk=clinic.pk)


def doubtful(clinic: Clinic) -> list[Fact]:
    mark_doubtful([clinic], timezone.localdate())
    return clinic.doubtful


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (120, []),
        (121, [Fact.NEW_PATIENTS]),
        (365, [Fact.NEW_PATIENTS]),
        (366, [Fact.NEW_PATIENTS, Fact.PRICES]),
    ],
)
def test_a_fact_is_doubtful_from_the_day_after_its_half_life(days, expected):
    assert doubtful(priced(days)) == expected


@pytest.mark.django_db
def test_what_is_not_shown_or_was_never_confirmed_is_not_doubted():
    assert Fact.NEW_PATIENTS not in doubtful(priced(400, taking_new_patients=None))
    assert doubtful(create_clinic(phone="1", taking_new_patients=True)) == []


@pytest.mark.django_db
def test_what_was_learnt_since_is_not_doubted():
    clinic = priced(400)
    create_attempt(clinic, taking_new_patients=False)
    assert doubtful(clinic) == [Fact.PRICES]
    tell(clinic, timezone.localdate(), kind="publish", prices=[{"iv": "1"}, {"iv": "2"}])
    assert doubtful(clinic) == []


@pytest.mark.django_db
@pytest.mark.parametrize(("days", "expected"), [(60, []), (61, [Fact.WAITING_TIME])])
def test_a_wait_that_a_call_told_of_is_doubted_from_that_call_on(days, expected):
    clinic = priced(100)
    create_attempt(clinic, at=timezone.now() - timedelta(days=days), wait_weeks=3)
    assert doubtful(clinic) == expected


@pytest.mark.django_db
def test_the_page_says_what_to_confirm_first(client):
    clinic = priced(400)
    page = re.sub(r"\s+", " ", client.get(clinic.get_absolute_url()).content.decode())
    assert "Confirm by phone first: new patients." in page
    assert "Confirm by phone first: prices." in page
    fresh = client.get(priced(5).get_absolute_url()).content.decode()
    assert "Confirm by phone first" not in fresh
    silent = client.get(priced(400, phone="").get_absolute_url()).content.decode()
    assert "Confirm with the clinic first: prices." in silent
    assert "Confirm by phone" not in silent


@pytest.mark.django_db
def test_results_ask_the_same_few_queries_whatever_their_number(django_assert_max_num_queries):
    clinics = [priced(400) for _ in range(20)]
    for many in (clinics[:2], clinics):
        found = list(Clinic.objects.filter(pk__in=[clinic.pk for clinic in many]).for_cards())
        with django_assert_max_num_queries(3):
            mark_doubtful(found, timezone.localdate())
        assert all(clinic.doubtful for clinic in found)


# --- Whom curators call first ----------------------------------------------------------------------------------------


def verified(days: int, **fields) -> Clinic:
    return create_clinic(verified_on=TODAY - timedelta(days=days), verified_how="phone", **fields)


def queue() -> list[str]:
    return [clinic.name for clinic in Clinic.objects.to_verify(NOW)]


@pytest.mark.django_db
def test_staleness_is_each_chance_of_being_untrue_times_its_weight():
    clinic = verified(400, phone="1", taking_new_patients=False, website="https://heron.example")
    decays = HalfLife.decays()
    expected = sum(
        WEIGHTS[fact] * (1 - decays[fact].chance_true(400))
        for fact in (Fact.OPEN, Fact.PHONE, Fact.NEW_PATIENTS, Fact.WEBSITE)
    )
    assert Clinic.objects.to_verify(NOW).get().staleness == pytest.approx(expected)
    Clinic.objects.filter(pk=clinic.pk).update(verified_on=None, verified_how="")
    assert Clinic.objects.to_verify(NOW).get().staleness == pytest.approx(5 + 5 + 4 + 1)


@pytest.mark.django_db
def test_much_that_is_out_of_date_comes_before_little_that_is_older():
    verified(400, name="older, says little")
    verified(300, name="says much", phone="1", taking_new_patients=True, street="1 High Street")
    assert queue() == ["says much", "older, says little"]


@pytest.mark.django_db
def test_a_key_fact_that_ages_fast_brings_a_listing_back_sooner():
    verified(121, name="says that it takes patients", taking_new_patients=True)
    verified(121, name="does not say")
    assert queue() == ["says that it takes patients"]


@pytest.mark.django_db
def test_nobody_is_called_again_within_a_month_whatever_changes():
    HalfLife.objects.create(
        fact=Fact.NEW_PATIENTS, changes=1000, unchanged=0, days=1000, measured_at=NOW
    )  # each day, it seems
    verified(30, name="a month ago", taking_new_patients=True)
    verified(31, name="longer", taking_new_patients=True)
    assert queue() == ["longer"]


@pytest.mark.django_db
def test_what_the_queue_counts_as_shown_is_what_pages_count_as_shown():
    bare = verified(200, name="bare")
    full = verified(
        200,
        name="full",
        phone="1",
        website="https://heron.example",
        street="1 High Street",
        taking_new_patients=False,
        payments=["public"],
        routes=[1],
    )
    full.treatments.update(price_from=1, currency="GBP", price_unit="session")
    OpeningHours.objects.create(clinic=full, weekday=0, opens="09:00", closes="17:00")
    Clinic.objects.get(pk=full.pk).save()
    decays = HalfLife.decays()
    for clinic in Clinic.objects.to_verify(NOW):
        known = known_facts(clinic)
        expected = sum(fact.weight * (1 - decays[fact].chance_true(200)) for fact in known)
        assert clinic.staleness == pytest.approx(expected), clinic.name
    assert known_facts(bare) == {Fact.OPEN}
    assert known_facts(Clinic.objects.get(pk=full.pk)) == set(Fact) - {Fact.WAITING_TIME}
