"""An import that is killed half-way, by a real process against the real database."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection

from clinics.models import Clinic, ClinicEvent, SourceRecord
from tests.template_databases import url_of

ROWS = 20_000
HEADING = "index,facility_name,unit,street_no,street_name,postal_code,city,province,latitude,longitude\n"

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def long_list(tmp_path):
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write(HEADING)
        file.writelines(
            f"{row},Clinic {row},,1,invented road,T3B 0X9,calgary,ab,51.0,-114.0\n" for row in range(ROWS)
        )
    return path


def counts():
    return [model.objects.count() for model in (Clinic, SourceRecord, ClinicEvent)]


def test_killed_half_way_it_leaves_nothing_and_can_be_run_again(long_list):
    process = subprocess.Popen(
        [sys.executable, "manage.py", "import_clinics", str(long_list), "--source=odhf", "--list"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"DATABASE_URL": url_of(connection.settings_dict["NAME"])},
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        said = process.stderr.readline() + process.stderr.readline()
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert "2,000 of 20,000 rows" in said
    assert counts() == [0, 0, 0]

    short_list = Path(long_list).with_name("short.csv")
    with long_list.open() as whole, short_list.open("w") as part:
        part.writelines(line for _, line in zip(range(101), whole, strict=False))
    _wait_for_the_lock_to_go()
    call_command("import_clinics", str(short_list), "--source=odhf")
    assert counts() == [100, 100, 100]


def _wait_for_the_lock_to_go() -> None:
    """PostgreSQL notices within moments that its client has died."""
    for _ in range(100):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database "
                "WHERE locktype = 'advisory' AND datname = current_database()"
            )
            if cursor.fetchone()[0] == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the killed import still holds its lock")
