"""Addresses of what is not a page of the tree: the search, the feeds, the pictures for sharing, readers' answers."""

from django.urls import path

from articles import feedback, feeds, views

app_name = "articles"
urlpatterns = [
    path("search/", views.site_search, name="search"),
    path("feeds/articles.atom", feeds.AtomFeed(), name="atom"),
    path("feeds/articles.rss", feeds.RssFeed(), name="rss"),
    path("share-images/<int:page>.png", views.share_image, name="share_image"),
    path("feedback/", feedback.feedback, name="feedback"),
    path("feedback/<str:answer>/", feedback.feedback_comment, name="feedback_comment"),
]
