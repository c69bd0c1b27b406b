"""An issuer of OpenID Connect tokens: openssl signs for it and Python serves what it publishes, which shares no code
with Keyward.

    authority = Authority(tmp_path)
    with Issuer(authority) as issuer:
        iam.create_open_id_connect_provider(Url=issuer.url, ClientIDList=["keyward"])
        sts.assume_role_with_web_identity(WebIdentityToken=issuer.token(), ...)

It publishes the keys in `issuer.keys` and notes in `issuer.asked` for which paths it was asked. `issuer.behaviour`
says how it answers, if not well."""

import base64
import contextlib
import hashlib
import hmac
import http.server
import json
import ssl
import subprocess
import tempfile
import threading
import time
import uuid
from pathlib import Path

CLIENT_ID = "keyward"
SUBJECT = "repo:acme/app:main"
DISCOVERY = "/.well-known/openid-configuration"
KEY_SET = "/keys"
# Below it everything is there once more, for whoever follows a redirect.
ELSEWHERE = "/elsewhere"
# openssl's arguments for a key, the curve's name in a JWK, and how many bytes a number of the curve has.
KINDS = {
    "rsa": (["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"], None, 0),
    "p256": (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"], "P-256", 32),
    "p384": (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"], "P-384", 48),
    "p521": (["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"], "P-521", 66),
}
ALGORITHM = {"rsa": "RS256", "p256": "ES256", "p384": "ES384", "p521": "ES512"}


def openssl(*arguments, **options):
    done = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, check=False, **options)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


def encode(part):
    """base64url without padding, of bytes or of what becomes JSON."""
    data = part if isinstance(part, bytes) else json.dumps(part, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(part):
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


class Authority:
    """An authority for certificates, and a server's certificate for `localhost` and 127.0.0.1."""

    def __init__(self, folder):
        folder = Path(folder)
        self.certificate, key = folder / "authority.pem", folder / "authority.key"
        self.server_certificate, self.server_key = folder / "server.pem", folder / "server.key"
        new_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
        subject = ["-subj", "/CN=An authority of tests"]
        openssl("req", "-x509", *new_key, *subject, "-days", 30, "-keyout", key, "-out", self.certificate)
        request, names = folder / "server.csr", folder / "names"
        names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        openssl("req", *new_key, "-subj", "/CN=localhost", "-keyout", self.server_key, "-out", request)
        signed_by = ["-CA", self.certificate, "-CAkey", key, "-CAcreateserial", "-days", 30, "-extfile", names]
        openssl("x509", "-req", "-in", request, *signed_by, "-out", self.server_certificate)

    def thumbprint(self):
        """SHA-1 of the server's certificate."""
        return hashlib.sha1(ssl.PEM_cert_to_DER_cert(self.server_certificate.read_text())).hexdigest()

    def context(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.server_certificate, self.server_key)
        return context


class Key:
    """A key that signs tokens."""

    def __init__(self, kind="rsa", kid=None):
        arguments, self.curve, self.size = KINDS[kind]
        self.kind, self.kid = kind, kid or uuid.uuid4().hex
        self.algorithm = ALGORITHM[kind]
        self.private = openssl("genpkey", *arguments)
        self.public = openssl("pkey", "-pubout", input=self.private)

    def jwk(self, **more):
        """The public key as the issuer publishes it."""
        if self.curve:
            # The point stands at the end: x, then y.
            point = openssl("pkey", "-pubout", "-outform", "DER", input=self.private)[-2 * self.size :]
            numbers = {"crv": self.curve, "x": encode(point[: self.size]), "y": encode(point[self.size :])}
        else:
            modulus = openssl("rsa", "-noout", "-modulus", input=self.private).decode().strip().split("=")[1]
            numbers = {"n": encode(bytes.fromhex(modulus)), "e": "AQAB"}
        return {"kty": "EC" if self.curve else "RSA", "kid": self.kid, "use": "sig", **numbers, **more}

    def sign(self, algorithm, message):
        with tempfile.NamedTemporaryFile(suffix=".key") as file:
            file.write(self.private)
            file.flush()
            signature = openssl("dgst", f"-sha{algorithm[2:]}", "-sign", file.name, input=message)
        return raw(signature, self.size) if self.curve else signature


def raw(signature, size):
    """The two numbers of an ECDSA signature side by side, as tokens have them, from openssl's DER."""
    numbers, rest = [], signature[3 if signature[1] & 0x80 else 2 :]
    while rest:
        assert rest[0] == 2, "it is an integer"
        numbers.append(int.from_bytes(rest[2 : 2 + rest[1]], "big").to_bytes(size, "big"))
        rest = rest[2 + rest[1] :]
    return b"".join(numbers)


def signed(key, claims, algorithm=None, **header):
    """A token; `header` changes its header, and `None` takes a member away."""
    algorithm = algorithm or key.algorithm
    whole = {"typ": "JWT", "alg": algorithm, "kid": key.kid, **header}
    whole = {name: value for name, value in whole.items() if value is not None}
    message = f"{encode(whole)}.{encode(claims)}"
    return f"{message}.{encode(key.sign(algorithm, message.encode()))}"


def signed_with_secret(secret, claims, **header):
    """A token with a symmetric signature."""
    message = f"{encode({'typ': 'JWT', 'alg': 'HS256', **header})}.{encode(claims)}"
    return f"{message}.{encode(hmac.digest(secret, message.encode(), 'sha256'))}"


def tampered(token, **claims):
    """The token with other claims under the signature that it has."""
    header, old, signature = token.split(".")
    return f"{header}.{encode({**json.loads(decode(old)), **claims})}.{signature}"


class Issuer:
    """An issuer at a port of its own on loopback."""

    def __init__(self, authority, keys=None, host="localhost"):
        self.keys = keys or [Key()]
        self.asked = []
        self.behaviour = None
        self.released = threading.Event()
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                issuer.asked.append(self.path)
                issuer.answer(self)

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = authority.context()
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.host = f"{host}:{self._server.server_address[1]}"
        self.url = f"https://{self.host}"

    def __enter__(self):
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.released.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def discovery(self):
        return {"issuer": self.url, "jwks_uri": self.url + KEY_SET, "id_token_signing_alg_values_supported": ["RS256"]}

    def key_set(self):
        return {"keys": [key if isinstance(key, dict) else key.jwk() for key in self.keys]}

    def answer(self, handler):
        """Answers as `behaviour` says: `redirect`, `silent`, `huge`, `missing`, `no_json`, `other_issuer`, or a
        function that takes the path and gives the JSON."""
        documents = {DISCOVERY: self.discovery, KEY_SET: self.key_set}
        status, headers, body = 404, {}, b"{}"
        path = handler.path.removeprefix(ELSEWHERE)
        if path in documents:
            status, body = 200, json.dumps(documents[path]()).encode()
        if callable(self.behaviour):
            body = json.dumps(self.behaviour(handler.path)).encode()
        elif self.behaviour == "redirect" and path == handler.path:
            status, headers, body = 302, {"Location": self.url + ELSEWHERE + path}, b""
        elif self.behaviour == "silent":
            self.released.wait()
            return
        elif self.behaviour == "huge":
            body = body[:-1] + b',"filler":"' + b"x" * 1_000_000 + b'"}'
        elif self.behaviour == "missing":
            status = 404
        elif self.behaviour == "no_json":
            body = b"<html></html>"
        elif self.behaviour == "other_issuer":
            body = body.replace(f'"issuer": "{self.url}"'.encode(), b'"issuer": "https://other.example"')
        handler.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            handler.send_header(name, value)
        handler.end_headers()
        # Whoever asked may have had enough.
        with contextlib.suppress(OSError):
            handler.wfile.write(body)

    def claims(self, **changes):
        """The claims of a good token; `changes` go on top, and `None` takes one away. Names with characters that
        Python does not have in names come in a dictionary: `**{"https://..": ..}`."""
        now = int(time.time())
        claims = {"iss": self.url, "sub": SUBJECT, "aud": CLIENT_ID, "iat": now, "exp": now + 300, **changes}
        return {name: value for name, value in claims.items() if value is not None}

    def token(self, key=None, algorithm=None, header=None, **changes):
        return signed(key or self.keys[0], self.claims(**changes), algorithm, **(header or {}))
