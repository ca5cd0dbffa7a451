from django.db import models


class Provider(models.Model):
    """The organisation that runs one or more clinics."""

    name = models.CharField(max_length=200)
    website = models.URLField(blank=True)
    is_sample = models.BooleanField(
        default=False, help_text="Made up to try the site; marked wherever it appears."
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return self.name
