"""What ``load_articles`` last wrote, so that it never overwrites an editor's work."""

from django.db import models


class LoadedItem(models.Model):
    """One page or record of the starting content, as it stood when it was last loaded.

    An editor has changed it when *revision* is no longer its latest, and has deleted it when there is no
    revision left; either way it is the editor's from then on.
    """

    name = models.CharField(max_length=200, unique=True)
    digest = models.CharField(max_length=64, help_text="SHA-256 of what the file said.")
    revision = models.ForeignKey(
        "wagtailcore.Revision", null=True, on_delete=models.SET_NULL, related_name="+"
    )

    def __str__(self) -> str:
        return self.name
