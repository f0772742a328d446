from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed


class RsisConfig(AppConfig):
    name = "rsis"
    verbose_name = "Home page"

    def ready(self) -> None:
        from rsis import signing_in  # noqa: PLC0415 -- models are not there before

        user_logged_in.connect(signing_in.note_sign_in)
        user_logged_out.connect(signing_in.note_sign_out)
        user_login_failed.connect(signing_in.note_failure)
