"""The list of clinics: its filters, which a person may keep under a name, and its export."""

from typing import Any

import django_filters
from django import forms
from django.contrib.auth import get_user_model
from django.contrib.auth.decorators import permission_required
from django.contrib.postgres.expressions import ArraySubquery
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods, require_POST
from wagtail.admin import messages
from wagtail.admin.filters import WagtailFilterSet
from wagtail.admin.widgets import Button
from wagtail.snippets.views.snippets import IndexView

from clinics.admin.spreadsheets import SafeExportMixin
from clinics.models import Clinic, ClinicTag, SavedList, SourceRecord, Verification
from clinics.models.desk import MOST_LISTS
from places.countries import COVERED, country_name

LIST_EXPORT = [
    "pk", "name", "slug", "provider", "setting", "live", "status", "delisted_because", "has_unpublished_changes",
    "is_sample", "street", "town", "region", "postcode", "country", "latitude", "longitude", "position_precision",
    "phone", "email", "website", "verified_on", "verified_how", "updated_at", "source", "assigned_to", "tag_names",
]  # fmt: skip
EXPORT_HEADINGS = {"pk": "Number", "source": "Source", "assigned_to": "With", "tag_names": "Tags"}
NOT_FILTERS = ("p", "export", "_w_filter_fragment", "csrfmiddlewaretoken")

may_edit = permission_required("clinics.change_clinic", raise_exception=True)


def for_list() -> QuerySet[Clinic]:
    """Clinics with what their list tells besides, in one query."""
    records = SourceRecord.objects.filter(clinic=OuterRef("pk")).order_by("source")
    tags = ClinicTag.objects.filter(clinic=OuterRef("pk")).order_by("name")
    state = Verification.objects.filter(clinic=OuterRef("pk"))
    return (
        Clinic.objects.select_related("provider")
        .defer("position")
        .annotate(
            source=Subquery(records.values("source")[:1]),
            assigned_to=Subquery(state.values("assigned_to__username")[:1]),
            tag_names=ArraySubquery(tags.values("name")),
        )
    )


def _sources() -> list[tuple[str, str]]:
    names = SourceRecord.objects.order_by("source").values_list("source", flat=True).distinct()
    return [(name, name) for name in names]


def _tags() -> list[tuple[str, str]]:
    names = ClinicTag.objects.order_by("name").values_list("name", flat=True).distinct()
    return [(name, name) for name in names]


def _people(request: HttpRequest):
    return get_user_model().objects.filter(is_active=True).order_by("username")


class ClinicFilterSet(WagtailFilterSet):
    live = django_filters.BooleanFilter(label="Published")
    country = django_filters.ChoiceFilter(choices=[(code, country_name(code)) for code in COVERED])
    source = django_filters.ChoiceFilter(choices=_sources, method="from_source", label="Source")
    latitude = django_filters.BooleanFilter(lookup_expr="isnull", exclude=True, label="Has a position")
    has_unpublished_changes = django_filters.BooleanFilter(label="Draft waiting")
    assigned = django_filters.ModelChoiceFilter(
        queryset=_people,
        field_name="verification__assigned_to",
        label="Looked after by",
        empty_label="Anybody",
    )
    tag = django_filters.ChoiceFilter(choices=_tags, field_name="tags__name", label="Tag")

    class Meta:
        model = Clinic
        fields = [
            "live",
            "status",
            "has_unpublished_changes",
            "assigned",
            "tag",
            "country",
            "source",
            "latitude",
            "setting",
            "verified_on",
            "is_sample",
        ]

    def from_source(self, clinics, name, value):
        return clinics.filter(pk__in=SourceRecord.objects.filter(source=value).values("clinic"))


class ClinicIndexView(SafeExportMixin, IndexView):
    """The list, with what the person keeps of it in the menu of its header."""

    @cached_property
    def header_more_buttons(self):
        buttons = super().header_more_buttons.copy()
        lists = SavedList.objects.filter(owner=self.request.user).order_by("name")
        buttons += [
            Button(saved.name, f"{self.index_url}?{saved.query}", icon_name="list-ul", priority=200)
            for saved in lists
        ]
        keep = reverse("curation:saved_lists", query={"query": filters_of(self.request.GET)})
        buttons.append(Button("Keep this list, or forget one", keep, icon_name="pick", priority=300))
        return buttons


def filters_of(query: QueryDict) -> str:
    """The filters, search and order of a list as they stand in an address, without its page."""
    kept = query.copy()
    for name in NOT_FILTERS:
        kept.pop(name, None)
    for name in [name for name, values in kept.lists() if not any(values)]:
        del kept[name]
    return kept.urlencode()


class SavedListForm(forms.ModelForm):
    class Meta:
        model = SavedList
        fields = ["name", "query"]
        widgets = {"query": forms.HiddenInput}
        labels = {"name": "What to call it"}

    def clean_query(self) -> str:
        return filters_of(QueryDict(self.cleaned_data["query"]))

    def clean(self):
        owner = self.instance.owner
        if SavedList.objects.filter(owner=owner).count() >= MOST_LISTS:
            raise ValidationError(f"You keep {MOST_LISTS} lists already. Forget one first.")
        if SavedList.objects.filter(owner=owner, name=self.cleaned_data.get("name")).exists():
            raise ValidationError({"name": "You have a list of this name. Choose another one."})
        return self.cleaned_data


@require_http_methods(["GET", "HEAD", "POST"])
@may_edit
def saved_lists(request: HttpRequest) -> HttpResponse:
    """My lists of clinics: keep one more, or forget one."""
    owner: Any = request.user
    mine = SavedList(owner=owner)
    form = SavedListForm(
        request.POST or None, instance=mine, initial={"query": request.GET.get("query", "")[:1000]}
    )
    if form.is_valid():
        saved = form.save()
        messages.success(request, f"Kept as “{saved.name}”: it is in the menu of the list.")
        return redirect(f"{list_address()}?{saved.query}")
    context = {
        "form": form,
        "lists": SavedList.objects.filter(owner=owner).order_by("name"),
        "list_url": list_address(),
    }
    return TemplateResponse(
        request, "clinics/admin/saved_lists.html", context, status=422 if request.POST else 200
    )


@require_POST
@may_edit
def forget_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Mine alone; those of others are not found."""
    get_object_or_404(SavedList, owner=request.user, pk=pk).delete()
    return redirect("curation:saved_lists")


def list_address() -> str:
    return reverse("wagtailsnippets_clinics_clinic:list")
