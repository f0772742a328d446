"""The editor is safe while every line of section 6 of the architecture stays true. One test for each."""

import importlib.util
import json
import re
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.contrib.admin.widgets import AdminTextareaWidget
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.utils import get_files
from django.core.checks import Error
from django.core.files.storage import FileSystemStorage
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpResponse
from django.test import RequestFactory
from django.views.decorators.csp import csp_override
from pytest_django import Settings

from editorial.checks import check_editor
from editorial.editor_config import CKEDITOR_CONFIGS, EDITOR, REMOVED_PLUGINS
from editorial.editor_csp import EDITOR_CSP
from editorial.fields import RichTextField, RichTextFormField, RichTextWidget
from people.models import Person, StaffProfile
from rsis.staticfiles import TrimmedStaticFilesConfig

HOSTILE = '<p onclick="x">a<script>x</script><img src=x onerror=y></p>'
CLEANED = "<p>a</p>"


def ids(**changes: Any) -> list[str]:
    """What the check says about our configuration with these lines changed; None takes a line away."""
    config = {name: value for name, value in {**EDITOR, **changes}.items() if value is not None}
    return sorted({str(error.id) for error in _checked({"default": config})})


def _checked(configs: dict[str, dict[str, Any]]) -> list[Error]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.CKEDITOR_CONFIGS", configs, raising=False)
        found = check_editor(None)
    assert all(isinstance(error, Error) for error in found)
    return [error for error in found if isinstance(error, Error)]


# The configuration


def test_our_configuration_passes_and_is_the_one_in_force(settings: Settings) -> None:
    assert settings.CKEDITOR_CONFIGS is CKEDITOR_CONFIGS
    assert check_editor(None) == []


def test_the_extra_plugins_are_these_and_our_dialogs() -> None:
    assert EDITOR["extraPlugins"] == "divarea,image2,autolink,tableresize,footnote,picture,wordpaste"


def test_the_framed_editor_is_an_error() -> None:
    assert ids(extraPlugins="image2") == ["editorial.E009"]


def test_every_dangerous_plugin_is_removed() -> None:
    named = (
        "wysiwygarea exportpdf scayt wsc image iframe iframedialog forms flash smiley save newpage templates preview print "
        "about div language bidi font colorbutton colordialog justify copyformatting pagebreak uploadimage codesnippet"
    )
    assert set(named.split()) <= REMOVED_PLUGINS
    assert set(EDITOR["removePlugins"].split(",")) == REMOVED_PLUGINS


@pytest.mark.parametrize("plugin", sorted(REMOVED_PLUGINS))
def test_a_removed_plugin_that_comes_back_is_an_error(plugin: str) -> None:
    assert ids(removePlugins=",".join(REMOVED_PLUGINS - {plugin})) == ["editorial.E008"]
    assert ids(extraPlugins=f"divarea,{plugin}") == ["editorial.E009"]


def test_the_allowed_content_is_written_out() -> None:
    assert isinstance(EDITOR["allowedContent"], str)
    assert ids(allowedContent=True) == ["editorial.E005"]
    assert ids(allowedContent=None) == ["editorial.E005"]
    assert ids(allowedContent={"script": True}) == ["editorial.E005"]
    assert ids(extraAllowedContent={"p": True}) == ["editorial.E005"]


@pytest.mark.parametrize(
    "rule",
    [
        "script",
        "style",
        "noscript",
        "iframe",
        "textarea",
        "object",
        "p script[src]",
        "*[id]",
        "p[on*]",
        "p{color}",
        "p[onclick]",
    ],
)
def test_dangerous_content_is_an_error_wherever_it_is_allowed(rule: str) -> None:
    assert ids(allowedContent=f"{EDITOR['allowedContent']}; {rule}") == ["editorial.E006"]
    assert ids(extraAllowedContent=rule) == ["editorial.E006"]


def test_the_disallowed_content_names_what_is_never_wanted() -> None:
    assert EDITOR["disallowedContent"] == "script style noscript iframe object embed form input textarea; *[on*]; *{*}"
    assert ids(disallowedContent=None) == ["editorial.E007"]
    assert ids(disallowedContent="script style; *[on*]; *{*}") == ["editorial.E007"]


def test_the_version_check_is_off() -> None:
    assert EDITOR["versionCheck"] is False
    assert ids(versionCheck=True) == ["editorial.E004"]
    assert ids(versionCheck=None) == ["editorial.E004"]


def test_a_full_page_is_never_edited() -> None:
    assert "fullPage" not in EDITOR
    assert ids(fullPage=True) == ["editorial.E003"]


def test_every_configuration_is_checked() -> None:
    errors = _checked({"default": EDITOR, "other": {**EDITOR, "fullPage": True}})
    assert [(error.id, "other" in error.msg) for error in errors] == [("editorial.E003", True)]
    assert [error.id for error in _checked({})] == ["editorial.E001"]


def test_the_uploader_is_not_installed_and_would_be_an_error(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "ckeditor_uploader" not in settings.INSTALLED_APPS
    monkeypatch.setattr("editorial.checks.apps.is_installed", lambda name: name == "ckeditor_uploader")
    assert [error.id for error in check_editor(None)] == ["editorial.E002"]


def test_the_packages_warning_is_the_only_one_silenced(settings: Settings) -> None:
    assert settings.SILENCED_SYSTEM_CHECKS == ["ckeditor.W001"]


# Files


def _served() -> set[str]:
    package = importlib.util.find_spec("ckeditor")
    assert package is not None
    assert package.origin is not None
    storage = FileSystemStorage(Path(package.origin).parent / "static")
    return set(get_files(storage, TrimmedStaticFilesConfig.ignore_patterns))


def test_the_trimmed_files_are_the_ones_collected(settings: Settings) -> None:
    assert "rsis.staticfiles.TrimmedStaticFilesConfig" in settings.INSTALLED_APPS
    assert "django.contrib.staticfiles" not in settings.INSTALLED_APPS


def test_samples_and_the_geshi_plugin_are_never_served(tmp_path: Path) -> None:
    served = _served()
    assert [path for path in served if "sample" in path or "codesnippetgeshi" in path] == []
    for name in ("ckeditor/ckeditor/samples/index.html", "ckeditor/ckeditor/plugins/preview/samples/x.html"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("x")
    assert list(get_files(FileSystemStorage(tmp_path), TrimmedStaticFilesConfig.ignore_patterns)) == []


def test_unused_plugins_skins_and_adapters_are_not_served_and_the_used_ones_are() -> None:
    served = _served()
    assert len(served) < 800
    assert [
        path
        for path in served
        if re.search("plugins/(iframe|scayt|wsc|exportpdf|preview|forms|flash)/|adapters|moono/", path)
    ] == []
    for path in (
        "ckeditor.js",
        "plugins/divarea/plugin.js",
        "plugins/image2/plugin.js",
        "skins/moono-lisa/editor.css",
        "lang/en-gb.js",
    ):
        assert f"ckeditor/ckeditor/{path}" in served


def test_no_folder_of_ours_is_hidden_by_a_pattern(tmp_path: Path) -> None:
    for name in ("image/a.js", "forms/a.js", "templates/a.js", "preview/a.js"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("x")
    assert len(list(get_files(FileSystemStorage(tmp_path), TrimmedStaticFilesConfig.ignore_patterns))) == 4


# The policy


def test_the_relaxed_policy_allows_attributes_and_no_script() -> None:
    assert EDITOR_CSP["script-src"] == ["'self'"]
    assert EDITOR_CSP["script-src-attr"] == ["'unsafe-inline'"]
    assert EDITOR_CSP["style-src"] == ["'self'", "'unsafe-inline'"]
    everything = [str(value) for values in EDITOR_CSP.values() for value in values]
    assert "'unsafe-eval'" not in everything
    assert [value for value in everything if "http" in value or value == "*"] == []


def test_the_relaxed_policy_differs_from_the_public_one_in_nothing_else(settings: Settings) -> None:
    public, relaxed = settings.SECURE_CSP, EDITOR_CSP
    differing = {name for name in {*public, *relaxed} if public.get(name) != relaxed.get(name)}
    assert differing == {"script-src-attr", "style-src", "img-src"}
    assert relaxed["img-src"] == ["'self'", "data:"]


def test_a_view_takes_the_relaxed_policy_by_decorator() -> None:
    view = csp_override(EDITOR_CSP)(lambda request: HttpResponse())
    assert view(RequestFactory().get("/"))._csp_config is EDITOR_CSP


# The field and the widget


def test_only_one_module_knows_ckeditor() -> None:
    root = Path(__file__).parents[2]
    rooms = [
        path
        for name in ("rsis", "publications", "people", "research", "editorial")
        for path in (root / name).rglob("*.py")
    ]
    knowing = [path for path in rooms if re.search(r"^\s*(?:from|import) ckeditor", path.read_text(), re.MULTILINE)]
    assert knowing == [root / "editorial" / "fields.py"]


def test_every_rich_text_column_is_ours() -> None:
    columns = [
        field
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if type(field).__module__.startswith("ckeditor")
    ]
    assert columns == []


def test_a_migration_names_our_field_and_nothing_of_the_editor() -> None:
    field = RichTextField("Body", blank=True, help_text="Help")
    assert field.deconstruct()[1:] == (
        "editorial.fields.RichTextField",
        [],
        {"verbose_name": "Body", "blank": True, "help_text": "Help"},
    )


class _Row:
    body = HOSTILE


def test_the_field_cleans_on_validation_and_before_saving() -> None:
    field = RichTextField(blank=True)
    field.set_attributes_from_name("body")
    row: Any = _Row()
    assert field.clean(HOSTILE, row) == CLEANED
    assert field.pre_save(row, add=True) == CLEANED
    assert row.body == CLEANED


def test_updates_that_pass_the_model_by_are_cleaned_too() -> None:
    assert RichTextField().get_db_prep_save(HOSTILE, connection) == CLEANED
    assert RichTextField(null=True).get_db_prep_save(None, connection) is None


@pytest.mark.django_db
def test_every_route_into_the_database_is_cleaned() -> None:
    first, second, third = (Person.objects.create(name=name, slug=name) for name in ("a", "b", "c"))
    StaffProfile.objects.create(person=first, biography=HOSTILE)
    StaffProfile.objects.bulk_create([StaffProfile(person=second, biography=HOSTILE), StaffProfile(person=third)])
    profiles: QuerySet[StaffProfile] = StaffProfile.objects.order_by("person__slug")
    assert [profile.biography for profile in profiles] == [CLEANED, CLEANED, ""]
    StaffProfile.objects.filter(person=third).update(biography=HOSTILE)
    changed = list(profiles)
    changed[0].biography = HOSTILE + HOSTILE
    StaffProfile.objects.bulk_update(changed[:1], ["biography"])
    assert [profile.biography for profile in profiles.all()] == [f"{CLEANED}\n{CLEANED}", CLEANED, CLEANED]


def test_a_form_gives_cleaned_text_and_sees_no_change_in_rearranged_white_space() -> None:
    field = RichTextFormField(required=False)
    assert field.clean(HOSTILE) == CLEANED
    assert field.has_changed("<p>a</p>\n<p>b</p>", "<p>a</p>\n\n<p>b</p>\n") is False
    assert field.has_changed("<p>a</p>", "<p>b</p>") is True


def test_the_admin_cannot_put_its_own_text_area_in_place_of_the_editor() -> None:
    field = RichTextField("Body").formfield(widget=AdminTextareaWidget)
    assert isinstance(field, RichTextFormField)
    assert type(field.widget) is RichTextWidget


def test_a_row_from_before_a_rule_is_cleaned_before_the_editor_loads_it() -> None:
    html = RichTextFormField(label="Body").widget.render("body", HOSTILE, {"id": "id_body"})
    shown = re.search(r'ckeditortype">\n(.*)</textarea>', html, re.DOTALL)
    assert shown is not None
    assert unescape(shown[1]) == CLEANED


def test_the_widget_gets_exactly_our_configuration_and_names_its_box() -> None:
    html = RichTextFormField(label="Biography").widget.render("body", "", {"id": "id_body"})
    config = re.search(r'data-config="([^"]*)"', html)
    assert config is not None
    told = json.loads(unescape(config[1]))
    assert told.pop("title") == "Biography"
    assert told.pop("language") == "en-gb"
    words = told.pop("desk")
    assert {words[name] for name in ("images", "paste", "docx")} == {
        "/admin/editor/images.json",
        "/admin/editor/paste/",
        "/admin/editor/docx/",
    }
    assert told == json.loads(
        json.dumps({name: value for name, value in EDITOR.items() if name != "title"}, default=str)
    )
    assert " style=" not in html


def test_our_dialogs_are_our_own_files() -> None:
    for name in ("footnote.js", "picture.js", "wordpaste.js", "editor.css"):
        assert finders.find(f"editor/{name}")


def test_our_scripts_hold_no_eval_and_no_address_of_another_site() -> None:
    folder = Path(__file__).parents[2] / "static" / "editor"
    scripts = "".join(path.read_text() for path in folder.glob("*.js"))
    assert re.findall(r"\beval\(|new Function|innerHTML\s*=|document\.write|https?://[a-z]", scripts) == []
