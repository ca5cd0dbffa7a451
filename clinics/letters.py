"""Messages to those who told us something, and to clinics: written with the change, sent by ``send_letters``.

So no page waits for a mail server, and a change that is rolled back is told to nobody. They repeat nothing that a
stranger typed, or anybody could have us send their words to anybody.
"""

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import send_mail
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from clinics.models import Clinic, Letter, Report

GIVEN_UP_AFTER = timedelta(days=3)
SENT_AT_ONCE = 100

logger = logging.getLogger(__name__)


def received(report: Report) -> None:
    """Thank you, and where to see what becomes of it."""
    _write(
        "received", to=report.email, subject="We have your report", report=report, link=follow_link(report)
    )


def closed(report: Report) -> None:
    """What became of it."""
    _write(
        "closed", to=report.email, subject="Your report: what we did", report=report, link=follow_link(report)
    )


def owner(*, clinic: Clinic, to: str, link: str) -> None:
    """Ask a clinic to look its own listing over."""
    _write("owner", to=to, subject="Is your listing on Ketamine Info right?", clinic=clinic, link=link)


def follow_link(report: Report) -> str:
    return f"{settings.SITE_URL}{reverse('clinics:report_status')}?key={report.token}"


def _write(name: str, *, to: str, subject: str, **context) -> None:
    body = render_to_string(f"clinics/letters/{name}.txt", context)
    Letter.objects.create(to=to, subject=subject, body=body, written_at=timezone.now())


def send_letters(at: datetime) -> tuple[int, int]:
    """Hand waiting letters to the mail server: (sent, left for the next time). Each is deleted once it is sent."""
    sent = failed = 0
    Letter.objects.filter(written_at__lt=at - GIVEN_UP_AFTER).delete()
    for key in Letter.objects.order_by("pk").values_list("pk", flat=True)[:SENT_AT_ONCE]:
        try:
            sent += _send(key)
        except (OSError, SMTPException):
            logger.exception("A letter could not be sent; it is tried again.")
            failed += 1
    return sent, failed


@transaction.atomic
def _send(key: int) -> int:
    letter = Letter.objects.select_for_update(skip_locked=True).filter(pk=key).first()
    if letter is None:  # another run has it
        return 0
    send_mail(letter.subject, letter.body, settings.DEFAULT_FROM_EMAIL, [letter.to])
    letter.delete()
    return 1
