from django.urls import path

from contact import views

urlpatterns = [
    path("contact/", views.contact, name="contact"),
    path("feedback/", views.feedback, name="feedback"),
    path("people/<slug:slug>/enquiry/", views.expert_enquiry, name="expert-enquiry"),
]
