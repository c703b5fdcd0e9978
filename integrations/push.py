"""Messages to browsers by Web Push (RFC 8030, 8291, 8292), through pywebpush and our own careful way out."""

import base64
import json
import os
from urllib.parse import urlsplit

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from py_vapid import Vapid02
from pywebpush import WebPusher, WebPushException

from integrations import outbound

TTL = 24 * 3600  # seconds a push service keeps a message for a browser that is away
GONE = {404, 410}


class SubscriptionGone(LookupError):
    """The browser has taken its subscription back, or what it gave us cannot be used."""


def private_key() -> str:
    """The key that proves to push services who sends: VAPID_PRIVATE_KEY, or one made once for this installation."""
    if settings.VAPID_PRIVATE_KEY:
        return settings.VAPID_PRIVATE_KEY
    path = settings.VAR_DIR / "vapid_key"
    if not path.exists():
        made = Vapid02()
        made.generate_keys()
        number = made.private_key.private_numbers().private_value.to_bytes(32, "big")
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(_text(number))
    return path.read_text(encoding="ascii")


def public_key() -> str:
    """What browsers are given when they subscribe: the point of the key, in base64url."""
    point = Vapid02.from_string(private_key()).public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return _text(point)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class WebPush:
    """Sends through the push service that the browser named; its address is judged like any other typed in."""

    def send(self, *, endpoint: str, key: str, secret: str, content: dict) -> None:
        """Send one message. Raises SubscriptionGone, or OSError when the service does not take it."""
        place = urlsplit(endpoint)
        claims = {"sub": settings.VAPID_CONTACT, "aud": f"{place.scheme}://{place.netloc}"}
        try:
            pusher = WebPusher({"endpoint": endpoint, "keys": {"p256dh": key, "auth": secret}})
            encoded = pusher.encode(json.dumps(content).encode(), content_encoding="aes128gcm")
        except (WebPushException, ValueError) as error:
            raise SubscriptionGone from error
        headers = {
            **Vapid02.from_string(private_key()).sign(claims),
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(TTL),
        }
        answer = outbound.request("POST", endpoint, body=bytes(encoded["body"]), headers=headers)
        if answer.status in GONE:
            raise SubscriptionGone
        if not answer.is_success:
            raise OSError(f"The push service answered {answer.status}.")
