"""The one socket address."""

from django.urls import path

from messaging.consumers.websocket import window

websocket_urlpatterns = [path("ws/chat/", window)]  # type: ignore[arg-type]
