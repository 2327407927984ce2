"""The one socket address."""

from django.urls import path

from messaging.consumers import WindowConsumer

websocket_urlpatterns = [path("ws/chat/", WindowConsumer.as_asgi())]
