import gc

from django.apps import AppConfig


class KetamineInfoConfig(AppConfig):
    name = "ketamine_info"
    verbose_name = "Ketamine Info"

    def ready(self):
        # What is loaded by now lasts as long as the process. To look through it for garbage would be in vain, above all
        # at the end, where that took each process a second.
        gc.freeze()
        from ketamine_info import checks  # noqa: F401
