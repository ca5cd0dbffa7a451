"""How an article is reviewed: an editor checks its facts, then a clinician signs it off, which publishes it."""

from django.db import migrations

from accounts.roles import CLINICIAN_REVIEWER, EDITOR

STOCK = "Moderators approval"  # Wagtail's own, for a group that we do not have


def make_workflow(apps, schema_editor):
    """Without a page: the one whose articles it is for is loaded later, and gets it then (articles.loading)."""
    workflow = apps.get_model("wagtailcore.Workflow").objects.create(name="Article review", active=True)
    steps = [
        ("wagtailcore", "GroupApprovalTask", "Fact check", EDITOR),
        ("articles", "ClinicalSignOff", "Clinical sign-off", CLINICIAN_REVIEWER),
    ]
    for order, (app_label, model, name, role) in enumerate(steps):
        content_type, _ = apps.get_model("contenttypes.ContentType").objects.get_or_create(
            app_label=app_label, model=model.lower()
        )
        task = apps.get_model(app_label, model).objects.create(
            name=name, active=True, content_type=content_type
        )
        task.groups.add(apps.get_model("auth.Group").objects.get(name=role))
        apps.get_model("wagtailcore.WorkflowTask").objects.create(
            workflow=workflow, task_id=task.pk, sort_order=order
        )


def remove_stock_workflow(apps, schema_editor):
    for model, used in [("Workflow", "workflow_states"), ("GroupApprovalTask", "task_states")]:
        apps.get_model("wagtailcore", model).objects.filter(**{"name": STOCK, used: None}).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
        ("articles", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(make_workflow, migrations.RunPython.noop),
        migrations.RunPython(remove_stock_workflow, migrations.RunPython.noop),
    ]
