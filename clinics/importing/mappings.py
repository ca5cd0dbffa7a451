"""The lists that can be imported as they are published, by the name that ``import_clinics --source`` takes."""

from clinics.importing.find_treatment import FIND_TREATMENT
from clinics.importing.hsds import HSDS
from clinics.importing.nhs_choices import NHS_CHOICES
from clinics.importing.odhf import ODHF
from clinics.importing.registers import CQC, EPRACCUR, NPPES
from clinics.importing.samhsa import SAMHSA

MAPPINGS = {
    mapping.name: mapping
    for mapping in (SAMHSA, FIND_TREATMENT, NPPES, NHS_CHOICES, EPRACCUR, CQC, ODHF, HSDS)
}
