"""Names of places as keys: the one folding that both the loaded names and what people type go through."""

import re
import unicodedata

# Letters that Unicode does not take apart into a plain letter and a mark.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "ə": "a"}
)
_APOSTROPHES = re.compile("['’‘ʻʼʹ`´]")
_INITIAL = re.compile(r"\b(\w)\.(?=\w\b|\W|$)")  # "D.C." is one word
_NOT_WORD = re.compile(r"[\W_]+")
_WORDS = {"st": "saint", "ste": "sainte", "mt": "mount", "ft": "fort"}


def fold(name: str) -> str:
    """*name* in lower case without accents and punctuation, "St" written out: "St. Alban's" is "saint albans".

    Folding twice changes nothing. Text without letters and digits folds to the empty string.
    """
    return " ".join(_WORDS.get(word, word) for word in _words(name))


def slug(name: str) -> str:
    """*name* as a part of an address, in ASCII: "Wagga Wagga" is "wagga-wagga"; may be empty."""
    words = (re.sub("[^a-z0-9]", "", word) for word in _words(name))
    return "-".join(word for word in words if word)


def _words(name: str) -> list[str]:
    if name.isascii():
        text = name.lower()
    else:
        text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", name).casefold())
        text = "".join(char for char in text if not unicodedata.combining(char)).translate(_LETTERS)
    text = _INITIAL.sub(r"\1", text)
    text = _APOSTROPHES.sub("", text).replace("&", " and ")
    return _NOT_WORD.sub(" ", text).split()
