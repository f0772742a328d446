import re
from typing import Any

import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import people.models.person
import people.models.profile
from django.conf import settings
from django.db import migrations, models

from people.folding import sort_key
from people.seed import LANGUAGES


def fill_sort_keys(apps: Any, schema_editor: Any) -> None:
    Person = apps.get_model("people", "Person")
    people = list(Person.objects.only("sort_name"))
    for person in people:
        person.sort_key = sort_key(person.sort_name)[:300]
    Person.objects.bulk_update(people, ["sort_key"], batch_size=500)


def take_over_languages(apps: Any, schema_editor: Any) -> None:
    """`English, Arabic (reading)` was text; a name without a known tag gets one for private use."""
    Language, StaffProfile = apps.get_model("people", "Language"), apps.get_model("people", "StaffProfile")
    tags = {name.casefold(): (code, name) for code, name in LANGUAGES}
    for profile in StaffProfile.objects.exclude(languages="").only("languages"):
        for part in filter(None, (part.strip() for part in profile.languages.split(","))):
            name, _bracket, manner = part.partition("(")
            name = " ".join(name.split())[:60]
            private = "x-" + (re.sub("[^a-z0-9]", "", name.casefold())[:8] or "unknown")
            code, name = tags.get(name.casefold(), (private, name))
            language = (
                Language.objects.filter(name=name).first()
                or Language.objects.get_or_create(code=code, defaults={"name": name})[0]
            )
            (profile.reads if "read" in manner else profile.speaks).add(language)


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0001_initial"),
        ("people", "0001_initial"),
        ("research", "0001_initial"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Language",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "code",
                    models.CharField(
                        help_text="The language tag (BCP 47), such as ms for Malay.",
                        max_length=35,
                        unique=True,
                        validators=[
                            django.core.validators.RegexValidator(
                                "^(?:[a-z]{2,3}(?:-[A-Z][a-z]{3})?(?:-[A-Z]{2})?(?:-x(?:-[a-z0-9]{1,8})+)?|x(?:-[a-z0-9]{1,8})+)\\Z",
                                "A language tag looks like ms, cmn or zh-Hant.",
                            )
                        ],
                        verbose_name="code",
                    ),
                ),
                ("name", models.CharField(help_text="In English.", max_length=60, unique=True, verbose_name="name")),
            ],
            options={
                "verbose_name": "language",
                "verbose_name_plural": "languages",
                "ordering": ["name"],
            },
        ),
        migrations.CreateModel(
            name="Merge",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("old_key", models.PositiveBigIntegerField(unique=True)),
                ("name", models.CharField(max_length=200, verbose_name="name")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="merged")),
            ],
            options={
                "verbose_name": "merged record",
                "verbose_name_plural": "merged records",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="Proposal",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("data", models.JSONField(verbose_name="changes")),
                ("note", models.CharField(blank=True, max_length=300, verbose_name="note to the editors")),
                (
                    "verdict",
                    models.CharField(
                        choices=[("waiting", "Waiting"), ("accepted", "Accepted"), ("returned", "Returned")],
                        default="waiting",
                        max_length=8,
                        verbose_name="verdict",
                    ),
                ),
                ("answer", models.CharField(blank=True, max_length=300, verbose_name="answer")),
                ("at", models.DateTimeField(default=django.utils.timezone.now, verbose_name="sent")),
                ("decided_at", models.DateTimeField(blank=True, null=True, verbose_name="decided")),
            ],
            options={
                "verbose_name": "proposed change of a profile",
                "verbose_name_plural": "proposed changes of profiles",
                "ordering": ["-at", "-pk"],
            },
        ),
        migrations.AlterModelOptions(
            name="person",
            options={
                "ordering": ["sort_key", "pk"],
                "permissions": [
                    ("merge_person", "Can merge persons"),
                    ("invite_person", "Can invite a person to edit their own profile"),
                ],
                "verbose_name": "person",
                "verbose_name_plural": "people",
            },
        ),
        migrations.RemoveIndex(
            model_name="person",
            name="people_pers_sort_na_fb0d07_idx",
        ),
        migrations.AddField(
            model_name="person",
            name="has_page",
            field=models.BooleanField(
                default=True,
                help_text="Untick it for an author who wants none: bylines stay, without a link. An empty page is never shown.",
                verbose_name="wishes a page",
            ),
        ),
        migrations.AddField(
            model_name="person",
            name="sort_key",
            field=models.CharField(db_index=True, default="", editable=False, max_length=300),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="availability",
            field=models.CharField(
                blank=True,
                help_text="Such as: weekday mornings, or at two hours’ notice.",
                max_length=120,
                verbose_name="when",
            ),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="for_podcast",
            field=models.BooleanField(default=False, verbose_name="podcast"),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="for_print",
            field=models.BooleanField(default=False, verbose_name="print and online"),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="for_radio",
            field=models.BooleanField(default=False, verbose_name="radio"),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="for_stage",
            field=models.BooleanField(default=False, verbose_name="in person"),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="for_television",
            field=models.BooleanField(default=False, verbose_name="television"),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="is_expert",
            field=models.BooleanField(
                default=False,
                help_text="Lists the person in the finder for journalists. Enquiries go to the school, never straight to them.",
                verbose_name="available to journalists",
            ),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="speaks_about",
            field=models.CharField(
                blank=True,
                help_text="One line in plain words, for the finder.",
                max_length=160,
                verbose_name="speaks about",
            ),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="time_zone",
            field=models.CharField(
                default="Asia/Singapore",
                help_text="Where the person usually is, such as Asia/Singapore or Europe/London.",
                max_length=40,
                validators=[people.models.profile.validate_time_zone],
                verbose_name="time zone",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="slug",
            field=models.SlugField(
                help_text="The last part of the page's address.",
                max_length=120,
                unique=True,
                validators=[people.models.person.validate_slug_is_free],
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="person",
            name="sort_name",
            field=models.CharField(
                blank=True,
                help_text="Filled in from family name and given names. Change it where custom differs: Berg, Anna van den.",
                max_length=200,
                verbose_name="sorted as",
            ),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="reads",
            field=models.ManyToManyField(
                blank=True,
                help_text="Languages of research.",
                related_name="readers",
                to="people.language",
                verbose_name="reads only",
            ),
        ),
        migrations.AddField(
            model_name="staffprofile",
            name="speaks",
            field=models.ManyToManyField(
                blank=True,
                help_text="Languages in which an interview could be held.",
                related_name="speakers",
                to="people.language",
                verbose_name="speaks",
            ),
        ),
        migrations.RunPython(fill_sort_keys, migrations.RunPython.noop),
        migrations.RunPython(take_over_languages, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="staffprofile",
            name="languages",
        ),
        migrations.AddConstraint(
            model_name="staffprofile",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("is_expert", True), _negated=True),
                    models.Q(
                        models.Q(("speaks_about", ""), _negated=True),
                        models.Q(
                            ("for_print", True),
                            ("for_radio", True),
                            ("for_television", True),
                            ("for_podcast", True),
                            ("for_stage", True),
                            _connector="OR",
                        ),
                    ),
                    _connector="OR",
                ),
                name="expert_says_about_what_and_where",
                violation_error_message="For the finder, say what the person speaks about and choose at least one medium.",
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="by",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.SET_NULL, related_name="+", to=settings.AUTH_USER_MODEL
            ),
        ),
        migrations.AddField(
            model_name="merge",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="merges",
                to="people.person",
                verbose_name="person",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
                verbose_name="by",
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="decided_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="proposal",
            name="profile",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="proposals",
                to="people.staffprofile",
                verbose_name="profile",
            ),
        ),
        migrations.AddConstraint(
            model_name="proposal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("verdict", "waiting")),
                fields=("profile",),
                name="one_waiting_proposal_for_a_profile",
            ),
        ),
    ]
