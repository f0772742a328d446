from django.urls import path
from django.views.generic import RedirectView

from events import registration_views

urlpatterns = [
    path("events/registration/<str:token>/", registration_views.own, name="registration"),
    path("events/<slug:slug>/register/", registration_views.register, name="register"),
    path("events/", RedirectView.as_view(url="/"), name="events"),
    path("events/<slug:slug>/", RedirectView.as_view(url="/"), name="event"),
]
