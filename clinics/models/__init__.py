"""The directory: who treats, where, with what, and how we know."""

from clinics.models.address import ClinicAddress
from clinics.models.clinic import Clinic, ClinicQuerySet
from clinics.models.event import ClinicEvent
from clinics.models.offer import OpeningHours, Route, Treatment
from clinics.models.provider import Provider
from clinics.models.source import SourceRecord

__all__ = [
    "Clinic",
    "ClinicAddress",
    "ClinicEvent",
    "ClinicQuerySet",
    "OpeningHours",
    "Provider",
    "Route",
    "SourceRecord",
    "Treatment",
]
