from django.contrib import admin

from editorial.generic import ModelAdmin
from people.models import Language


@admin.register(Language)
class LanguageAdmin(ModelAdmin[Language]):
    list_display = ("name", "code")
    search_fields = ("name", "code")
