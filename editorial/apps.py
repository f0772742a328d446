from django.apps import AppConfig


class EditorialConfig(AppConfig):
    name = "editorial"

    def ready(self) -> None:
        from editorial import checks  # noqa: F401, PLC0415 -- registers them; settings are ready only now
