from datetime import date, timedelta

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.cache import cache
from django.core.mail import send_mass_mail
from django.core.management import BaseCommand
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from articles.models import ArticlePage, ClinicalReview, Feedback

AHEAD = timedelta(days=28)
NOT_AGAIN_FOR = 8 * 24 * 60 * 60  # seconds: the week that a message went out in is remembered for as long


class Command(BaseCommand):
    help = "Write to the editors, once a week, which articles are due a review. Forgets readers' answers after a year."

    def handle(self, *args, **options):
        today = timezone.localdate()
        Feedback.objects.outdated(on=today).delete()
        week = today.strftime("%G-W%V")
        if not (due := due_articles(today)) or not cache.add(f"reviews-due:{week}", True, NOT_AGAIN_FOR):
            return
        body = render_to_string("articles/email/reviews_due.txt", {"due": due, "today": today})
        subject = f"{len(due)} article{'s' if len(due) > 1 else ''} to look at again"
        addresses = editors_addresses()
        send_mass_mail([(subject, body, settings.DEFAULT_FROM_EMAIL, [address]) for address in addresses])
        self.stdout.write(f"{len(due)} due, {len(addresses)} editors written to")


def due_articles(today: date) -> list[dict]:
    """Live articles due a review within four weeks, or overdue: title, day, address of the editor, last review."""
    live = [page for page in ArticlePage.objects.live().defer_streamfields() if page.review_due_on]
    due = sorted(
        (page for page in live if page.review_due_on <= today + AHEAD), key=lambda page: page.review_due_on
    )
    reviewed = dict(ClinicalReview.objects.order_by("reviewed_at").values_list("page", "reviewed_at"))
    return [
        {
            "title": page.title,
            "on": page.review_due_on,
            "reviewed_at": reviewed.get(page.pk),
            "address": settings.SITE_URL + reverse("wagtailadmin_pages:edit", args=[page.pk]),
        }
        for page in due
    ]


def editors_addresses() -> list[str]:
    """Of everybody whose group may publish pages."""
    people = get_user_model().objects.filter(
        is_active=True, groups__page_permissions__permission__codename="publish_page"
    )
    return sorted(people.exclude(email="").values_list("email", flat=True).distinct())
