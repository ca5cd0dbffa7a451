"""The words of an article, without markup: what a change of it, and a review of it, are about."""

import hashlib
import json
import re
from collections.abc import Iterator
from html import unescape
from typing import Any

from django.utils.html import strip_tags


def words(page) -> list[str]:
    """What a reader of *page* reads, in order: title, summary, body, and the charts that the body shows.

    Opening and saving a page changes markup, spaces and keys without changing a word; none of these is here.
    """
    found = [page.title, page.summary, *_texts(_stored(page.body))]
    for block in page.body:
        if block.block_type == "chart" and (chart := block.value["chart"]):
            found += [chart.title, chart.reading, chart.caution, *_texts(_stored(chart.figures))]
    return [text for written in found if (text := re.sub(r"\s+", "", unescape(strip_tags(written))))]


def digest(page) -> str:
    """SHA-256 of the words of *page*."""
    return hashlib.sha256(json.dumps(words(page)).encode()).hexdigest()


def _stored(stream) -> list:
    """What a StreamField stores. Blocks are stored as they came until somebody looks at them, so all are looked at."""
    for block in stream:
        block.value  # noqa: B018
    return stream.get_prep_value()


def _texts(value: Any) -> Iterator[str]:
    """Texts and numbers of a stored StreamField value, without the keys of its blocks."""
    match value:
        case dict():
            for name, inner in value.items():
                if name != "id":
                    yield from _texts(inner)
        case list():
            for inner in value:
                yield from _texts(inner)
        case None:
            pass
        case _:
            yield str(value)
