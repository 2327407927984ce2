"""A software authenticator for passkeys. Tests can make it send wrong data."""

import json
import os
from dataclasses import dataclass, field, replace
from hashlib import sha256
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.conf import settings
from webauthn.helpers import bytes_to_base64url, encode_cbor

USER_PRESENT, USER_VERIFIED, ATTESTED = 0x01, 0x04, 0x40
BOTH = USER_PRESENT | USER_VERIFIED


@dataclass
class Device:
    """Hold one passkey. An attacker could change `origin`, `rp_id`, `flags`, `type` and `step`."""

    origin: str = field(default_factory=lambda: settings.SITE_URL)
    rp_id: str = field(default_factory=lambda: urlsplit(settings.SITE_URL).hostname or "")
    flags: int = BOTH
    type: str = ""
    step: int = 1  # by how much the counter grows with each use
    count: int = 0
    handle: bytes = b""
    id: bytes = field(default_factory=lambda: os.urandom(32))
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    def but(self, **lies) -> "Device":
        return replace(self, **lies)

    def makes(self, options: str) -> str:
        """Return what `navigator.credentials.create` returns for these options."""
        asked = json.loads(options)
        self.handle = asked["user"]["id"].encode()
        numbers = self.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (numbers.x, numbers.y))
        public_key = encode_cbor({1: 2, 3: -7, -1: 1, -2: x, -3: y})
        attested = bytes(16) + len(self.id).to_bytes(2, "big") + self.id + public_key
        auth_data = self._auth_data(self.flags | ATTESTED) + attested
        attestation = encode_cbor({"fmt": "none", "attStmt": {}, "authData": auth_data})
        client_data = self._client_data("webauthn.create", asked["challenge"])
        return self._answer(clientDataJSON=client_data, attestationObject=attestation)

    def signs(self, options: str) -> str:
        """Return what `navigator.credentials.get` returns for these options."""
        self.count += self.step
        auth_data = self._auth_data(self.flags)
        client_data = self._client_data("webauthn.get", json.loads(options)["challenge"])
        signature = self.key.sign(auth_data + sha256(client_data).digest(), ec.ECDSA(SHA256()))
        answer = json.loads(
            self._answer(
                clientDataJSON=client_data, authenticatorData=auth_data, signature=signature
            )
        )
        answer["response"]["userHandle"] = self.handle.decode()
        return json.dumps(answer)

    def _auth_data(self, flags: int) -> bytes:
        return sha256(self.rp_id.encode()).digest() + bytes([flags]) + self.count.to_bytes(4, "big")

    def _client_data(self, type: str, challenge: str) -> bytes:  # noqa: A002 - the field's name
        said = {
            "type": self.type or type,
            "challenge": challenge,
            "origin": self.origin,
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _answer(self, **response: bytes) -> str:
        id = bytes_to_base64url(self.id)
        parts = {name: bytes_to_base64url(value) for name, value in response.items()}
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": parts})
