import logging
import math
import os
import time

from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from clinics.importing import uploads
from clinics.importing.running import run_next

PAUSE = 2  # seconds between looks
TIDYING = 24 * 60 * 60

logger = logging.getLogger(__name__)


class Command(BaseCommand):
    help = (
        "Work on the imports that were asked for in the admin. It may be stopped at any time, and run twice."
    )

    def add_arguments(self, parser):
        parser.add_argument("--wait", action="store_true", help="Go on waiting for further ones.")

    def handle(self, *, wait: bool, **options):
        parent, tidied = os.getppid(), -math.inf
        while True:
            try:
                while run_next():
                    pass
                if time.monotonic() - tidied > TIDYING:
                    uploads.forget_old(timezone.now())
                    tidied = time.monotonic()
            except (OperationalError, InterfaceError):
                if not wait:
                    raise
                logger.exception("The database cannot be reached; imports wait")
                connection.close()
            if not wait or os.getppid() != parent:  # who started it has gone
                return
            close_old_connections()
            time.sleep(PAUSE)
