"""The directory: who treats, where, with what, and how we know."""

from clinics.models.address import ClinicAddress
from clinics.models.clinic import Clinic
from clinics.models.contact import ContactAttempt, SafetyAnswer, SafetyQuestion
from clinics.models.desk import ClinicTag, SavedList
from clinics.models.duplicate import DuplicatePair
from clinics.models.event import ClinicEvent
from clinics.models.geocoding import Geocoding
from clinics.models.half_life import HalfLife
from clinics.models.importing import ImportRun, SavedMapping
from clinics.models.offer import ClosedDates, OpeningHours, Route, Treatment, opening_borders
from clinics.models.proposal import ProposedChange
from clinics.models.provider import Provider
from clinics.models.queryset import ClinicQuerySet, with_repeats
from clinics.models.report import Letter, Report
from clinics.models.schedule import TreatmentSchedule
from clinics.models.source import SourceRecord
from clinics.models.unmet_need import UnmetNeed
from clinics.models.verification import Verification

__all__ = [
    "Clinic",
    "ClinicAddress",
    "ClinicEvent",
    "ClinicQuerySet",
    "ClinicTag",
    "ClosedDates",
    "ContactAttempt",
    "DuplicatePair",
    "Geocoding",
    "HalfLife",
    "ImportRun",
    "Letter",
    "OpeningHours",
    "ProposedChange",
    "Provider",
    "Report",
    "Route",
    "SafetyAnswer",
    "SafetyQuestion",
    "SavedList",
    "SavedMapping",
    "SourceRecord",
    "Treatment",
    "TreatmentSchedule",
    "UnmetNeed",
    "Verification",
    "opening_borders",
    "with_repeats",
]
