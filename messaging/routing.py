"""The WebSocket URLs."""

from django.conf import settings
from django.urls import path

from messaging.consumers.handshake import window
from messaging.files.websocket import file_socket

websocket_urlpatterns = [path("ws/chat/", window)]  # type: ignore[arg-type]
if settings.FILES != "off":
    websocket_urlpatterns.append(path("ws/files/", file_socket))  # type: ignore[arg-type]
