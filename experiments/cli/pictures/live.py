"""The command `katye app`: a page for a facilitator, on which a room asks "what if" and sees both futures."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from experiments.cli.run import Model
from experiments.cli.study import Workers
from experiments.cli.terminal import check_positive, say, typed_path
from simulation.errors import InputError, installing

MOST_PORT = 65_535


def app(
    port: Annotated[int, typer.Option(help="Where the page is; 0 is any free one.")] = 8642,
    host: Annotated[
        str, typer.Option(help="Listen to other machines too, as 0.0.0.0; the address then has a random token.")
    ] = "127.0.0.1",
    browser: Annotated[bool, typer.Option("--open", help="Open the page in the browser.")] = False,
    export: Annotated[
        Path | None,
        typer.Option(
            parser=typed_path,
            metavar="FILE",
            help="At the end (Ctrl-C) write the last picture with pairs as one page that opens without Katye.",
        ),
    ] = None,
    model: Model = "haiti",
    workers: Workers = None,
) -> None:
    """Serve a page for a room: scenarios changed, events injected, "what if from here", both futures side by side."""
    check_positive(workers=workers)
    if not 0 <= port <= MOST_PORT:
        raise InputError(f"there is no port {port}", "--port", f"It can be 0 to {MOST_PORT}")
    try:
        from experiments.app.serving import Address, serve
    except ModuleNotFoundError as error:
        if error.name not in ("starlette", "uvicorn"):
            raise
        raise InputError(f"{error.name} is not installed", "katye app", installing("katye[app]")) from None
    from experiments.run.sweep import available_workers
    from simulation.replay.page import check_target

    def told(address: Address) -> None:
        say(
            f"Open {address.url}  (Ctrl-C ends it; nothing leaves this machine)"
            if not address.token
            else _shared(address)
        )
        if browser:
            import webbrowser

            webbrowser.open(address.url)

    if export:
        export = Path(export)
        check_target(export)
    # a core stays for the page, which is to answer at once while runs go on
    pairs = serve(model, host, port, workers or max(1, available_workers() - 1), told, export)
    if export:
        say(f"Page: {export} ({pairs} pairs of runs)" if pairs else "No pairs were run, so no page was written.")


def _shared(address: object) -> str:
    return f"Open {address.url}  (Ctrl-C ends it; whoever has the whole address can use it, and it travels unencrypted)"
