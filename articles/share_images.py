"""The picture beside a link to a page: its title on the site's paper, drawn with the letters that Pillow brings."""

import functools
import io
import unicodedata

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 630  # pixels, the size that every site asks for
MARGIN = 80
PAPER, INK, INK_SOFT, ACCENT = "#faf6ee", "#211e1a", "#4f4942", "#0b5557"  # as in site.css
NAME, PROMISE = "Ketamine Info", "Plain facts, and where each of them comes from"
SIZES = range(88, 35, -4)  # of the title: the largest that fits
MOST_LINES = 5
LEADING = 1.22
SPELT_OUT = str.maketrans(
    {"–": "-", "—": "-", "…": "...", "€": "EUR ", "£": "GBP ", "ß": "ss", "ø": "o", "æ": "ae"}
)


@functools.lru_cache(maxsize=128)
def drawn(title: str) -> bytes:
    """A PNG of *title*, 1200 by 630 pixels, of some ten kilobytes."""
    image = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 20, HEIGHT), fill=ACCENT)
    draw.text((MARGIN, 64), NAME, font=ImageFont.load_default(40), fill=ACCENT, stroke_width=0.8)

    lines, size = fitted(drawable(title))
    font = ImageFont.load_default(size)
    top = 150 + (HEIGHT - 150 - 120 - len(lines) * size * LEADING) / 2
    for number, line in enumerate(lines):
        at = (MARGIN - 3, top + number * size * LEADING)
        draw.text(at, line, font=font, fill=INK, stroke_width=size / 60)

    draw.line((MARGIN, HEIGHT - 120, WIDTH - MARGIN, HEIGHT - 120), fill=INK, width=2)
    draw.text((MARGIN, HEIGHT - 92), PROMISE, font=ImageFont.load_default(34), fill=INK_SOFT)

    file = io.BytesIO()
    image.quantize(32).save(file, "PNG", optimize=True)
    return file.getvalue()


def drawable(title: str) -> str:
    """*title* in the letters that the font has: ASCII and curly quotes. Accents go, and other letters leave no box."""
    plain = unicodedata.normalize("NFKD", title.translate(SPELT_OUT))
    return "".join(letter for letter in plain if letter.isascii() or letter in "“”‘’")


def fitted(title: str) -> tuple[list[str], int]:
    """The lines of *title* and the size at which they fit; what is too long at any size ends in three dots."""
    for size in SIZES:
        lines = _wrapped(title, size)
        if len(lines) * size * LEADING <= HEIGHT - 320 and len(lines) <= MOST_LINES:
            return lines, size
    return [*lines[: MOST_LINES - 1], lines[MOST_LINES - 1][:-1] + "..."], size


def _wrapped(title: str, size: int) -> list[str]:
    font = ImageFont.load_default(size)
    lines = [""]
    for word in title.split():
        longer = f"{lines[-1]} {word}".strip()
        if font.getlength(longer) <= WIDTH - 2 * MARGIN or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
