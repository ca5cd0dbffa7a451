"""The link with which a clinic looks its own listing over. What it sends is a report, and reviewed like any other."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.core.validators import validate_email
from django.db import transaction
from django.urls import reverse

from clinics import curation, letters
from clinics.models import Clinic

LINK_LASTS = timedelta(days=30)
_signer = TimestampSigner(salt="clinics.owner")


def owner_link(clinic: Clinic) -> str:
    """The full address of the page for *clinic*'s own people; works for 30 days."""
    return f"{settings.SITE_URL}{reverse('clinics:owner')}?key={_signer.sign(str(clinic.pk))}"


def clinic_of(key: str) -> Clinic:
    """The clinic that the *key* of a link was made for. Raises Clinic.DoesNotExist for a forged or old one."""
    try:
        number = int(_signer.unsign(key, max_age=LINK_LASTS))
    except (BadSignature, ValueError) as error:
        raise Clinic.DoesNotExist from error
    return Clinic.objects.defer("position").get(pk=number, live=True)


@transaction.atomic
def send_link(*, clinic: Clinic, to: str, by) -> None:
    """Write to the clinic; ValidationError where *to* is no address."""
    if not to:
        raise ValidationError("Give the address to send it to.")
    validate_email(to)
    letters.owner(clinic=clinic, to=to, link=owner_link(clinic))
    curation.note(clinic=clinic, kind="owner-link", because="Asked to look its listing over.", by=by)
