"""Values of the directory in words that people read."""

from decimal import Decimal
from urllib.parse import quote

import phonenumbers
from django import template
from django.utils.translation import get_language_info
from phonenumbers import PhoneNumberFormat

from clinics.burden import Burden
from clinics.decay import Fact
from clinics.languages import LANGUAGES
from clinics.models import Clinic, ContactAttempt, Route, Treatment
from places.countries import country_name

register = template.Library()

# "$" alone is five currencies to a reader who compares countries.
SYMBOLS = {"GBP": "£", "EUR": "€", "USD": "US$", "CAD": "CA$", "AUD": "A$", "NZD": "NZ$"}
UNITS = dict(Treatment.PriceUnit.choices)  # get_price_unit_display() makes this anew for each treatment


@register.filter
def distance(km: float, unit) -> str:
    """*km* in a search's unit: tenths below 10, whole ones above; "3.2 miles".

    The centre of a postcode is not a doorstep, so nothing finer than a tenth is claimed.
    """
    amount = km / unit.km
    return f"{figure_of(amount)} {unit.word}"


@register.filter
def distance_figure(km: float, unit) -> str:
    """The number alone, for where the unit stands apart from it."""
    return figure_of(km / unit.km)


def figure_of(amount: float) -> str:
    if amount < 0.1:
        return "under 0.1"
    return f"{amount:.1f}" if round(amount, 1) < 10 else f"{amount:,.0f}"


def money(amount: Decimal, currency: str) -> str:
    """An amount as it is written: pence only where there are any. "£225", "A$31.60", "CHF 90"."""
    symbol = SYMBOLS.get(currency, f"{currency} ")
    return f"{symbol}{amount:,.0f}" if amount == amount.to_integral_value() else f"{symbol}{amount:,.2f}"


@register.filter
def price(treatment: Treatment) -> str:
    """What a treatment costs: "£225 a session", "£225 to £300 a session", or that it is not known."""
    if treatment.price_from is None:
        return "Price not known"
    text = money(treatment.price_from, treatment.currency)
    if treatment.price_to is not None and treatment.price_to > treatment.price_from:
        text += f" to {money(treatment.price_to, treatment.currency)}"
    return f"{text} {UNITS.get(treatment.price_unit, '')}"


@register.filter
def price_from(treatment: Treatment | None) -> str:
    """The least that a clinic asks, for its card: "From £225 a session"."""
    if treatment is None or treatment.price_from is None:
        return "Price not known"
    return f"From {money(treatment.price_from, treatment.currency)} {UNITS.get(treatment.price_unit, '')}"


@register.filter
def course_price(burden: Burden) -> str:
    """What the sessions of a course come to: "about £2,700", "about £675 to £1,350", or that it is not known."""
    if burden.price is None:
        return "Price not known"
    return "about " + _range(*(money(round(amount, 0), burden.treatment.currency) for amount in burden.price))


@register.filter
def course_travel(burden: Burden, unit) -> str:
    """How far that is, there and back: "about 310 miles", "about 60 to 120 km"; empty where it is not known."""
    if burden.travel_km is None:
        return ""
    return f"about {_range(*(_rounded(km / unit.km) for km in burden.travel_km))} {unit.word}"


def _range(lowest: str, highest: str) -> str:
    return lowest if lowest == highest else f"{lowest} to {highest}"


def _rounded(amount: float) -> str:
    """A length that nobody takes for exact: whole, and tens above a hundred."""
    return f"{round(amount, -1 if amount >= 100 else 0):,.0f}" if amount >= 1 else "1"


@register.filter
def phone_words(clinic: Clinic, country: str = "") -> str:
    """The number as it is dialled in *country* (by default the clinic's own), "0113 496 0113".

    As it was given where it cannot be read.
    """
    is_abroad = country not in ("", clinic.country)
    form = PhoneNumberFormat.INTERNATIONAL if is_abroad else PhoneNumberFormat.NATIONAL
    return _phone(clinic, form) or clinic.phone


@register.filter
def phone_link(clinic: Clinic) -> str:
    """The number as a ``tel:`` address of RFC 3966, which works from any country and keeps an extension."""
    return _phone(clinic, PhoneNumberFormat.RFC3966) or f"tel:{quote(clinic.phone)}"


def _phone(clinic: Clinic, form: int) -> str:
    try:
        return phonenumbers.format_number(phonenumbers.parse(clinic.phone, clinic.country), form)
    except phonenumbers.NumberParseException:
        return ""


@register.filter
def payment_label(value: str) -> str:
    return str(Clinic.Payment(value).label)


@register.filter
def language_name(code: str) -> str:
    """The English name of a BCP 47 language; the code itself where none is known."""
    if code in LANGUAGES:
        return LANGUAGES[code]
    try:
        return str(get_language_info(code)["name"])
    except KeyError:
        return code


@register.filter
def in_sentence(country: str) -> str:
    """The name of a country as it stands in a sentence: "the United Kingdom", "Ireland"."""
    return f"the {country}" if country.startswith(("United ", "Isle ")) else country


@register.filter
def ages(clinic: Clinic) -> str:
    """Whom a clinic treats, by age: "18 and over", "16 to 64", "Not known"."""
    youngest, oldest = clinic.youngest_age, clinic.oldest_age
    if youngest is None and oldest is None:
        return "Not known"
    if oldest is None:
        return f"{youngest} and over"
    return f"Up to {oldest}" if youngest is None else f"{youngest} to {oldest}"


@register.filter
def address_line(clinic: Clinic) -> str:
    """Its address on one line, with what is known of it; the country always is."""
    region = "" if clinic.region == clinic.town else clinic.region
    postcode = clinic.postcode.replace(" ", "\N{NO-BREAK SPACE}")
    if clinic.country == "DE":  # the postcode leads
        places = [f"{postcode} {clinic.town}", region]
    else:
        places = [clinic.town, f"{region} {postcode}"] if region else [f"{clinic.town} {postcode}"]
    parts = [clinic.street, *places, country_name(clinic.country)]
    return ", ".join(part.strip() for part in parts if part.strip())


@register.filter
def town_and_region(clinic: Clinic) -> str:
    """Where it is, as far as that is known: "Leeds, West Yorkshire", "Berlin"; a region of the town's name once."""
    return ", ".join(filter(None, dict.fromkeys([clinic.town, clinic.region])))


@register.filter
def offered(clinic: Clinic) -> list[str]:
    """Its treatments, as the parts of a list in a sentence: "Intravenous infusion", "esketamine nasal spray"."""
    labels = [Route(treatment.route).label for treatment in clinic.offers]
    return labels[:1] + [label.lower() for label in labels[1:]]


@register.filter
def times(count: int) -> str:
    """How often: "once", "twice", "3 times"."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


@register.filter
def first_appointment(weeks: int | None) -> str:
    """How long a new patient waits, as a part of a sentence."""
    if weeks is None:
        return "waiting time not known"
    if weeks == 0:
        return "first appointment within a week"
    return f"first appointment in about {weeks} week{'' if weeks == 1 else 's'}"


@register.filter
def confirm_first(clinic: Clinic, facts: str) -> str:
    """Of *facts* ("prices payments"), those that are likelier out of date than not; empty where there are none.

    "Confirm by phone first: new patients, prices."
    """
    doubtful = [Fact(fact).label for fact in getattr(clinic, "doubtful", ()) if fact in facts.split()]
    how = "by phone" if clinic.phone else "with the clinic"
    return f"Confirm {how} first: {', '.join(doubtful)}." if doubtful else ""


@register.filter
def call_words(attempt: ContactAttempt) -> str:
    """What came of a call, for whoever reported something."""
    return {
        ContactAttempt.Outcome.ANSWERED: "somebody answered our questions",
        ContactAttempt.Outcome.UNWILLING: "somebody answered, and would not talk then",
        ContactAttempt.Outcome.VOICEMAIL: "a recorded voice",
        ContactAttempt.Outcome.NO_ANSWER: "no answer",
        ContactAttempt.Outcome.WRONG_NUMBER: "the number is somebody else's",
        ContactAttempt.Outcome.DO_NOT_CALL: "it asked us not to call again",
    }[ContactAttempt.Outcome(attempt.outcome)]


@register.filter
def proposed_label(name: str) -> str:
    """What a field of a clinic is called that somebody told us of."""
    return name.replace("_", " ").capitalize()


@register.filter
def outcome_label(outcome: str) -> str:
    """What came of an attempt to reach a clinic, in the words of the curators' list."""
    return str(ContactAttempt.Outcome(outcome).label)
