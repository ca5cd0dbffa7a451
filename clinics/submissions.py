"""What guards the forms that anybody may send: no account, no cookie, no picture puzzle, no other company.

Each form carries a signed token that says when it was made and names the submission, so that sending it twice makes
one report. A field that people do not see must stay empty. How many come in within an hour is bounded (docs/adr/0081).
"""

import ipaddress
import secrets
from datetime import timedelta
from hashlib import sha256

from allauth.account.adapter import get_adapter
from django import forms
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.core.signing import BadSignature, SignatureExpired, TimestampSigner
from django.http import HttpRequest
from django.utils import timezone

QUICKEST = timedelta(seconds=2)  # nobody fills a form in less
LONGEST = timedelta(days=2)  # a phone laid aside overnight may still send
PER_HOUR = 10  # from one neighbourhood of addresses
PER_HOUR_OF_ALL = 300
SALT_KEPT = 24 * 60 * 60  # seconds


class SubmissionForm(forms.Form):
    """A form for the public. *purpose* binds its token to one page: nobody can use it on another."""

    token = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    nickname = forms.CharField(required=False, max_length=200, label="Leave this empty")

    def __init__(self, *args, purpose: str, **kwargs):
        super().__init__(*args, **kwargs)
        self.signer = TimestampSigner(salt=f"clinics.submission.{purpose}")
        self.submission = ""  # its name, once its token was found to be ours
        for field in self.fields.values():
            if not isinstance(field.widget, forms.RadioSelect):
                field.widget.attrs.setdefault("class", "field__input")

    def clean(self):
        cleaned = super().clean() or {}
        token = cleaned.get("token", "")
        try:
            self.submission = self.signer.unsign(token, max_age=LONGEST)
        except (SignatureExpired, BadSignature):
            raise ValidationError(
                "This page was open for too long. What you wrote is still here: look it over and send it again."
            ) from None
        if self._is_quick(token):
            raise ValidationError("That was sent very quickly, as programs do. Please send it again.")
        if cleaned.get("nickname"):
            raise ValidationError(
                "Something was filled in that people cannot see. We have emptied it: please send again."
            )
        return cleaned

    def _is_quick(self, token: str) -> bool:
        try:
            self.signer.unsign(token, max_age=QUICKEST)
        except SignatureExpired:
            return False
        return True

    @property
    def token_to_send(self) -> str:
        """The token for the page: the one that came, so that a resent form is known again, or a new one."""
        if self.submission:
            return self.data["token"]
        return self.signer.sign(secrets.token_urlsafe(24))

    @property
    def asked(self) -> list[forms.BoundField]:
        """The fields that people see."""
        return [field for field in self.visible_fields() if field.name != "nickname"]


def admit(request: HttpRequest) -> bool:
    """Count a submission; False where this hour has had too many, of its neighbourhood or of all."""
    hour = timezone.now().strftime("%Y%m%d%H")
    bounds = [
        (f"submissions:{hour}:{_neighbourhood(request)}", PER_HOUR),
        (f"submissions:{hour}", PER_HOUR_OF_ALL),
    ]
    return all(_count(key) <= bound for key, bound in bounds)


def _count(key: str) -> int:
    """One more under *key*, and how many that makes. Not ``incr``, which has a count end after five minutes."""
    count = cache.get(key, 0) + 1
    cache.set(key, count, timeout=60 * 60)
    return count


def _neighbourhood(request: HttpRequest) -> str:
    """One of 65,536 numbers that an address falls under today.

    It keeps no address: each number stands for thousands of them, and the salt is made up each day and forgotten.
    """
    salt = cache.get_or_set("submissions:salt", secrets.token_hex, timeout=SALT_KEPT)
    return sha256(f"{salt}{network_of(request)}".encode()).hexdigest()[:4]


def network_of(request: HttpRequest) -> str:
    """The household that a request came from: its address, or of IPv6 the /64 it is in. Not to be kept anywhere.

    Whoever cannot be told apart is one household: hiding is no way round a limit.
    """
    address = get_adapter().get_client_ip(request)
    try:
        return str(ipaddress.ip_network(f"{address}/{64 if ':' in address else 32}", strict=False))
    except ValueError:
        return ""
