"""Belongs under admin/editor/."""

from django.urls import path

from editorial import desk_views

app_name = "editor"
urlpatterns = [
    path("images.json", desk_views.images, name="images"),
    path("paste/", desk_views.paste, name="paste"),
    path("docx/", desk_views.docx, name="docx"),
]
