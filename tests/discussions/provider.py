"""A provider of electronic IDs on this machine: the OpenID Connect dance with real keys, for a real client."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT_ID, CLIENT_SECRET = "minyi", "provider-secret"


class Provider:
    """Everybody who comes is `subject`. `is_down` makes it answer 503."""

    def __init__(self):
        self.subject, self.is_down = "person-1", False
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._asked: dict[str, dict] = {}
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                self._answer(provider.documents().get(urlsplit(self.path).path))

            def do_POST(self):
                sent = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(provider.token({name: values[0] for name, values in sent.items()}))

            def _answer(self, content):
                status = 503 if provider.is_down else 200 if content is not None else 404
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def documents(self) -> dict:
        """What can be read at which path."""
        key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {
            "/.well-known/openid-configuration": {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/keys",
                "token_endpoint_auth_methods_supported": ["client_secret_post"],
            },
            "/keys": {"keys": [{**key, "kid": "1", "use": "sig", "alg": "RS256"}]},
        }

    def show(self, address: str) -> dict[str, str]:
        """The person agrees at the address our site led them to: the query they bring back."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert asked["client_id"] == CLIENT_ID and asked["scope"] == "openid"
        code = secrets.token_hex(8)
        self._asked[code] = asked
        return {"code": code, "state": asked["state"]}

    def token(self, sent: dict) -> dict | None:
        """The ID token for a code, given once, to whoever knows the secret and the PKCE verifier."""
        asked = self._asked.pop(sent.get("code", ""), None)
        if asked is None or sent.get("client_secret") != CLIENT_SECRET:
            return None
        digest = hashlib.sha256(sent["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "iat": now,
            "exp": now + 300,
            "name": "王大明",
            "email": "real.name@example.org",
            "birthdate": "1980-01-01",
        }
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": secrets.token_hex(8), "token_type": "Bearer", "expires_in": 300, "id_token": signed}

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
