"""Screens with the rich text editor, and the one relaxed policy they are sent under."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.decorators import method_decorator
from django.views.decorators.csp import csp_override

from editorial.editor_csp import EDITOR_CSP


class WithEditor:
    """Put before ModelAdmin among the bases of a screen whose form has a RichTextField."""

    @method_decorator(csp_override(EDITOR_CSP))
    def changeform_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response: HttpResponse = super().changeform_view(request, *args, **kwargs)  # type: ignore[misc]
        return response
