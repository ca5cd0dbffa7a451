"""What a listing says, fact by fact, in a form that can be kept in an event and compared with later ones."""

from collections.abc import Mapping
from typing import Any

from clinics.decay import Fact
from clinics.models import Clinic, Route

# The names under which events tell of a change, by fact.
SAID_OF: dict[Fact, tuple[str, ...]] = {
    Fact.OPEN: ("delisted_because",),
    Fact.PHONE: ("phone",),
    Fact.NEW_PATIENTS: ("taking_new_patients",),
    Fact.TREATMENTS: ("treatments",),
    Fact.PRICES: ("prices",),
    Fact.ADDRESS: ("street", "town", "postcode"),
    Fact.OPENING_HOURS: ("opening_hours",),
    Fact.PAYMENTS: ("payments",),
    Fact.WEBSITE: ("website",),
}
_FIELDS = (
    "phone",
    "website",
    "street",
    "town",
    "postcode",
    "payments",
    "taking_new_patients",
    "delisted_because",
)
_UNKNOWN: tuple[Any, ...] = (None, "", [], {})


def statements(clinic: Clinic) -> dict[str, Any]:
    """What *clinic* says now, by the names of SAID_OF, as JSON can hold it."""
    treatments = sorted(clinic.treatments.all(), key=lambda treatment: treatment.route)
    slugs = {treatment.route: Route(treatment.route).slug for treatment in treatments}
    spans = sorted(clinic.opening_hours.all(), key=lambda span: (span.weekday, span.opens))
    return {name: getattr(clinic, name) for name in _FIELDS} | {
        "treatments": list(slugs.values()),
        "prices": {
            slugs[each.route]: f"{each.price_from} to {each.price_to} {each.currency} a {each.price_unit}"
            for each in treatments
            if each.price_from is not None
        },
        "opening_hours": [f"{span.weekday} {span.opens:%H:%M}-{span.closes:%H:%M}" for span in spans],
    }


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What differs between two sets of statements: [old, new] by name."""
    return {name: [before[name], after[name]] for name in before if before[name] != after[name]}


def is_known(said: Any) -> bool:
    """Whether a statement says anything. "No" does."""
    return said not in _UNKNOWN


def is_another(old: Any, new: Any) -> bool:
    """Whether what was known has become something else: a price that was added changes none of the others."""
    if isinstance(old, dict) and isinstance(new, dict):
        return any(old[key] != new[key] for key in old.keys() & new.keys())
    return bool(old != new)


def known_facts(clinic: Clinic) -> set[Fact]:
    """The facts of which *clinic* says anything; it always says that it is there. Asks for nothing but treatments."""
    treatments = clinic.offers
    known = {
        Fact.OPEN: True,
        Fact.PHONE: clinic.phone,
        Fact.NEW_PATIENTS: clinic.taking_new_patients is not None,
        Fact.TREATMENTS: treatments,
        Fact.PRICES: any(treatment.price_from is not None for treatment in treatments),
        Fact.ADDRESS: clinic.street or clinic.town or clinic.postcode,
        Fact.OPENING_HOURS: clinic.opening_borders,
        Fact.PAYMENTS: clinic.payments,
        Fact.WEBSITE: clinic.website,
    }
    return {fact for fact, said in known.items() if said}
