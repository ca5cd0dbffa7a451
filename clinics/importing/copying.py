"""Model instances into PostgreSQL by COPY: several times as fast as bulk_create for wide rows."""

from collections.abc import Sequence

from django.db import connection
from django.db.models import Model


def copy_in(instances: Sequence[Model]) -> None:
    """Insert *instances* of one model, whose primary keys are set here; like bulk_create, no signal is sent."""
    if not instances:
        return
    meta = instances[0]._meta
    fields = [field for field in meta.concrete_fields if not field.generated]
    (key_column,) = [field.column for field in fields if field.primary_key]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, %s)) FROM generate_series(1, %s)",
            [quote(meta.db_table), key_column, len(instances)],
        )
        for instance, (key,) in zip(instances, cursor.fetchall(), strict=True):
            instance.pk = key
        with cursor.copy(f"COPY {quote(meta.db_table)} ({columns}) FROM STDIN") as copy:
            for instance in instances:
                copy.write_row(
                    [
                        field.get_db_prep_save(field.pre_save(instance, add=True), connection)
                        for field in fields
                    ]
                )
        for instance in instances:
            instance._state.adding = False
            instance._state.db = connection.alias
