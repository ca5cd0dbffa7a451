"""Public holidays where a clinic is: days on which its usual hours may not hold."""

from __future__ import annotations

from datetime import date, timedelta

import holidays

from clinics.models import Clinic
from places.naming import fold
from places.regions import region_codes

AHEAD_DAYS = 14


def public_holidays(clinic: Clinic, first: date, days: int = AHEAD_DAYS) -> list[tuple[date, str]]:
    """(day, English name) of those from *first* on, as its region keeps them; the country's where that is not known.

    Empty for a country whose calendar is not known.
    """
    try:
        country = holidays.country_holidays(clinic.country)
    except NotImplementedError:
        return []
    code = region_codes(clinic.country).get(fold(clinic.region))
    calendar = holidays.country_holidays(
        clinic.country,
        subdiv=code if code in country.subdivisions else None,
        language="en_US" if "en_US" in country.supported_languages else None,
    )
    coming = (first + timedelta(days=ahead) for ahead in range(days))
    return [(day, calendar[day].replace("; ", ", ")) for day in coming if day in calendar]
