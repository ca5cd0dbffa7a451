"""What production needs from its environment, checked before anything starts."""

from collections.abc import Mapping
from urllib.parse import urlsplit

DEPLOYMENTS = ("local", "test", "production")
SHORTEST_SECRET = 50


def problems(environment: Mapping[str, str]) -> list[str]:
    """Everything wrong with *environment* at once: the variable, and what to put there."""
    deployment = environment.get("DEPLOYMENT", "production")
    if deployment not in DEPLOYMENTS:
        return [f"DEPLOYMENT is {deployment!r}; it may be {', '.join(DEPLOYMENTS)}."]
    if deployment != "production":
        return []
    found = []
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


def refusal(found: list[str]) -> str:
    """The message of a start that is refused."""
    lines = "\n".join(f"  - {problem}" for problem in found)
    return (
        f"The environment is not fit to start with:\n{lines}\n"
        "Every variable is described in .env.example. For a trial on this machine: make up "
        "(or set DEPLOYMENT=local)."
    )
