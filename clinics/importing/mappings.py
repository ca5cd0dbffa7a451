"""The lists that can be imported, by the name that ``import_clinics --source`` takes."""

from clinics.importing.nhs_choices import NHS_CHOICES
from clinics.importing.odhf import ODHF
from clinics.importing.samhsa import SAMHSA

MAPPINGS = {mapping.name: mapping for mapping in (SAMHSA, NHS_CHOICES, ODHF)}
