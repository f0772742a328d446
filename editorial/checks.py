"""Refuses to start with an editor configuration that opens one of CKEditor 4.22.1's published holes.

The package's own warning (ckeditor.W001) may be silenced only because these errors cannot be.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from editorial.editor_config import REMOVED_PLUGINS

_NEVER_ALLOWED: Final = frozenset(
    {"*", "script", "style", "noscript", "iframe", "object", "embed", "form", "input", "textarea", "template", "svg"}
)
_ALWAYS_DISALLOWED: Final = (
    *("script", "style", "noscript", "iframe", "object", "embed", "form", "input", "textarea"),
    *("*[on*]", "*{*}"),
)


@register(Tags.security)
def check_editor(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    configs: dict[str, dict[str, Any]] = getattr(settings, "CKEDITOR_CONFIGS", {})
    found: list[CheckMessage] = []
    if "default" not in configs:
        found.append(_error("E001", "CKEDITOR_CONFIGS has no entry “default”; use editorial.editor_config."))
    if apps.is_installed("ckeditor_uploader"):
        found.append(_error("E002", "ckeditor_uploader is installed. It takes any file from anyone; remove it."))
    for name, config in configs.items():
        found += [_error(number, f"CKEDITOR_CONFIGS[{name!r}]: {words}") for number, words in _faults(config)]
    return found


def _error(number: str, words: str) -> Error:
    return Error(words, id=f"editorial.{number}")


def _faults(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if config.get("fullPage"):
        yield "E003", "fullPage opens CVE-2024-24815."
    if config.get("versionCheck") is not False:
        yield "E004", "versionCheck must be False, or the editor asks another site (CVE-2024-43411)."
    yield from _faults_of_content(config)
    yield from _faults_of_plugins(config)


def _faults_of_content(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    allowed = config.get("allowedContent")
    if not isinstance(allowed, str) or not allowed.strip():
        yield "E005", "allowedContent must list what is allowed, in writing; True or nothing allows everything."
        return
    for rules in (allowed, config.get("extraAllowedContent", "")):
        if not isinstance(rules, str):
            yield "E005", "extraAllowedContent must be a written list."
            continue
        for element in sorted(_elements(rules) & _NEVER_ALLOWED):
            yield "E006", f"{element} may never be allowed in the editor."
        if re.search(r"\[[^]]*(?:\bon|\*)|\{", rules):
            yield "E006", "no handler, no style and no wildcard may be allowed in the editor."
    disallowed = str(config.get("disallowedContent", ""))
    missing = [rule for rule in _ALWAYS_DISALLOWED if rule not in re.split(r"[;\s]+", disallowed)]
    if missing:
        yield "E007", f"disallowedContent must name {', '.join(missing)}."


def _elements(rules: str) -> set[str]:
    """The element names in CKEditor's notation: ``h2 p(class)[attribute]{style}; a[!href]``."""
    bare = re.sub(r"\([^)]*\)|\[[^]]*\]|\{[^}]*\}", " ", rules)
    return set(re.split(r"[;\s]+", bare.lower().strip()))


def _faults_of_plugins(config: dict[str, Any]) -> Iterator[tuple[str, str]]:
    kept = REMOVED_PLUGINS - _names(config.get("removePlugins"))
    if kept:
        yield "E008", f"removePlugins must name {', '.join(sorted(kept))}."
    extra = _names(config.get("extraPlugins")) | _names(config.get("extra_plugins"))
    if "divarea" not in extra:
        yield "E009", "extraPlugins must name divarea; the framed editor needs a weaker security policy."
    if returned := extra & (REMOVED_PLUGINS | {"codesnippetgeshi", "sourcedialog", "docprops", "embed", "ajax"}):
        yield "E009", f"extraPlugins may not name {', '.join(sorted(returned))}."


def _names(value: object) -> frozenset[str]:
    parts = value.split(",") if isinstance(value, str) else value if isinstance(value, (list, tuple)) else ()
    return frozenset(str(part).strip() for part in parts)
