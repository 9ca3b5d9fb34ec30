"""Listening: a port of this machine, worker processes behind it, and a clean end."""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass

import uvicorn

from experiments.app.bench import Bench
from experiments.app.guard import ANY, is_loopback
from experiments.app.server import Server
from simulation.errors import InputError, refusal
from simulation.port.family import find_family
from simulation.replay.recipe import replay_of


@dataclass(frozen=True)
class Address:
    """Where the app listens, and what people type to get there."""

    host: str
    port: int
    token: str

    @property
    def url(self) -> str:
        host = socket.gethostname() if self.host in ANY else f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/" + (f"?token={self.token}" if self.token else "")


def serve(model: str, host: str, port: int, workers: int, told: Callable[[Address], object]) -> None:
    """Serve until Ctrl-C. `told` is called once everything is ready. InputError if nothing can listen there."""
    replay_of(find_family(model))
    listening = _bound(host, port)
    with listening:
        address = Address(host, listening.getsockname()[1], "" if is_loopback(host) else secrets.token_urlsafe(16))
        bench = Bench(workers)
        try:
            server = Server(bench, model)
            app = server.app(address.host, address.port, address.token)
            config = uvicorn.Config(
                app, log_level="warning", access_log=False, server_header=False, ws="none", timeout_graceful_shutdown=1
            )
            _warm(bench, server)
            told(address)
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # then workers are ended too
            with contextlib.suppress(KeyboardInterrupt):  # the usual end of an app
                uvicorn.Server(config).run(sockets=[listening])
        finally:
            bench.close()


def _warm(bench: Bench, server: Server) -> None:
    """The sketch that the page opens with: workers import and compile before anybody waits for them."""
    job = bench.submit(server.first())
    while job.open:
        time.sleep(0.05)


def _bound(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # with its protocol named, else asyncio lets small answers wait 40 ms for company
    found = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        found.bind((host, port))
        found.listen(128)
    except (OSError, OverflowError) as error:
        found.close()
        if getattr(error, "errno", None) in (98, 48, 10048):  # Linux, macOS, Windows
            raise InputError(
                "it is taken by another program", f"port {port}", f"Take another: --port {port + 1}"
            ) from None
        raise InputError(f"nothing can listen there ({refusal(error)})", f"{host}, port {port}") from None
    return found
