from allauth.account.adapter import DefaultAccountAdapter


class StaffAdapter(DefaultAccountAdapter):
    """Accounts are for the team: an administrator makes them, nobody signs up."""

    def is_open_for_signup(self, request) -> bool:
        return False
