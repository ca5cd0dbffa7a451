"""Addresses of the map's tiles."""

from django.urls import path

from places import views

app_name = "places"
urlpatterns = [
    path("base/<int:zoom>/<int:x>/<int:y>.json", views.base_tile, name="base_tile"),
    path("pictures/<int:zoom>/<int:x>/<int:y>", views.picture_tile, name="picture_tile"),
]
