"""Cells that a spreadsheet shows as the text they are."""

from typing import Any

_STARTS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0")


def safe_cell(value: Any) -> Any:
    """*value* with an apostrophe before whatever a spreadsheet would run as a formula; numbers stay numbers."""
    if isinstance(value, str) and value.startswith(_STARTS_FORMULA):
        return f"'{value}"
    return value
