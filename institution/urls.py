"""Belongs at the very end of rsis.urls: pages may have any address that nothing else has."""

from django.urls import path, register_converter

from institution import views


class PagePathConverter:
    """Small letters, digits and dashes between slashes. Nothing with a dot or a capital is a page of ours."""

    regex = "[a-z0-9-]+(?:/[a-z0-9-]+)*"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(PagePathConverter, "page_path")

urlpatterns = [
    path("accessibility/", views.legal, {"path": "accessibility"}, name="accessibility"),
    path("privacy/", views.legal, {"path": "privacy"}, name="privacy"),
    path("terms/", views.legal, {"path": "terms"}, name="terms"),
    path("<page_path:path>/<slug:stem>.pdf", views.page_file, name="page-file"),
    path("<page_path:path>/", views.page, name="page"),
    path("<page_path:path>", views.without_slash, name="page-without-slash"),
]
