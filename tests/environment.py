"""Environment of the test run: loaded by pytest (``-p``) before Django reads its settings."""

import os
from tempfile import gettempdir

os.environ["DEPLOYMENT"] = "test"
# Playwright's sync API runs an event loop in the test's thread, which Django would refuse to query from.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
os.environ["EXPORT_ROOT"] = f"{gettempdir()}/exports-of-tests-{os.getuid()}"
os.environ["API_REQUESTS_PER_MINUTE"] = "1000000"  # every test asks from one address
