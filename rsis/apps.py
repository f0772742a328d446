from django.apps import AppConfig


class RsisConfig(AppConfig):
    name = "rsis"
    verbose_name = "Home page"
