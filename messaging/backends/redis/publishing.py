"""Encode published messages as JSON. A message with bytes is also encrypted."""

import json
import os

from messaging.backends.redis.encryption import NONCE_BYTES, Encryptor, Json

ENCRYPTED = b"\0"  # begins a message with bytes; JSON begins with another character


def encode(encryptor: Encryptor, topic: str, message: dict) -> bytes:
    """Encode a message for a topic. Its value "data" may be bytes."""
    data = message.get("data")
    if data is None:
        return json.dumps(message).encode()
    nonce, rest = os.urandom(NONCE_BYTES), json.dumps({**message, "data": None}).encode()
    encrypted = encryptor.cipher.encrypt(nonce, rest + b"\n" + data, topic.encode())
    return ENCRYPTED + nonce + encrypted


def decode(encryptor: Encryptor, topic: str, published: bytes) -> Json:
    if not published.startswith(ENCRYPTED):
        return json.loads(published)
    nonce, encrypted = published[1 : NONCE_BYTES + 1], memoryview(published)[NONCE_BYTES + 1 :]
    rest, _, data = encryptor.cipher.decrypt(nonce, encrypted, topic.encode()).partition(b"\n")
    return {**json.loads(rest), "data": data}
