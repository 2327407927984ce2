from django.urls import path

from messaging import attention, desk, known, plain, privacy, reporting, views

app_name = "messaging"
urlpatterns = [
    path("", views.home, name="home"),
    path("known/", known.page, name="known"),
    path("people/", views.people, name="people"),
    path("people/blocked/", privacy.blocked, name="blocked"),
    path("people/<int:peer_id>/block/", privacy.block, name="block"),
    path("people/<int:peer_id>/unblock/", privacy.unblock, name="unblock"),
    path("appearance/", privacy.appear, name="appear"),
    path("hand/", views.hand, name="hand"),
    path("reload/", views.reload, name="reload"),
    path("attention/", attention.attention, name="attention"),
    path("report/", reporting.report, name="report"),
    path("plain/", plain.home, name="plain"),
    path("plain/with/<int:peer_id>/", plain.home, name="plain_with"),
    path("plain/over/", plain.over, name="plain_over"),
    path("plain/people/", plain.people, name="plain_people"),
    path("plain/write/", plain.nobody, name="plain_nobody"),
    path("plain/write/<int:peer_id>/", desk.write, name="plain_write"),
    path("plain/write/<int:peer_id>/take-back/<slug:message_id>/", desk.take_back, name="plain_take_back"),
    path("plain/write/<int:peer_id>/clear/", desk.clear, name="plain_clear"),
    path("plain/write/<int:peer_id>/block/", desk.block, name="plain_block"),
    path("plain/write/<int:peer_id>/unblock/", desk.unblock, name="plain_unblock"),
    path("conversations/<int:peer_id>/", views.conversation, name="conversation"),
]
