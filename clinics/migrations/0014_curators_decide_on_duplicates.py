from django.db import migrations

from accounts.roles import CURATOR, grant


def let_curators_decide(apps, schema_editor):
    grant(apps, CURATOR, ["clinics.change_duplicatepair"])


class Migration(migrations.Migration):
    dependencies = [("clinics", "0013_closed_dates_by_day"), ("accounts", "0002_roles")]

    operations = [migrations.RunPython(let_curators_decide, migrations.RunPython.noop)]
