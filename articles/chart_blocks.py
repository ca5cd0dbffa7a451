"""What a chart is made of: trials, one trial's side effects, or one study's course over time."""

from itertools import pairwise

from django.core.exceptions import ValidationError
from wagtail.blocks import (
    CharBlock,
    ChoiceBlock,
    DecimalBlock,
    IntegerBlock,
    ListBlock,
    StreamBlock,
    StructBlock,
)
from wagtail.snippets.blocks import SnippetChooserBlock


class PercentBlock(DecimalBlock):
    """A share of the people in one group, to one decimal place."""

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_value=100, max_digits=4, decimal_places=1, **kwargs)


class TrialBlock(StructBlock):
    """One trial in a chart: both arms, who took part, when it was measured, who knew what they had."""

    name = CharBlock(max_length=60, help_text="“Murrough, 2013”")
    source = SnippetChooserBlock("articles.Source")
    treatment = CharBlock(max_length=30, help_text="Short, for the label on the bar: “ketamine”")
    treatment_percent = PercentBlock()
    comparator = CharBlock(max_length=30, help_text="Short: “midazolam”")
    comparator_percent = PercentBlock()
    people = IntegerBlock(min_value=1, help_text="Both groups together.")
    when = CharBlock(max_length=60, help_text="“1 day after one infusion”")
    design = CharBlock(max_length=80, help_text="Who knew what they were given: “double-blind”")
    finding = CharBlock(max_length=80, help_text="“No significant difference”")

    class Meta:
        icon = "list-ul"
        label = "Trial"


class EffectBlock(StructBlock):
    """One side effect, in both groups."""

    name = CharBlock(max_length=60, help_text="“Dizziness”")
    treatment_percent = PercentBlock()
    comparator_percent = PercentBlock()


class EffectsBlock(StructBlock):
    """Side effects of one treatment and of what it was compared with, in the same people."""

    name = CharBlock(max_length=60, help_text="Whose figures: “Four-week trials of the spray”")
    source = SnippetChooserBlock("articles.Source")
    treatment = CharBlock(max_length=30)
    treatment_people = IntegerBlock(min_value=1)
    comparator = CharBlock(max_length=30)
    comparator_people = IntegerBlock(min_value=1)
    when = CharBlock(max_length=60, help_text="“at any time in four weeks”")
    effects = ListBlock(EffectBlock(), min_num=1)

    class Meta:
        icon = "warning"
        label = "Side effects"


class TimeBlock(StructBlock):
    """A time at which people were measured, and its place on the axis."""

    at = DecimalBlock(min_value=0, help_text="In any unit, the same for all.")
    label = CharBlock(max_length=20, help_text="Short, for the axis: “7 days”")


class SeriesBlock(StructBlock):
    """One line: a value for each time."""

    label = CharBlock(max_length=30, help_text="“ketamine”, or “response”")
    values = ListBlock(DecimalBlock(min_value=0, max_digits=5, decimal_places=1), min_num=2)


class CourseBlock(StructBlock):
    """How one study's figures changed over time, as one or two lines."""

    name = CharBlock(max_length=60, help_text="“Lii, 2023”")
    source = SnippetChooserBlock("articles.Source")
    people = IntegerBlock(min_value=1)
    design = CharBlock(max_length=120, help_text="Who they were compared with, and who knew what they had.")
    finding = CharBlock(max_length=120)
    unit = ChoiceBlock(choices=[("%", "Percent of people"), ("", "Points on a scale")], required=False)
    highest = IntegerBlock(min_value=1, help_text="Top of the axis. Its foot is always 0.")
    axis = CharBlock(max_length=100, help_text="What runs along the foot: “Days after the infusion”")
    times = ListBlock(TimeBlock(), min_num=2)
    series = ListBlock(SeriesBlock(), min_num=1, max_num=2)

    class Meta:
        icon = "history"
        label = "Course over time"

    def clean(self, value):
        cleaned = super().clean(value)
        times = [time["at"] for time in cleaned["times"]]
        if any(later <= earlier for earlier, later in pairwise(times)):
            raise ValidationError("Give the times in order, each once.")
        for series in cleaned["series"]:
            if len(series["values"]) != len(times):
                raise ValidationError(f"“{series['label']}” needs one value for each time.")
            if max(series["values"]) > cleaned["highest"]:
                raise ValidationError(f"A value of “{series['label']}” is above the top of the axis.")
        return cleaned


class FiguresBlock(StreamBlock):
    """The figures of one chart, all of one sort."""

    trial = TrialBlock()
    effects = EffectsBlock()
    course = CourseBlock()

    class Meta:
        min_num = 1
        block_counts = {"effects": {"max_num": 1}, "course": {"max_num": 1}}

    def clean(self, value):
        cleaned = super().clean(value)
        if len({block.block_type for block in cleaned}) > 1:
            raise ValidationError("A chart shows trials, or side effects, or a course over time: only one.")
        return cleaned
