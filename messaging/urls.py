from django.urls import path

from messaging import known, privacy, reporting, views

app_name = "messaging"
urlpatterns = [
    path("", views.home, name="home"),
    path("known/", known.page, name="known"),
    path("people/", views.people, name="people"),
    path("people/blocked/", privacy.blocked, name="blocked"),
    path("people/<int:peer_id>/block/", privacy.block, name="block"),
    path("people/<int:peer_id>/unblock/", privacy.unblock, name="unblock"),
    path("appearance/", privacy.appear, name="appear"),
    path("report/", reporting.report, name="report"),
    path("conversations/<int:peer_id>/", views.conversation, name="conversation"),
]
