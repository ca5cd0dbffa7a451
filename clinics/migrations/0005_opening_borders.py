from django.db import migrations

from clinics.models.offer import opening_borders


def repeat_opening_hours(apps, schema_editor):
    clinics = apps.get_model("clinics", "Clinic").objects.filter(opening_hours__isnull=False).distinct()
    for clinic in clinics.prefetch_related("opening_hours").iterator(chunk_size=2000):
        clinic.opening_borders = opening_borders(clinic.opening_hours.all())
        clinic.save(update_fields=["opening_borders"])


class Migration(migrations.Migration):

    dependencies = [("clinics", "0004_filters")]

    operations = [migrations.RunPython(repeat_opening_hours, migrations.RunPython.noop)]
