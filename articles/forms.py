"""Forms of the page editor."""

from typing import Any

from django.core.exceptions import ValidationError
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import StreamBlockValidationError

from articles import wording

REASON_WANTED = (
    "This article is live and its words have changed. Add what you changed, and why: readers see it here."
)


class ArticleForm(WagtailAdminPageForm):
    """Publishing different words on a live article takes a reason. Saving a draft does not."""

    def _post_clean(self) -> None:
        super()._post_clean()  # writes what was typed into the instance
        if not self.is_deferred_validation and not self.errors and lacks_reason(self.instance):
            self.add_error(
                "changes", StreamBlockValidationError(non_block_errors=[ValidationError(REASON_WANTED)])
            )


def lacks_reason(draft: Any) -> bool:
    """Whether the article *draft* says other words than what is live, and not why."""
    live = type(draft).objects.filter(pk=draft.pk, live=True).first()
    if live is None or wording.words(live) == wording.words(draft):
        return False
    return not (_reasons(draft) - _reasons(live))


def _reasons(page: Any) -> set[tuple]:
    return {(change.value["made_on"], change.value["what"]) for change in page.changes}
