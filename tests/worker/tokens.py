"""Identity tokens as GitHub signs them, and as a forger would like them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

KID = "the-one"
CLAIMS = {
    "iss": "https://token.actions.githubusercontent.com",
    "aud": "https://casa24-api.example.workers.dev",
    "repository_id": "240024",
    "ref": "refs/heads/main",
    "workflow_ref": "ana/label/.github/workflows/update-data.yml@refs/heads/main",
    "sub": "repo:ana/label:ref:refs/heads/main",
}


@dataclass
class Issuer:
    """Somebody with a key pair."""

    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))

    def jwks(self, kid: str = KID) -> bytes:
        """The public half, as it is published."""
        numbers = self.key.public_key().public_numbers()
        public = {"n": _number(numbers.n), "e": _number(numbers.e)}
        entry = {"kty": "RSA", "alg": "RS256", "use": "sig", "kid": kid, **public}
        return json.dumps({"keys": [{"kty": "EC", "kid": "other"}, entry]}).encode()

    def token(self, header: dict[str, Any] | None = None, **claims: Any) -> str:
        """A token signed with RS256; a claim or a part of the header that is None is left out."""
        signed = _unsigned({"alg": "RS256", "typ": "JWT", "kid": KID, **(header or {})}, claims)
        return f"{signed}.{_text(self.key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))}"

    def unsigned(self) -> str:
        """``alg: none``, with nothing behind the last dot."""
        return f"{_unsigned({'alg': 'none', 'kid': KID}, {})}."

    def signed_with_the_public_key(self) -> str:
        """HS256, with what everybody knows as the secret."""
        secret = self.key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        signed = _unsigned({"alg": "HS256", "kid": KID}, {})
        return f"{signed}.{_text(hmac.digest(secret, signed.encode(), hashlib.sha256))}"


@cache
def github() -> Issuer:
    """The issuer whose keys are published."""
    return Issuer()


@cache
def stranger() -> Issuer:
    """Somebody else, who calls his key by the same name."""
    return Issuer()


def _unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    now = int(time.time())
    body = {**CLAIMS, "iat": now, "nbf": now - 600, "exp": now + 300, **claims}
    parts = ({name: value for name, value in part.items() if value is not None} for part in (header, body))
    return ".".join(_text(json.dumps(part).encode()) for part in parts)


def _number(value: int) -> str:
    return _text(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _text(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
