"""How an article is reviewed: an editor checks its facts, then a clinician signs it off, which publishes it."""

from django.db import migrations

from accounts.roles import CLINICIAN_REVIEWER, EDITOR, grant

STOCK = "Moderators approval"  # Wagtail's own, for a group that we do not have


def grant_new_records(apps, schema_editor):
    grant(apps, EDITOR, [f"articles.{action}_claim" for action in ("add", "change", "delete", "publish")])
    grant(apps, EDITOR, [f"articles.{action}_trial" for action in ("add", "change", "delete")])
    grant(apps, EDITOR, ["articles.view_feedback", "articles.delete_feedback"])
    grant(apps, CLINICIAN_REVIEWER, ["articles.view_claim", "articles.view_trial"])
    grant(apps, CLINICIAN_REVIEWER, ["articles.add_clinicalreview", "articles.view_clinicalreview"])


def make_workflow(apps, schema_editor):
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
    index = apps.get_model("articles.ArticleIndexPage").objects.first()
    if index:  # on a fresh database it is loaded later, and gets its workflow then (articles.loading)
        apps.get_model("wagtailcore.WorkflowPage").objects.create(workflow=workflow, page_id=index.pk)


def remove_stock_workflow(apps, schema_editor):
    for model, used in [("Workflow", "workflow_states"), ("GroupApprovalTask", "task_states")]:
        apps.get_model("wagtailcore", model).objects.filter(**{"name": STOCK, used: None}).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0002_roles"),
        ("articles", "0007_clinical_review_and_feedback"),
    ]

    operations = [
        migrations.RunPython(grant_new_records, migrations.RunPython.noop),
        migrations.RunPython(make_workflow, migrations.RunPython.noop),
        migrations.RunPython(remove_stock_workflow, migrations.RunPython.noop),
    ]
