from django.db import migrations

FORBID = """
CREATE FUNCTION clinics_clinicevent_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'The history of clinics is append-only: % of % is refused.', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER clinics_clinicevent_keep_rows BEFORE UPDATE OR DELETE ON clinics_clinicevent
    FOR EACH ROW EXECUTE FUNCTION clinics_clinicevent_is_append_only();
CREATE TRIGGER clinics_clinicevent_keep_table BEFORE TRUNCATE ON clinics_clinicevent
    FOR EACH STATEMENT EXECUTE FUNCTION clinics_clinicevent_is_append_only();
"""
ALLOW = """
DROP TRIGGER clinics_clinicevent_keep_table ON clinics_clinicevent;
DROP TRIGGER clinics_clinicevent_keep_rows ON clinics_clinicevent;
DROP FUNCTION clinics_clinicevent_is_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("clinics", "0001_initial")]

    operations = [migrations.RunSQL(FORBID, ALLOW)]
