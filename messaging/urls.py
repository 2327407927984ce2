from django.urls import path

from messaging import views

app_name = "messaging"
urlpatterns = [
    path("", views.home, name="home"),
    path("people/", views.people, name="people"),
    path("conversations/<int:peer_id>/", views.conversation, name="conversation"),
]
