"""Listening: a port of this machine, worker processes behind it, and a clean end."""

from __future__ import annotations

import contextlib
import secrets
import signal
import socket
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import uvicorn

from experiments.app.bench import Bench
from experiments.app.guard import ANY, is_loopback
from experiments.app.server import Server
from simulation.errors import InputError, UnwritableError, refusal
from simulation.files.atomic import write_whole
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


def serve(
    model: str, host: str, port: int, workers: int, told: Callable[[Address], object], export: Path | None = None
) -> int:
    """Serve until Ctrl-C. `told` is called once somebody can open the page, whose first picture is being made meanwhile.

    export: file that takes the last picture with pairs, as a page, at the end; how many pairs it has, 0 without one.
    InputError if nothing can listen there.
    """
    listening = _bound(host, port)
    with listening:
        address = Address(host, listening.getsockname()[1], "" if is_loopback(host) else secrets.token_urlsafe(16))
        bench = Bench(workers)
        try:
            bench.warm(model)
            replay_of(find_family(model))
            server = Server(bench, model)
            app = server.app(address.host, address.port, address.token)
            config = uvicorn.Config(
                app, log_level="warning", access_log=False, server_header=False, ws="none", timeout_graceful_shutdown=1
            )
            bench.submit(server.first())  # workers import and compile while the browser opens
            told(address)
            signal.signal(signal.SIGTERM, signal.default_int_handler)  # then workers are ended too
            with contextlib.suppress(KeyboardInterrupt):  # the usual end of an app
                uvicorn.Server(config).run(sockets=[listening])
        finally:
            bench.close()
        last = bench.last_shown() if export else None
        if last is not None:
            _keep(export, last.page)
        return last.shown if last else 0


def _keep(export: Path, page: bytes) -> None:
    """Write what is left of the hour: in the folder for temporary files, which is told, if its own file cannot be written."""
    try:
        write_whole(export, page)
    except UnwritableError as error:
        spare = Path(tempfile.mkdtemp(prefix="katye-")) / export.name
        write_whole(spare, page)
        raise UnwritableError(f"{error.what}; the page was written elsewhere", error.where, f"Take {spare}") from None


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
