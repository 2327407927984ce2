from django.urls import path

from messaging import known, views

app_name = "messaging"
urlpatterns = [
    path("", views.home, name="home"),
    path("known/", known.page, name="known"),
    path("people/", views.people, name="people"),
    path("conversations/<int:peer_id>/", views.conversation, name="conversation"),
]
