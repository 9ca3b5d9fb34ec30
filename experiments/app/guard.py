"""Who may ask: pages of this very address, with the token where there is one. Nobody else gets more than a refusal."""

from __future__ import annotations

import ipaddress
import secrets
import socket
from urllib.parse import parse_qs

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ANY = ("0.0.0.0", "::")
OPEN = ("/app.js", "/app.css")  # of the page itself, which holds nothing that is not public
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "frame-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",  # the token stands in the address
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach a server there."""
    return host in ("localhost", "127.0.0.1", "::1")


class Guard:
    """Looks at every request before the app does. `host`: where the server listens; `token`: "" if none is needed."""

    def __init__(self, app: ASGIApp, host: str, port: int, token: str):
        self.app, self.host, self.port, self.token = app, host, port, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return
        if (refused := self.refusal(scope)) is not None:
            await PlainTextResponse(refused[1] + "\n", refused[0], HEADERS)(scope, receive, send)
            return

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, guarded)

    def refusal(self, scope: Scope) -> tuple[int, str] | None:
        """Status and words, or None for who may come in."""
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return 421, "This address is not that of the app. Open the address that katye app has printed."
        origin = headers.get("origin")
        # a link somewhere may lead here, but no other page may ask or send anything
        foreign = headers.get("sec-fetch-site") == "cross-site" and headers.get("sec-fetch-mode") != "navigate"
        if foreign or (origin is not None and origin != f"http://{host}"):
            return 403, "Another page may not use this app."
        if self.token and scope["path"] not in OPEN:
            given = parse_qs(scope["query_string"].decode("latin-1")).get("token", [""])[0]
            if not secrets.compare_digest(given.encode(), self.token.encode()):
                return 403, "The token is missing or wrong. Open the whole address that katye app has printed."
        return None

    def _is_ours(self, host: str) -> bool:
        """Whether a Host header names this server: a foreign name that leads here is somebody's trick."""
        name, _, port = host.rpartition(":")
        if not name:
            name, port = host, "80"
        if port != str(self.port):
            return False
        if is_loopback(self.host):
            return name in LOOPBACK
        if self.host not in ANY:
            return name.strip("[]") == self.host or name in LOOPBACK
        if name in LOOPBACK or name.lower() == socket.gethostname().lower():
            return True
        try:
            ipaddress.ip_address(name.strip("[]"))
        except ValueError:
            return False
        return True
