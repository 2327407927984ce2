"""The one socket address; at any other, a handshake is refused without a word in the log."""

from django.urls import path, re_path

from messaging.consumers import window


async def nowhere(scope, receive, send) -> None:
    await receive()  # the server's `websocket.connect`
    await send({"type": "websocket.close"})


websocket_urlpatterns = [path("ws/chat/", window), re_path("", nowhere)]  # type: ignore[arg-type]
