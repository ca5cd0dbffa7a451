"""Words that the articles explain."""

from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from wagtail.admin.panels import FieldPanel
from wagtail.models import RevisionMixin
from wagtail.search import index

from articles.citations import keys_in, without_citations
from articles.models.source import Source


class GlossaryTerm(index.Indexed, RevisionMixin, models.Model):
    """A word, its other forms, and what it means. The first use of any form in an article is explained."""

    key = models.SlugField(
        unique=True, help_text="Its place in the address, as in /glossary/#placebo. Leave it as it is."
    )
    term = models.CharField(
        "word", max_length=60, help_text="As in the middle of a sentence: “placebo”, but “Spravato”."
    )
    other_forms = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Other spellings, endings and names, with commas between: “placebos, dummy treatment”. Articles "
        "explain them and searches find them. Capitals must match where a form has any.",
    )
    in_articles = models.BooleanField(
        "explain in articles",
        default=True,
        help_text="Untick for a word that every article is about, such as ketamine.",
    )
    definition = models.TextField(
        "meaning",
        max_length=600,
        help_text="One to three plain sentences that stand alone. A medical fact cites its source: [@murrough-2013].",
    )

    panels = [
        FieldPanel("term"),
        FieldPanel("key"),
        FieldPanel("other_forms"),
        FieldPanel("definition"),
        FieldPanel("in_articles"),
    ]
    search_fields = [
        index.AutocompleteField("term"),
        index.SearchField("term"),
        index.SearchField("definition"),
    ]

    class Meta:
        ordering = [Lower("term")]

    def __str__(self) -> str:
        return self.term

    def clean(self) -> None:
        super().clean()
        keys = keys_in(self.definition)
        broken = sorted(set(keys) - Source.objects.in_bulk(keys, field_name="key").keys())
        if broken:
            raise ValidationError({"definition": f"No source has this key: {', '.join(broken)}."})
        mine = {form.casefold() for form in self.forms}
        for other in GlossaryTerm.objects.exclude(pk=self.pk):
            if shared := mine & {form.casefold() for form in other.forms}:
                raise ValidationError(
                    {"other_forms": f"“{shared.pop()}” already leads to the word “{other.term}”."}
                )

    @property
    def forms(self) -> list[str]:
        """The word itself and its other forms."""
        return [self.term, *self.other_forms]

    @property
    def meaning(self) -> str:
        """The definition without its citations, for where no list of sources stands."""
        return without_citations(self.definition)

    @property
    def initial(self) -> str:
        """The capital letter under which the glossary lists it."""
        return self.term[:1].upper()
