"""Environment of the test run: loaded by pytest (``-p``) before Django reads its settings."""

import os

os.environ["DEPLOYMENT"] = "test"
# Playwright's sync API runs an event loop in the test's thread, which Django would refuse to query from.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"  # every test asks from one address
