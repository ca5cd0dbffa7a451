from django.core.management.base import BaseCommand

from articles.indexing import rebuild


class Command(BaseCommand):
    help = "Make the search of the site anew, after a repair. Otherwise it keeps itself up to date."

    def handle(self, *args, verbosity: int, **options):
        entries = rebuild()
        if verbosity:
            self.stdout.write(f"Search: {entries} entries.")
