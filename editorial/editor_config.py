"""The hardened configuration of CKEditor 4.22.1, as data; ``editorial.checks`` guards every line of it.

Why each line stands is in docs/decisions, 0002 and 0008. Settings import this module, so it imports nothing of ours.
"""

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

# Our own dialogs, one script each in static/editor/.
PLUGINS: Final = ("footnote", "picture", "wordpaste")

REMOVED_PLUGINS: Final = frozenset(
    {
        *("wysiwygarea", "exportpdf", "scayt", "wsc", "image", "iframe", "iframedialog", "forms", "flash", "smiley"),
        *("save", "newpage", "templates", "preview", "print", "about", "div", "language", "bidi", "font"),
        *("colorbutton", "colordialog", "justify", "copyformatting", "pagebreak", "uploadimage", "codesnippet"),
        *("elementspath", "dialogadvtab"),
    }
)

EDITOR: Final[dict[str, Any]] = {
    "extraPlugins": ",".join(("divarea", "image2", "autolink", "tableresize", *PLUGINS)),
    "removePlugins": ",".join(sorted(REMOVED_PLUGINS)),
    "toolbar": [
        ["Format", "Styles"],
        ["Bold", "Italic", "Subscript", "Superscript", "RemoveFormat"],
        ["NumberedList", "BulletedList", "Blockquote"],
        ["Link", "Unlink", "Anchor"],
        # Picture stands where CKEditor's own Image would: it takes pictures from the library only.
        ["Picture", "Table", "HorizontalRule", "SpecialChar", "Footnote"],
        ["Cut", "Copy", "PasteText", "PasteFromWord", "Docx"],
        ["Undo", "Redo", "Find"],
        ["ShowBlocks", "Source", "Maximize"],
    ],
    "format_tags": "p;h2;h3;h4",
    "stylesSet": [{"name": _("Pull quote"), "element": "blockquote", "attributes": {"class": "pull"}}],
    "allowedContent": (
        "h2 h3 h4 p ul li strong em sub s br hr cite q thead tbody tfoot tr caption figcaption; ol[start]; "
        "sup(fn)[data-note]; blockquote(pull); a[!href,id,name,title,hreflang]; a[!id,name]; "
        "img[!src,alt,width,height]; figure(image); table; th[scope,colspan,rowspan]; td[colspan,rowspan]; abbr[title]"
    ),
    "disallowedContent": "script style noscript iframe object embed form input textarea; *[on*]; *{*}",
    "versionCheck": False,
    "disableNativeSpellChecker": False,
    "entities": False,
    "title": _("Body text"),
    # The two tabs for uploads are unused, and their frames would load a javascript: address.
    "removeDialogTabs": "link:advanced;table:advanced;link:upload;image2:Upload",
    "skin": "moono-lisa",
    "width": "100%",
    "height": 480,
}  # never fullPage, never allowedContent True

CKEDITOR_CONFIGS: Final[dict[str, dict[str, Any]]] = {"default": EDITOR}
