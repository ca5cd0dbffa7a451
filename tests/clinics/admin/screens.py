"""The admin's addresses, and what a browser sends to them."""

from datetime import UTC, datetime

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from wagtail.test.utils.form_data import inline_formset, nested_form_data

from clinics.models import Clinic, Provider, SourceRecord

DIRECTORY = (Clinic, Provider, SourceRecord)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def address(model, view, *args):
    return reverse(f"wagtailsnippets_{model._meta.app_label}_{model._meta.model_name}:{view}", args=args)


def posted(clinic: Clinic | None = None, **changes):
    """What the browser sends for the edit form of *clinic* with some fields changed."""
    clinic = clinic or Clinic(country="GB")
    fields = {
        name: getattr(clinic, name)
        for name in [
            "name",
            "slug",
            "setting",
            "status",
            "delisted_because",
            "status_note",
            "street",
            "town",
            "region",
            "postcode",
            "country",
            "latitude",
            "longitude",
            "position_precision",
            "timezone",
            "phone",
            "email",
            "website",
            "payments",
            "languages",
            "remote_regions",
            "youngest_age",
            "oldest_age",
            "access_note",
            "verified_on",
            "verified_how",
        ]
    }
    fields["provider"] = clinic.provider_id
    fields["is_sample"] = clinic.is_sample or None
    for name in [
        "taking_new_patients",
        "psychiatric_assessment",
        "therapy_alongside",
        "referral_needed",
        "wheelchair_access",
        "accessible_toilet",
        "parking",
    ]:
        fields[name] = {None: "unknown", True: "true", False: "false"}[getattr(clinic, name)]
    saved = clinic.pk is not None
    treatments = list(clinic.treatments.all()) if saved else []
    hours = list(clinic.opening_hours.all()) if saved else []
    fields["treatments"] = inline_formset(
        [
            {name: getattr(t, name) or "" for name in ("id", "route", "price_from", "price_to", "currency")}
            | {"price_unit": t.price_unit, "note": t.note}
            for t in treatments
        ],
        initial=len(treatments),
    )
    fields["opening_hours"] = inline_formset(
        [{"id": h.pk, "weekday": h.weekday, "opens": h.opens, "closes": h.closes} for h in hours],
        initial=len(hours),
    )
    closed = list(clinic.closed_dates.all()) if saved else []
    fields["closed_dates"] = inline_formset(
        [{"id": d.pk, "first_on": d.first_on, "last_on": d.last_on, "reason": d.reason} for d in closed],
        initial=len(closed),
    )
    fields |= changes
    ticked = {name: fields.pop(name) for name in ("payments", "languages", "remote_regions")}
    data = nested_form_data({name: value for name, value in fields.items() if value is not None})
    return ticked | {name: value for name, value in data.items() if value is not None and value is not False}


def save(client, clinic, *, publish=False, **changes):
    data = posted(clinic, **changes) | ({"action-publish": "1"} if publish else {})
    return client.post(address(Clinic, "edit", clinic.pk), data)


def public(clinic):
    return Clinic.objects.get(pk=clinic.pk)


def create_record(clinic):
    return SourceRecord.objects.create(
        source="odhf",
        identifier=f"id-{clinic.pk}",
        clinic=clinic,
        data={"name": "<b>Heron</b>"},
        digest="0" * 64,
        first_seen_at=NOON,
        last_seen_at=NOON,
    )


def count_queries(client, url):
    client.get(url)  # warm what is cached for the process
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert client.get(url).status_code == 200
    return len(queries)
