"""What the page can ask of the app: what there is to choose, runs, how they go, their page and their scenario files."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from experiments.app.bench import Bench, Job
from experiments.app.catalogue import catalogue
from experiments.app.guard import Guard
from experiments.app.lived import Lived
from experiments.app.scenarios import Wish, read_wish
from simulation.errors import InputError, KatyeError, UnknownNameError, typed
from simulation.port.family import find_family

FIRST = "baseline"  # the scenario that the page opens with, where a model has one of that name
FILES = Path(__file__).with_name("page")
SHOWN = {"": "app.html", "app.js": "app.js", "app.css": "app.css"}
MOST_BYTES = 256 * 1024  # of a message
MOST_LISTENING = 100  # streams of progress at once
LOOK_SECONDS, PING_SECONDS = 0.2, 10.0
PLAYER = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; "
PLAYER += "frame-ancestors 'self'"
Handler = Callable[[Request], Awaitable[Response]]


class TooLarge(KatyeError):
    """A message that nobody needs to send."""


class Server:
    """The app of one model. `bench` does its runs and is closed by whoever made it."""

    def __init__(self, bench: Bench, model: str):
        self.bench, self.model, self.listening = bench, model, 0
        self.offers = catalogue(find_family(model))
        self.about = json.dumps(self.offers, ensure_ascii=False).encode("utf-8")

    def first(self) -> Wish:
        """What the page wishes for when it opens, word for word, so that its sketch can be made before."""
        scenarios = {one["name"]: one for one in self.offers["scenarios"]}
        one = scenarios.get(FIRST) or next(iter(scenarios.values()))
        weight = {"weight": self.offers["weight"]} if self.offers["weight"] > 1 else {}
        return read_wish({"scenario": one["name"], "days": one["days"], **weight}, self.model)

    def app(self, host: str, port: int, token: str = "") -> Guard:
        """The whole app behind its guard."""
        routes = [Route(f"/{name}", functools.partial(self.file, file)) for name, file in SHOWN.items()]
        routes += [
            Route("/api/about", self.everything),
            Route("/api/check", self.check, methods=["POST"]),
            Route("/api/run", self.run, methods=["POST"]),
            Route("/api/jobs/{number:int}", self.job),
            Route("/api/jobs/{number:int}/stop", self.stop, methods=["POST"]),
            Route("/api/jobs/{number:int}/events", self.events),
            Route("/page/{number:int}", self.page),
            Route("/file/{number:int}/{name}", self.scenario),
        ]
        told = {KatyeError: wrong_input, ClientDisconnect: wrong_input, OSError: wrong_disk}
        return Guard(Starlette(routes=routes, exception_handlers=told), host, port, token)

    async def file(self, name: str, request: Request) -> Response:
        return FileResponse(FILES / name)

    async def everything(self, request: Request) -> Response:
        return Response(self.about, media_type="application/json")

    async def check(self, request: Request) -> Response:
        """The files of a wish, without a run."""
        wish = await run_in_threadpool(read_wish, await message(request), self.model)
        return JSONResponse({"sides": [{"name": s.name, "title": s.title, "text": s.text} for s in wish.sides]})

    async def run(self, request: Request) -> Response:
        wish = await run_in_threadpool(read_wish, await message(request), self.model)
        return JSONResponse(self.bench.submit(wish).seen())

    async def job(self, request: Request) -> Response:
        return JSONResponse(self._job(request).seen())

    async def stop(self, request: Request) -> Response:
        return JSONResponse(self.bench.stop(request.path_params["number"]).seen())

    async def events(self, request: Request) -> Response:
        """Server-sent events: what a job has come to, whenever that changes. A client that vanishes ends its own stream."""
        job = self._job(request)
        if self.listening >= MOST_LISTENING:
            raise InputError(f"{MOST_LISTENING} pages listen already", "progress", "Close some")
        return StreamingResponse(self._told(job), media_type="text/event-stream")

    async def page(self, request: Request) -> Response:
        """The player with the pairs that have finished so far; with `save` as a file."""
        job = self._job(request)
        if not job.page:
            raise InputError("there is no picture yet", f"runs {job.number}", "Wait for the first run")
        headers = {"Content-Security-Policy": PLAYER}
        if "save" in request.query_params:
            headers["Content-Disposition"] = 'attachment; filename="what-if.html"'
        return Response(job.page, media_type="text/html", headers=headers)

    async def scenario(self, request: Request) -> Response:
        """The scenario file of a side, with the commands that repeat its runs."""
        job, name = self._job(request), request.path_params["name"].removesuffix(".toml")
        sides = [one.name for one in job.wish.sides]
        if name not in sides:
            raise InputError(f"there is no side {name}", f"runs {job.number}", f"There are: {', '.join(sides)}")
        headers = {"Content-Disposition": f'attachment; filename="{name}.toml"'}
        text = scenario_file(job, sides.index(name))
        return Response(text.encode("utf-8"), media_type="text/plain; charset=utf-8", headers=headers)

    def _job(self, request: Request) -> Job:
        return self.bench.job(request.path_params["number"])

    async def _told(self, job: Job) -> AsyncIterator[str]:
        self.listening += 1
        try:
            seen, quiet = -1, 0.0
            while not self.bench.closed:
                if job.version != seen or seen == -1:
                    seen, quiet = job.version, 0.0
                    yield f"data: {json.dumps(job.seen())}\n\n"
                    if not job.open:
                        return
                elif quiet > PING_SECONDS:
                    quiet = 0.0
                    yield ": still there\n\n"
                await asyncio.sleep(LOOK_SECONDS)
                quiet += LOOK_SECONDS
        finally:
            self.listening -= 1


def scenario_file(job: Job, side: int) -> str:
    """The file of a side as it was run, with a comment below for every run of it that has finished."""
    wish, one = job.wish, job.wish.sides[side]
    model = ["--model", wish.model] * (wish.model != "haiti")

    def command(pair: int) -> str:
        return typed("katye", "run", f"{one.name}.toml", "--seed", wish.seed + pair, *model)

    lines = [
        f"# {command(pair)}  # daily.parquet: sha256 {run.sha256}"
        for (pair, where), run in sorted(list(job.results.items()), key=lambda item: item[0])
        if pair >= 0 and where == side and isinstance(run, Lived)
    ]
    return "\n".join([one.text, *(["# Its runs in the app:"] if lines else []), *lines, ""])


async def message(request: Request) -> Any:
    """The JSON of a request. InputError if it is none, TooLarge beyond 256 kB."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise InputError("a message is JSON", "message", "Content-Type: application/json")
    content = bytearray()
    async for part in request.stream():
        content += part
        if len(content) > MOST_BYTES:
            raise TooLarge(f"message: larger than {MOST_BYTES // 1024} kB")
    try:
        return json.loads(content.decode("utf-8"), parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise InputError("is no JSON", "message") from None


def _no_number(text: str) -> None:
    raise ValueError(text)


async def wrong_input(request: Request, error: Exception) -> Response:
    status = 413 if isinstance(error, TooLarge) else 404 if isinstance(error, UnknownNameError) else 422
    return PlainTextResponse(str(error) + "\n", status)


async def wrong_disk(request: Request, error: Exception) -> Response:
    logging.getLogger("katye.app").error("%s", error)
    return PlainTextResponse(f"This machine refused a file: {error.strerror or error}\n", 507)
