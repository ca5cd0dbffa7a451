"""What every format of the export has in common."""

from abc import ABC, abstractmethod
from typing import ClassVar, Protocol

from clinics.models import Clinic


class Output(Protocol):
    """Where a format writes its text."""

    def write(self, text: str, /) -> object: ...


class Format(ABC):
    """One file of the export, written clinic by clinic."""

    name: ClassVar[str]  # of the file
    title: ClassVar[str]
    media_type: ClassVar[str]
    about: ClassVar[str]  # for the people who choose between them

    @abstractmethod
    def __init__(self, output: Output): ...

    @abstractmethod
    def write(self, clinic: Clinic, url: str) -> None:
        """Add *clinic*, with its provider, treatments, opening hours and source records; *url* is its page."""

    def finish(self) -> None:  # noqa: B027  (a format may have nothing to say there)
        """Write what comes after the last clinic."""
