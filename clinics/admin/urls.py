"""Addresses of the curators' own screens, under the admin's."""

from django.urls import path

from clinics.admin import calls, duplicates, imports, listing, positions, proposals, reports, unmet_need
from clinics.admin.events import EventList

app_name = "curation"
urlpatterns = [
    path("calls/", calls.queue, name="queue"),
    path("calls/next/", calls.claim_next, name="claim_next"),
    path("calls/<int:pk>/", calls.call, name="call"),
    path("calls/<int:pk>/claim/", calls.claim, name="claim"),
    path("calls/<int:pk>/release/", calls.release, name="release"),
    path("calls/<int:pk>/allow/", calls.allow_calls, name="allow_calls"),
    path("calls/<int:pk>/owner-link/", calls.owner_link, name="owner_link"),
    path("without-position/", positions.without_position, name="without_position"),
    path("reports/", reports.report_list, name="reports"),
    path("reports/<int:pk>/", reports.report, name="report"),
    path("unmet-need/", unmet_need.unmet_need, name="unmet_need"),
    path("duplicates/", duplicates.pair_list, name="duplicates"),
    path("duplicates/<int:pk>/", duplicates.pair, name="duplicate"),
    path("lists/", listing.saved_lists, name="saved_lists"),
    path("lists/<int:pk>/forget/", listing.forget_list, name="forget_list"),
    path("history/", EventList.as_view(), name="events"),
    path("history/results/", EventList.as_view(results_only=True), name="events_results"),
    path("proposed-changes/", proposals.proposed_changes, name="proposed_changes"),
    path("imports/", imports.import_list, name="imports"),
    path("imports/add/", imports.import_add, name="import_add"),
    path("imports/<int:pk>/", imports.import_run, name="import"),
    path("imports/<int:pk>/mapping/", imports.import_mapping, name="import_mapping"),
    path("imports/<int:pk>/ask/", imports.import_ask, name="import_ask"),
    path("imports/<int:pk>/report/", imports.import_report, name="import_report"),
]
