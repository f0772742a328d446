"""The one relaxed Content-Security-Policy: for admin forms that hold the rich text editor, and for nothing else.

CKEditor 4 sets style attributes and inline event handlers on its own toolbar. Handlers are allowed here
(`script-src-attr`), inline scripts, `javascript:` addresses and eval are not. Used as::

    @method_decorator(csp_override(EDITOR_CSP))
    def changeform_view(self, request, ...): ...
"""

from typing import Final

from django.utils.csp import CSP

EDITOR_CSP: Final[dict[str, list[str]]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "script-src-attr": [CSP.UNSAFE_INLINE],
    "style-src": [CSP.SELF, CSP.UNSAFE_INLINE],
    "img-src": [CSP.SELF, "data:"],
    "media-src": [CSP.SELF],
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
