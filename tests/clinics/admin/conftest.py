"""Who is signed in."""

import pytest
from django.contrib.auth.models import Permission

from tests.factories import create_user


@pytest.fixture
def publisher(client):
    user = create_user(username="publisher", is_superuser=True)
    client.force_login(user)
    return user


@pytest.fixture
def drafter(client):
    """May change clinics, and may not publish them."""
    user = create_user(username="drafter")
    for codename in ("access_admin", "add_clinic", "change_clinic"):
        user.user_permissions.add(Permission.objects.get(codename=codename))
    client.force_login(user)
    return user
