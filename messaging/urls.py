from django.urls import path

from messaging.noscript import conversation, pages
from messaging.push import views as push
from messaging.views import chat, my_data, notifications, privacy, reports

app_name = "messaging"
urlpatterns = [
    path("", chat.home, name="home"),
    path("known/", my_data.page, name="known"),
    path("people/", chat.people, name="people"),
    path("people/blocked/", privacy.blocked, name="blocked"),
    path("people/<int:peer_id>/block/", privacy.block, name="block"),
    path("people/<int:peer_id>/unblock/", privacy.unblock, name="unblock"),
    path("appearance/", privacy.appear, name="appear"),
    path("lazy-actions/", chat.lazy_actions, name="lazy_actions"),
    path("files/", chat.files, name="files"),
    path("reload/", chat.reload, name="reload"),
    path("attention/", notifications.settings, name="attention"),
    path("push/", push.subscribe, name="push"),
    path("push/switch/", push.switch, name="push_switch"),
    path("push/stop/", push.stop, name="push_stop"),
    path("report/", reports.report, name="report"),
    path("plain/", pages.home, name="noscript"),
    path("plain/with/<int:conversation_id>/", pages.home, name="noscript_with"),
    path("plain/over/", pages.signed_out_page, name="noscript_logged_out"),
    path("plain/people/", pages.people, name="noscript_people"),
    path("plain/write/", pages.no_peer, name="noscript_no_conversation"),
    path("plain/write/<int:conversation_id>/", conversation.write, name="noscript_write"),
    path(
        "plain/write/<int:conversation_id>/take-back/<slug:message_id>/",
        conversation.unsend,
        name="noscript_unsend",
    ),
    path("plain/write/<int:conversation_id>/clear/", conversation.clear, name="noscript_clear"),
    path("plain/write/<int:peer_id>/block/", conversation.block, name="noscript_block"),
    path("plain/write/<int:peer_id>/unblock/", conversation.unblock, name="noscript_unblock"),
    path("conversations/<int:conversation_id>/", chat.conversation, name="conversation"),
]
