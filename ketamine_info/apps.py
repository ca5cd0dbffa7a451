from django.apps import AppConfig


class KetamineInfoConfig(AppConfig):
    name = "ketamine_info"
    verbose_name = "Ketamine Info"

    def ready(self):
        from ketamine_info import checks  # noqa: F401
