"""What a page is made of. Each block is one template of templates/articles/blocks/.

Any text in a block may cite a claim as ``[#murrough-response]`` or a source as ``[@murrough-2013]``; the page
numbers them (articles.citations).
"""

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.text import slugify
from django.utils.timezone import localdate
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    DateBlock,
    IntegerBlock,
    ListBlock,
    PageChooserBlock,
    RichTextBlock,
    StaticBlock,
    StreamBlock,
    StreamBlockValidationError,
    StructBlock,
    TextBlock,
)
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from articles.charts import drawn

INLINE_FEATURES = ["bold", "italic", "link"]
TEXT_FEATURES = ["h3", "ul", "ol", *INLINE_FEATURES]


class SectionBlock(CharBlock):
    """Heading of a section; the page's contents list is made of these."""

    class Meta:
        icon = "title"
        template = "articles/blocks/section.html"
        description = "Starts a section and adds it to the contents list."

    def get_context(self, value, parent_context=None):
        return super().get_context(value, parent_context) | {"anchor": slugify(value)}


class CareCardBlock(StructBlock):
    """What to do where somebody may be in danger, by how fast it must be done."""

    urgency = ChoiceBlock(
        choices=[
            ("emergency", "Emergency: call now"),
            ("urgent", "Urgent: ask for help today"),
            ("routine", "Routine: talk to your doctor"),
        ]
    )
    heading = CharBlock(max_length=120)
    text = RichTextBlock(features=["ul", *INLINE_FEATURES])

    class Meta:
        icon = "warning"
        template = "articles/blocks/care_card.html"
        label = "Care card"


class KeyFactBlock(StructBlock):
    """One result in plain numbers. People, comparison and time are not optional."""

    of_100 = IntegerBlock(min_value=0, max_value=100, label="Of 100 people treated")
    treatment = CharBlock(max_length=80, help_text="“given one ketamine infusion”")
    against_of_100 = IntegerBlock(min_value=0, max_value=100, label="Against, of 100 people")
    comparator = CharBlock(max_length=80, help_text="“given midazolam, a sedative”")
    outcome = CharBlock(
        max_length=120, help_text="What happened to them: “had their symptoms halved or better”"
    )
    when = CharBlock(max_length=60, help_text="“after one day”")
    people = IntegerBlock(min_value=1, label="People who took part")
    source = SnippetChooserBlock("articles.Source")

    class Meta:
        icon = "tick-inverse"
        template = "articles/blocks/key_fact.html"
        label = "Key fact"


class EvidenceTableBlock(StructBlock):
    """Figures in rows. The first column names each row."""

    table = TypedTableBlock([("text", CharBlock(required=False, max_length=200))])
    note = RichTextBlock(features=INLINE_FEATURES, required=False)

    class Meta:
        icon = "table"
        template = "articles/blocks/evidence_table.html"
        label = "Evidence table"

    def clean(self, value):
        cleaned = super().clean(value)
        if not cleaned["table"].caption:
            raise ValidationError("Give the table a caption that says who was counted, and when.")
        return cleaned


class ChartBlock(StructBlock):
    """A chart kept under Snippets, drawn on the server, with its numbers in a table."""

    chart = SnippetChooserBlock("articles.EvidenceChart")

    class Meta:
        icon = "desktop"
        template = "articles/blocks/evidence_chart.html"
        label = "Chart"

    def get_context(self, value, parent_context=None):
        chart = value["chart"]  # None where it has been deleted since
        drawing = drawn(chart.figures) if chart else None
        return super().get_context(value, parent_context) | {"chart": chart, "drawing": drawing}


class TrialTableBlock(StaticBlock):
    """All trials kept under Snippets."""

    class Meta:
        icon = "table"
        template = "articles/blocks/trial_table.html"
        label = "Table of all trials"
        admin_text = "Every trial under Editorial records, by year, in a table that readers can sort."

    def get_context(self, value, parent_context=None):
        trials = apps.get_model("articles.Trial").objects.select_related("source")
        return super().get_context(value, parent_context) | {"trials": trials}


class ProsAndConsBlock(StructBlock):
    """Two columns of equal weight."""

    pros = ListBlock(RichTextBlock(features=INLINE_FEATURES), label="For")
    cons = ListBlock(RichTextBlock(features=INLINE_FEATURES), label="Against")

    class Meta:
        icon = "list-ul"
        template = "articles/blocks/pros_and_cons.html"
        label = "Pros and cons"


class CalloutBlock(StructBlock):
    """Something that a reader should not miss and that is no danger."""

    heading = CharBlock(max_length=120)
    text = RichTextBlock(features=["ul", *INLINE_FEATURES])

    class Meta:
        icon = "info-circle"
        template = "articles/blocks/callout.html"
        label = "Callout"


class QuestionsBlock(ListBlock):
    """Questions to ask somebody. On paper each has room for the answer."""

    def __init__(self, **kwargs):
        super().__init__(CharBlock(max_length=300, label="Question"), min_num=1, **kwargs)

    class Meta:
        icon = "help"
        template = "articles/blocks/questions.html"
        label = "Questions to ask"


class ClinicQuestionsBlock(StaticBlock):
    """The questions that listings and the list for paper show, too."""

    class Meta:
        icon = "help"
        template = "articles/blocks/clinic_questions.html"
        label = "Questions to ask a clinic"
        admin_text = "The eleven questions that stand in every listing, in the same words."


class QuoteBlock(StructBlock):
    """Words of somebody else, as they stand in a source."""

    text = TextBlock(help_text="Word for word, without quotation marks.")
    said_by = CharBlock(max_length=150, help_text="Who said it, and as what.")
    source = SnippetChooserBlock("articles.Source")

    class Meta:
        icon = "openquote"
        template = "articles/blocks/quote.html"
        label = "Quotation"


class AltTextBlock(CharBlock):
    """What a picture shows, in words."""

    def __init__(self, **kwargs):
        super().__init__(max_length=250, **kwargs)
        self.field.error_messages["required"] = "Say what the picture shows, for people who cannot see it."


class PictureBlock(StructBlock):
    """A picture that means something. Decoration has no place in an article."""

    image = ImageChooserBlock()
    alt_text = AltTextBlock(
        label="What it shows", help_text="For people who cannot see it: what they would miss without it."
    )
    caption = RichTextBlock(features=INLINE_FEATURES, required=False)
    credit = CharBlock(max_length=150, required=False, help_text="Who made it, and under which licence.")

    class Meta:
        icon = "image"
        template = "articles/blocks/picture.html"
        label = "Picture"


class FinderBlock(StaticBlock):
    """The search box of the clinic finder."""

    class Meta:
        icon = "search"
        template = "articles/blocks/finder.html"
        label = "Clinic finder box"
        admin_text = "The box to find a clinic by postcode or town."


class ContactBlock(StaticBlock):
    """How to write to whoever runs the site."""

    class Meta:
        icon = "mail"
        template = "articles/blocks/contact.html"
        label = "Contact address"
        admin_text = "The address that the operator set as CONTACT_EMAIL."

    def get_context(self, value, parent_context=None):
        return super().get_context(value, parent_context) | {"email": settings.CONTACT_EMAIL}


class DoorBlock(StructBlock):
    """A way in: a question, and the section that answers it."""

    question = CharBlock(max_length=80)
    answer = TextBlock(help_text="One or two sentences: what is behind this door.")
    page = PageChooserBlock("articles.ArticlePage")
    section = CharBlock(max_length=80, required=False, help_text="Heading of the section, word for word.")

    class Meta:
        icon = "link"


class StepBlock(StructBlock):
    """One of a few numbered steps."""

    heading = CharBlock(max_length=80)
    text = RichTextBlock(features=INLINE_FEATURES)

    class Meta:
        icon = "list-ol"


class ChangeBlock(StructBlock):
    """One correction or update of a page, and why it was made."""

    made_on = DateBlock(default=localdate, label="On")
    what = TextBlock(label="What changed, and why", help_text="Readers see this.")

    class Meta:
        icon = "history"


class BodyBlock(StreamBlock):
    """The body of a page, from the top down."""

    section = SectionBlock(max_length=80)
    text = RichTextBlock(features=TEXT_FEATURES, icon="pilcrow", template="articles/blocks/text.html")
    care_card = CareCardBlock()
    key_fact = KeyFactBlock()
    evidence_table = EvidenceTableBlock()
    chart = ChartBlock()
    trial_table = TrialTableBlock()
    pros_and_cons = ProsAndConsBlock()
    callout = CalloutBlock()
    questions = QuestionsBlock()
    clinic_questions = ClinicQuestionsBlock()
    quote = QuoteBlock()
    picture = PictureBlock()
    finder = FinderBlock()
    contact = ContactBlock()
    doors = ListBlock(DoorBlock(), icon="link", template="articles/blocks/doors.html")
    steps = ListBlock(StepBlock(), icon="list-ol", template="articles/blocks/steps.html")

    class Meta:
        template = "articles/blocks/body.html"

    def clean(self, value):
        cleaned = super().clean(value)
        seen = set()
        for position, block in enumerate(cleaned):
            if block.block_type == "section":
                anchor = slugify(block.value)
                if anchor in seen:
                    message = f"Two sections are called “{block.value}”. Links to them need different names."
                    raise StreamBlockValidationError(block_errors={position: ValidationError(message)})
                seen.add(anchor)
        return cleaned
