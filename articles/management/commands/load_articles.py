from pathlib import Path

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from articles.indexing import rebuild
from articles.loading import ContentError, load
from articles.models import SearchEntry


class Command(BaseCommand):
    help = (
        "Load the starting articles, pages, sources and crisis lines. Can be repeated: what is new is added, "
        "what changed in the files is updated, what editors changed or deleted is left as it is."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "folder",
            nargs="?",
            type=Path,
            default=settings.BASE_DIR / "fixtures" / "articles",
            help="Folder of the content files; the project's own by default.",
        )

    def handle(self, *args, folder: Path, verbosity: int, **options):
        try:
            done = load(folder)
        except ContentError as error:
            raise CommandError(str(error)) from error
        if not SearchEntry.objects.exists():  # a site from before it had a search
            rebuild()
        if verbosity:
            self.stdout.write(
                "Articles: " + ", ".join(f"{count} {what}" for what, count in done.items()) + "."
            )
