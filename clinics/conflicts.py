"""Two people editing one clinic: what the other one saved since a form was opened."""

from django.core.exceptions import FieldDoesNotExist

from clinics.models import Clinic

PARTS = ("treatments", "opening_hours", "closed_dates")
KEPT_BY_WAGTAIL = {
    "live",
    "latest_revision",
    "live_revision",
    "has_unpublished_changes",
    "first_published_at",
}


def changed_since(*, clinic: Clinic, revision: str) -> list[str] | None:
    """What others changed in *clinic* after its form was opened, as labels; None when nobody has saved since.

    *revision* is the primary key that the form carries of the latest revision at that time, or "" where there was
    none: then the first one, which is made when a clinic is first edited, says how it was.
    """
    saved = clinic.revisions.order_by("pk")
    latest = saved.last()
    opened = saved.filter(pk=int(revision)).first() if revision.isdecimal() and len(revision) < 19 else None
    opened = opened or saved.first()
    if latest is None or opened == latest:
        return None
    before, after = opened.content, latest.content
    return [label for name in after if (label := _label(name)) and _said(before, name) != _said(after, name)]


def _label(name: str) -> str:
    """What the form calls a field; "" for one that it does not show."""
    if name in PARTS:
        return name.replace("_", " ")
    try:
        field = Clinic._meta.get_field(name)
    except FieldDoesNotExist:  # a revision of before a field was dropped
        return ""
    shown = getattr(field, "editable", False) and name not in KEPT_BY_WAGTAIL
    return str(field.verbose_name) if shown else ""


def _said(content: dict, name: str) -> object:
    """A field's value in a revision; of the parts, what they say without their keys."""
    if name not in PARTS:
        return content.get(name)
    return [
        {key: value for key, value in part.items() if key not in ("pk", "clinic")} for part in content[name]
    ]
