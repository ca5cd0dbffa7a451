"""“Was this page useful?”: one press, then, for those who want to, a sentence for the editors.

Articles are kept by caches and set no cookie, so the question carries no token of a session: it carries which page it
was asked on, signed, and so shows only that the form was ours. The comment's form is made for one answer and is
guarded like the other forms of the public.
"""

import re
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from articles.models import ArticlePage, Feedback
from articles.models.feedback import QUESTION, question_token
from clinics.submissions import SubmissionForm, admit

ANSWER = TimestampSigner(salt="articles.feedback.answer")
LONGEST_OPEN = 7 * 24 * 60 * 60  # seconds that an article may have been open
LONGEST_WRITING = 24 * 60 * 60
TOO_MANY = (
    "More was sent to us in the last hour than we can read. Keep this page open and send it again in an hour."
)

# What would tell who somebody is, or lead editors elsewhere, is taken out before it is stored.
PERSONAL = [
    (re.compile(r"\S+@\S+"), "[address removed]"),
    (re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE), "[link removed]"),
    (re.compile(r"\+?\d(?:[\s().-]{0,3}\d){7,}"), "[number removed]"),
    (re.compile(r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]"), ""),  # turn the direction of what follows
]


class SeeOther(HttpResponseRedirect):
    """303: what was posted is answered at another address."""

    status_code = 303


class CommentForm(SubmissionForm):
    """What would make the page better."""

    comment = forms.CharField(
        required=False,
        max_length=500,
        strip=True,
        label="What would make it better? (optional)",
        help_text="Up to 500 characters. Please write nothing about your health, and nothing that says who you are.",
        widget=forms.Textarea({"rows": 4}),
    )


def without_personal(text: str) -> str:
    """*text* without e-mail addresses, links and long numbers."""
    for pattern, instead in PERSONAL:
        text = pattern.sub(instead, text)
    return text[:500]


@csrf_exempt  # no session takes part in it
@require_POST
def feedback(request: HttpRequest) -> HttpResponse:
    """Count yes or no, and lead on to the page that says thank you."""
    page = _asked_about(request.POST.get("token", ""))
    if page is None:
        return _say(request, "stale", 400)
    if request.POST.get("nickname"):  # no person sees that field
        return _say(request, "thanks", 200, page=page)
    if request.POST.get("useful") not in ("yes", "no"):
        return _say(request, "unanswered", 422, page=page, token=question_token(page))
    today = timezone.localdate()
    if Feedback.objects.is_full(page, on=today):
        return _say(request, "full", 429, page=page)
    given = Feedback.objects.create(page=page, is_useful=request.POST["useful"] == "yes", given_on=today)
    return SeeOther(reverse("articles:feedback_comment", args=[ANSWER.sign(str(given.pk))]))


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def feedback_comment(request: HttpRequest, answer: str) -> HttpResponse:
    """Thank you; and room for a sentence, once for each answer."""
    given = _given(answer)
    if given is None:
        return _say(request, "stale", 404)
    nothing_written = request.method == "POST" and not request.POST.get("comment", "").strip()
    if given.comment or nothing_written:
        return _say(request, "thanks", 200, page=given.page)
    form = CommentForm(request.POST or None, purpose=f"feedback.{given.pk}")
    if form.is_bound and form.is_valid():
        if admit(request):
            given.comment = without_personal(form.cleaned_data["comment"])
            given.save(update_fields=["comment"])
            return SeeOther(request.path)
        form.add_error(None, ValidationError(TOO_MANY, code="too_many"))
    shut_out = form.is_bound and form.has_error(NON_FIELD_ERRORS, code="too_many")
    return _say(
        request, "comment", 429 if shut_out else 422 if form.is_bound else 200, page=given.page, form=form
    )


def _asked_about(token: str) -> ArticlePage | None:
    try:
        key = QUESTION.unsign(token, max_age=LONGEST_OPEN)
    except BadSignature:
        return None
    return ArticlePage.objects.live().defer_streamfields().filter(pk=key).first()


def _given(answer: str) -> Feedback | None:
    try:
        key = ANSWER.unsign(answer, max_age=LONGEST_WRITING)
    except BadSignature:
        return None
    return Feedback.objects.select_related("page").defer("page__body", "page__changes").filter(pk=key).first()


def _say(request: HttpRequest, what: str, status: int, **context: Any) -> HttpResponse:
    response = TemplateResponse(request, "articles/feedback.html", {"what": what, **context}, status=status)
    response["X-Robots-Tag"] = "noindex"
    return response
