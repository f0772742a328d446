from django.apps import AppConfig


class SubscriptionsConfig(AppConfig):
    name = "subscriptions"
    verbose_name = "Subscriptions"

    def ready(self) -> None:
        from editorial import saving  # noqa: PLC0415 -- needs the models
        from editorial.desk.beside import BESIDE  # noqa: PLC0415
        from subscriptions import websub  # noqa: PLC0415
        from subscriptions.desk import NotifyBox  # noqa: PLC0415

        BESIDE[:] = [one for one in BESIDE if not isinstance(one, NotifyBox)] + [NotifyBox()]
        saving.AFTER[:] = [one for one in saving.AFTER if one is not websub.note] + [websub.note]
