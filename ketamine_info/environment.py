"""What production needs from its environment, checked before anything starts."""

import re
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

from pmtiles.tile import MagicNumberNotFound, SpecVersionUnsupported, TileType, deserialize_header

DEPLOYMENTS = ("local", "test", "production")
SHORTEST_SECRET = 50
FEWEST_PEOPLE = 5  # that a count of searches may tell of; PostgreSQL refuses fewer
_HOST = re.compile(r"[a-z0-9.-]+(:[0-9]+)?", re.IGNORECASE)  # one that the policy can name


def problems(environment: Mapping[str, str]) -> list[str]:
    """Everything wrong with *environment* at once: the variable, and what to put there."""
    deployment = environment.get("DEPLOYMENT", "production")
    if deployment not in DEPLOYMENTS:
        return [f"DEPLOYMENT is {deployment!r}; it may be {', '.join(DEPLOYMENTS)}."]
    found = map_problems(environment)
    fewest = environment.get("UNMET_NEED_FEWEST", "10")
    if not (fewest.isascii() and fewest.isdecimal() and int(fewest) >= FEWEST_PEOPLE):
        found.append(f"UNMET_NEED_FEWEST: a whole number of people, {FEWEST_PEOPLE} or more")
    if deployment != "production":
        return found
    if len(environment.get("SECRET_KEY", "")) < SHORTEST_SECRET:
        found.append(
            f"SECRET_KEY: at least {SHORTEST_SECRET} random characters, kept secret. Make one with: "
            "python3 -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    hosts = environment.get("ALLOWED_HOSTS", "")
    if not hosts or "*" in hosts.split(","):
        found.append(
            "ALLOWED_HOSTS: the host names of the site, with commas between, such as ketamine.example"
        )
    database = urlsplit(environment.get("DATABASE_URL", ""))
    if database.scheme not in ("postgres", "postgresql"):
        found.append("DATABASE_URL: the PostgreSQL database, such as postgres://user:password@host:5432/name")
    site = urlsplit(environment.get("SITE_URL", ""))
    if site.scheme != "https" or not site.hostname:
        found.append("SITE_URL: the address people use, with https, such as https://ketamine.example")
    if environment.get("DEBUG", "").lower() in ("1", "true", "yes", "on", "y", "t"):
        found.append("DEBUG: leave it out; error pages would show visitors the inside of the server")
    return found


def map_problems(environment: Mapping[str, str]) -> list[str]:
    """What is wrong with the pictures chosen for the map."""
    address, file = environment.get("MAP_TILE_URL", ""), environment.get("MAP_PMTILES", "")
    if address and file:
        return ["MAP_TILE_URL and MAP_PMTILES: choose one, and leave the other out"]
    found = []
    if address and not _is_tile_address(address):
        found.append(
            "MAP_TILE_URL: an https address with {z}, {x} and {y} after the host and no other braces, such as "
            "https://tiles.example/{z}/{x}/{y}.png"
        )
    if file and (wrong := _wrong_with_archive(Path(file))):
        found.append(
            f"MAP_PMTILES: {wrong}; it has to be a PMTiles archive of pictures (PNG, JPEG, WebP or AVIF)"
        )
    if (address or file) and not environment.get("MAP_ATTRIBUTION", "").strip():
        found.append(
            "MAP_ATTRIBUTION: whom the map's pictures are owed to, such as © OpenStreetMap contributors"
        )
    return found


def _is_tile_address(address: str) -> bool:
    parts = urlsplit(address)
    placeholders = sorted(re.findall(r"{.*?}", parts.path + parts.query))
    return (
        parts.scheme == "https"
        and bool(_HOST.fullmatch(parts.netloc))
        and placeholders == ["{x}", "{y}", "{z}"]
    )


def _wrong_with_archive(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            header = deserialize_header(file.read(127))
    except OSError as error:
        return f"{path} cannot be read ({error.strerror})"
    except (MagicNumberNotFound, SpecVersionUnsupported, UnicodeDecodeError, IndexError, ValueError):
        return f"{path} is no PMTiles archive of version 3"
    is_of_pictures = header["tile_type"] in (TileType.PNG, TileType.JPEG, TileType.WEBP, TileType.AVIF)
    return None if is_of_pictures else f"the tiles of {path} are no pictures"


def refusal(found: list[str]) -> str:
    """The message of a start that is refused."""
    lines = "\n".join(f"  - {problem}" for problem in found)
    return (
        f"The environment is not fit to start with:\n{lines}\n"
        "Every variable is described in .env.example. For a trial on this machine: make up "
        "(or set DEPLOYMENT=local)."
    )
