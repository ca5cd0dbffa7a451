"""Two people editing one page: the second one's save never takes the place of the first one's without being told."""

from django.contrib import messages
from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.html import format_html
from wagtail.admin.views.pages.edit import EditView
from wagtail.admin.viewsets.pages import PageViewSet
from wagtail.models import Page


class PageEditView(EditView):
    """Wagtail's editor, which asks before a Save, too, and not only before it saves by itself."""

    @transaction.atomic
    def post(self, request, *args, **kwargs):
        current = Page.objects.select_for_update().get(pk=self.page.pk)  # the next one waits, then looks
        self.latest_revision = current.latest_revision
        if not self.expects_json_response and self.is_out_of_date and self.saved_by_others():
            return self.conflict()
        return super().post(request, *args, **kwargs)

    def opened(self) -> int:
        """The primary key of the revision that the form was made of, 0 where it does not say."""
        sent = self.request.POST.get("overwrite_revision_id") or self.request.POST["loaded_revision_id"]
        return int(sent) if sent.isdecimal() and len(sent) < 19 else 0

    def saved_by_others(self) -> bool:
        """Whether anybody else has saved since the form was opened; the latest revision has been saved since.

        The editor saves by itself while somebody types, into a new revision or into their latest one again. That may
        overtake their press of a button, and is no conflict.
        """
        since = Q(pk__gt=self.opened()) | Q(pk=self.latest_revision.pk)
        return self.page.revisions.filter(since).exclude(user=self.request.user).exists()

    def conflict(self):
        """The form again with what was typed, nothing saved, and who saved what meanwhile."""
        self.form = self.form_class(
            self.request.POST,
            self.request.FILES,
            instance=self.page,
            subscription=self.subscription,
            parent_page=self.parent,
            for_user=self.request.user,
        )
        self.form.is_valid()  # the panels show a form that has been looked at
        self.page.latest_revision = self.latest_revision
        self.has_unsaved_changes = True
        messages.error(self.request, self.conflict_message())
        response = self.render_to_response(self.get_context_data())
        response.status_code = 409
        return response

    def conflict_message(self) -> str:
        theirs = self.latest_revision
        who = theirs.user.get_full_name() or theirs.user.get_username() if theirs.user else "Somebody"
        compare = reverse(
            "wagtailadmin_pages:revisions_compare",
            args=[self.page.pk, self.opened() or "earliest", theirs.pk],
        )
        return format_html(
            "{} saved this page after you opened it. What you typed is below, and not saved yet. "
            '<a href="{}" target="_blank">See what they changed</a>. Saving now puts yours in its place.',
            who,
            compare,
        )


class CarefulPageViewSet(PageViewSet):
    """The views of every page of the site."""

    model = Page
    edit_view_class = PageEditView
