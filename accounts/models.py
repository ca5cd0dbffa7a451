"""People who sign in: curators, editors, reviewers, operators."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A member of the team. The public has no accounts."""
