"""How long an article takes to read."""

import re

# Silent reading of plain English is near 240 words a minute (Brysbaert, 2019). Our readers may be tired or unwell.
WORDS_A_MINUTE = 200
FIGURE = re.compile(r"<figure\b.*?</figure>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


def minutes_to_read(html: str) -> int:
    """Whole minutes, one at least, for the text of *html*, a rendered template; charts are not counted."""
    words = TAG.sub(" ", FIGURE.sub(" ", html)).split()
    return max(1, round(len(words) / WORDS_A_MINUTE))
