"""Telephone numbers in the one form that the directory keeps."""

import phonenumbers
from django.core.exceptions import ValidationError

LONGEST = 32  # characters that a clinic's number may have


def international(text: str, country: str) -> str | None:
    """*text*, a number as it is dialled in *country* (ISO code), in international form; None where it is none.

    An extension is kept, in one way of writing it: ``+1 860-276-3000 ext. 301``.
    """
    try:
        number = phonenumbers.parse(text, country or None)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    extension = f" ext. {number.extension}" if number.extension else ""
    number.extension = None  # countries write it in different ways
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL) + extension


def read_phone(text: str, country: str) -> str:
    """*text* in international form. Raises ValidationError, in words for whoever typed it."""
    number = international(text, country)
    if number is None:
        raise ValidationError(
            "This is not a telephone number. Write it as it is dialled, or +44 113 496 0000."
        )
    if len(number) > LONGEST:
        raise ValidationError("This number is too long. Leave out the extension.")
    return number
