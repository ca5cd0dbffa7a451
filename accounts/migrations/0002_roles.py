"""The roles, each with what it needs in the admin. docs/operating.md has them as a table; so has tests/roles.py."""

from django.db import migrations

from accounts.roles import (
    ADMINISTRATOR,
    CLINICIAN_REVIEWER,
    CURATOR,
    EDITOR,
    IMPORTER,
    ROLES,
    grant,
    grant_on_collections,
    grant_on_pages,
)


def make_roles(apps, schema_editor):
    for role in ROLES:
        grant(apps, role, ["wagtailadmin.admin.access_admin"])
    grant(
        apps,
        CURATOR,
        [
            *(f"clinics.{action}_clinic" for action in ("add", "change", "publish", "lock", "unlock")),
            *(f"clinics.{action}_provider" for action in ("add", "change")),
            *(f"clinics.{action}_treatmentschedule" for action in ("add", "change")),
            "clinics.view_sourcerecord",
            "clinics.view_clinicevent",
            "clinics.change_verification",
            "clinics.change_report",
            "clinics.change_duplicatepair",
        ],
    )
    grant(
        apps,
        IMPORTER,
        [
            *(f"clinics.view_{model}" for model in ("clinic", "provider", "sourcerecord", "treatmentschedule")),
            "clinics.add_importrun",
        ],
    )
    grant(
        apps,
        EDITOR,
        [
            f"{model_app}.{action}_{model}"
            for model_app, model in [
                ("articles", "source"),
                ("articles", "claim"),
                ("articles", "trial"),
                ("articles", "evidencechart"),
                ("articles", "crisisline"),
                ("articles", "glossaryterm"),
                ("wagtailredirects", "redirect"),
            ]
            for action in ("add", "change", "delete")
        ]
        + ["articles.publish_claim", "articles.view_feedback", "articles.delete_feedback"],
    )
    grant_on_pages(apps, EDITOR, ["add", "change", "publish", "lock", "unlock"])
    grant_on_collections(
        apps,
        EDITOR,
        [
            f"{model_app}.{action}_{model}"
            for model_app, model in [("wagtailimages", "image"), ("wagtaildocs", "document")]
            for action in ("add", "change", "delete", "choose")
        ],
    )
    seen = ("source", "claim", "trial", "evidencechart", "glossaryterm", "crisisline", "clinicalreview")
    grant(apps, CLINICIAN_REVIEWER, ["articles.add_clinicalreview", *(f"articles.view_{model}" for model in seen)])
    grant_on_collections(
        apps, ADMINISTRATOR, [f"wagtailcore.{action}_collection" for action in ("add", "change", "delete")]
    )
    grant(
        apps,
        ADMINISTRATOR,
        [
            f"{model_app}.{action}_{model}"
            for model_app, model in [
                ("accounts", "user"),
                ("auth", "group"),
                ("wagtailcore", "workflow"),
                ("wagtailcore", "task"),
            ]
            for action in ("add", "change", "delete")
        ],
    )


def remove_groups_of_wagtail(apps, schema_editor):
    """Two stock groups would stand beside ours with much the same names; one that has members is left to them."""
    apps.get_model("auth.Group").objects.filter(name__in=["Editors", "Moderators"], user=None).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0001_initial"),
        ("articles", "0001_initial"),
        ("clinics", "0001_initial"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailcore", "0098_apitoken"),
        ("wagtaildocs", "0014_alter_document_file_size"),
        ("wagtailimages", "0027_image_description"),
        ("wagtailredirects", "0008_add_verbose_name_plural"),
    ]

    operations = [
        migrations.RunPython(make_roles, migrations.RunPython.noop),
        migrations.RunPython(remove_groups_of_wagtail, migrations.RunPython.noop),
    ]
