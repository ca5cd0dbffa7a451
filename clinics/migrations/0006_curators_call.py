"""Curators call clinics and answer the public, and administrators with them."""

from django.db import migrations

from accounts.roles import CURATOR, grant


def let_curators_call(apps, schema_editor):
    grant(apps, CURATOR, ["clinics.change_verification", "clinics.change_report"])


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0005_opening_borders"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(let_curators_call, migrations.RunPython.noop)]
