from django.core.management.base import BaseCommand

from articles.models import ArticlePage


class Command(BaseCommand):
    help = "Print each live article with its words, sources, charts and reading age. Needs the dev extra."

    def handle(self, *args, **options):
        from articles.readability import readability  # its library is not installed in production

        self.stdout.write(f"{'Words':>6} {'Sources':>8} {'Charts':>7} {'Age':>6}  Article")
        for article in ArticlePage.objects.live().in_reading_order():
            figures = readability(article)
            self.stdout.write(
                f"{figures.words:>6} {figures.sources:>8} {figures.charts:>7} {figures.age:>6}  {figures.title}"
            )
