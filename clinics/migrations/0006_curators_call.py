"""Curators call clinics and answer the public, and administrators with them."""

from django.db import migrations


def grant(apps, schema_editor):
    content_types = apps.get_model("contenttypes.ContentType").objects
    permissions = apps.get_model("auth.Permission").objects
    groups = [apps.get_model("auth.Group").objects.get_or_create(name=name)[0] for name in ("Curator", "Administrator")]
    for model in ("verification", "report"):
        # Django writes permissions once all migrations have run, which is too late for a fresh database.
        content_type, _ = content_types.get_or_create(app_label="clinics", model=model)
        permission, _ = permissions.get_or_create(
            content_type=content_type, codename=f"change_{model}", defaults={"name": f"Can change {model}"}
        )
        for group in groups:
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("clinics", "0005_opening_borders"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
