from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """The stock admin under our own templates, with a front page of what waits to be done."""

    default_site = "rsis.desk.Desk"
