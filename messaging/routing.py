"""The WebSocket URL."""

from django.urls import path

from messaging.consumers.handshake import window

websocket_urlpatterns = [path("ws/chat/", window)]  # type: ignore[arg-type]
