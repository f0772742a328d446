"""Serves fewer files: what the editor never loads is not collected, and so cannot be attacked."""

from typing import Final

from django.contrib.staticfiles.apps import StaticFilesConfig

_EDITOR: Final = "ckeditor/ckeditor/"
# Samples and codesnippetgeshi have published holes (CVE-2024-24816, CVE-2023-4771, CVE-2024-43407). This release ships
# no samples; both lines stay for the day one does.
_HOLES: Final = ("samples/*", "plugins/codesnippetgeshi/*")
_UNUSED_PLUGINS: Final = (
    *("about", "adobeair", "ajax", "autoembed", "bbcode", "codesnippet", "colordialog", "copyformatting", "devtools"),
    *("div", "docprops", "embed", "embedbase", "embedsemantic", "exportpdf", "flash", "forms", "iframe"),
    *("iframedialog", "image", "language", "mathjax", "newpage", "pagebreak", "placeholder", "preview", "scayt"),
    *("sharedspace", "smiley", "sourcedialog", "stylesheetparser", "templates", "uicolor", "uploadimage", "wsc", "xml"),
)
_UNUSED: Final = (
    *("adapters/*", "skins/moono/*", "vendor/*", "*.md", "bender-runner.config.json", "build-config.js"),
    *(f"plugins/{name}/*" for name in _UNUSED_PLUGINS),
)
# Words of the editor in languages the desk is not offered in: two files of three. Follow LANGUAGES when it grows.
_OTHER_LANGUAGES: Final = ("*lang/[!e_]*", "*lang/e[!n]*")


class TrimmedStaticFilesConfig(StaticFilesConfig):
    # Patterns with a folder are compared with the whole path, so they cannot hide a folder of ours by its name.
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *(_EDITOR + pattern for pattern in (*_HOLES, *_UNUSED, *_OTHER_LANGUAGES)),
        "ckeditor/galleriffic/*",
        "ckeditor/file-icons/*",
        "*/samples/*",
    ]
