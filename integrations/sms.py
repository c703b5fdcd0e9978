"""Short messages to telephones, through a gateway that takes JSON over HTTPS."""

import requests
from django.conf import settings

PATIENCE = (3.05, 10)  # seconds to connect, to answer


class HttpGateway:
    """Posts {"to": "+886912345678", "text": "..."} to SMS_URL with SMS_TOKEN as a bearer token."""

    def send(self, number: str, text: str) -> None:
        """Send one message. Raises OSError when the gateway is silent, redirects or answers with an error."""
        headers = {"Authorization": f"Bearer {settings.SMS_TOKEN}"} if settings.SMS_TOKEN else {}
        answer = requests.post(
            settings.SMS_URL,
            json={"to": number, "text": text},
            headers=headers,
            timeout=PATIENCE,
            allow_redirects=False,
        )
        answer.raise_for_status()
        if answer.is_redirect:
            raise requests.HTTPError("The gateway redirects, and messages with codes follow nobody.")
