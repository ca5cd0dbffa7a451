"""Addresses of the finder and the directory."""

app_name = "clinics"
urlpatterns: list = []
