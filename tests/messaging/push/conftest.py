import pytest

from messaging.push import vapid

HOST = "push.example.org"
ENDPOINT = f"https://{HOST}/send/a-heron-stood-in-the-canal"
KEY = vapid.new_key()


@pytest.fixture
def push_on(settings):
    settings.PUSH_KEY, settings.PUSH_CONTACT = KEY, "mailto:admin@example.org"
    settings.PUSH_SERVICES = [HOST, ".notify.example.org"]


def subscribe(client, endpoint=ENDPOINT):
    return client.post("/push/", {"endpoint": endpoint, "key": vapid.public_key()})
