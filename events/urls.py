from django.urls import path
from django.views.generic import RedirectView

urlpatterns = [
    path("events/", RedirectView.as_view(url="/"), name="events"),
    path("events/<slug:slug>/", RedirectView.as_view(url="/"), name="event"),
    path("events/registration/<str:token>/", RedirectView.as_view(url="/"), name="registration"),
]
