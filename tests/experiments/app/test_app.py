"""`katye app`: what a room chooses becomes files that `katye run` repeats to the byte; strangers stay outside."""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import socket
import tempfile
import threading
import time

import pytest

pytest.importorskip("starlette", reason="needs the extra app")
pytest.importorskip("uvicorn", reason="needs the extra app")
pytest.importorskip("httpx", reason="needs httpx")

import httpx
import uvicorn

from experiments.app import serving
from experiments.app.bench import MOST_OPEN, Bench, Job
from experiments.app.lived import live
from experiments.app.scenarios import read_wish
from experiments.app.server import MOST_BYTES, Server, scenario_file
from experiments.cli.app import main
from simulation.errors import InputError, UnwritableError
from simulation.replay.page import CARRIER, read_page

FEWER = {"set": "cops.density", "value": 0.02}
SHORT = {"scenario": "baseline", "days": 3, "a": [{"set": "lattice.side", "value": 16}]}


class Inline:
    """In place of worker processes: a run is done where it is submitted."""

    def __init__(self, workers):
        self.ready = threading.Event()
        self.ready.set()

    def submit(self, function, *arguments):
        from concurrent.futures import Future

        future = Future()

        def work():
            self.ready.wait(10)
            future.set_result(function(*arguments))

        threading.Thread(target=work, daemon=True).start()
        return future

    def shutdown(self, wait=True, *, cancel_futures=False):
        self.ready.set()


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.setattr("experiments.app.bench.RenewedWorkers", Inline)
    found = Bench(1)
    yield found
    found.close()


@pytest.fixture
def server(bench):
    return Server(bench, "epstein")


@contextlib.contextmanager
def listening(server, host="127.0.0.1", token=""):
    """A client of the app on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = uvicorn.Config(server.app(host, port, token), log_level="warning", ws="none", lifespan="off")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, kwargs={"sockets": [taken]})
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=100, trust_env=False) as client:
                yield client
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture
def client(server):
    with listening(server) as found:
        yield found


def ended(client, wish):
    answer = client.post("/api/run", json=wish)
    assert answer.status_code == 200, answer.text
    number = answer.json()["job"]
    end = time.monotonic() + 30
    while (seen := client.get(f"/api/jobs/{number}").json())["state"] in ("waiting", "running"):
        assert time.monotonic() < end
        time.sleep(0.02)
    return seen


def katye(*arguments):
    with pytest.raises(SystemExit) as stop:
        main([str(argument) for argument in arguments])
    return stop.value.code or 0


def test_the_page_offers_what_the_register_has_and_asks_nobody_else(client):
    about = client.get("/api/about").json()
    named = {one["name"]: one for one in about["parameters"]}
    assert named["cops.density"]["range"] == "0 to 0.1"
    assert set(about["first"]) <= set(named)
    assert about["kinds"] == []
    texts = [client.get(path).text for path in ("/", "/app.js", "/app.css")]
    assert not re.search(r"(?:https?:)?//[\w-]+\.\w", "\n".join(texts)), "nothing is fetched from elsewhere"
    used = set(re.findall(r'data-word="(\w+)"', texts[0])) | set(re.findall(r'\bword\("(\w+)"', texts[1]))
    known = {key.removeprefix("app.") for key in about["words"]["ht"]}
    assert used <= known
    assert "script-src 'self'" in client.get("/").headers["content-security-policy"]


def test_two_sides_run_in_pairs_and_the_files_repeat_them_to_the_byte(client, tmp_path, monkeypatch):
    seen = ended(client, SHORT | {"pairs": 2, "seed": 7, "b": [FEWER]})
    assert (seen["state"], seen["done"], seen["total"], seen["shown"]) == ("done", 4, 4, 2)
    assert seen["pages"] == 3, "a sketch, then one pair, then two"
    page = client.get(f"/page/{seen['job']}?save=1")
    assert "attachment" in page.headers["content-disposition"]
    payload = json.loads(re.search(re.escape(CARRIER) + "(.*?)</script>", page.text, re.DOTALL)[1])
    assert [len(arm["runs"]) for arm in payload["arms"]] == [2, 2]
    assert payload["arms"][1]["title"]["en"] == "cops.density = 0.02"
    monkeypatch.chdir(tmp_path)
    for side, name in enumerate(("as-it-is", "what-if")):
        text = client.get(f"/file/{seen['job']}/{name}.toml").text
        (tmp_path / f"{name}.toml").write_text(text)
        told = re.findall(r"# katye run (\S+) --seed (\d+) --model epstein  # daily.parquet: sha256 (\w{64})", text)
        assert [int(seed) for _, seed, _ in told] == [7, 8]
        file, seed, digest = told[side]
        assert katye("run", file, "--seed", seed, "--model", "epstein", "--out", f"{name}-run") == 0
        made = (tmp_path / f"{name}-run" / "daily.parquet").read_bytes()
        assert hashlib.sha256(made).hexdigest() == digest


def test_a_branch_with_dated_events_is_repeated_to_the_byte(tmp_path, monkeypatch):
    """In the city: what is said on the way becomes dated events, and what B shares with A before them stays the same run."""
    date = "2024-06-04"
    wish = read_wish(
        {
            "scenario": "baseline",
            "days": 5,
            "weight": 2000,
            "a": [{"set": "deployment.authorised", "value": 1000}],
            "b": [
                {"set": "funding.source", "value": "level", "date": date},
                {"set": "funding.level", "value": 0.5, "date": date},
                {"what": "airport_closure", "date": date, "until": "2024-06-06"},
                {"what": "donor_shock", "date": date, "settings": {"donor": "all", "cash": 0}},
                {"what": "corridor_closure", "date": date, "settings": {"between": ["Solino", "Nazon"]}},
            ],
        }
    )
    job = Job(1, wish, todo=None)
    for side in (0, 1):
        job.results[0, side] = live(job.order(0, side))
    one, other = (job.results[0, side] for side in (0, 1))
    assert one.sha256 != other.sha256
    monkeypatch.chdir(tmp_path)
    (tmp_path / "what-if.toml").write_text(scenario_file(job, 1), encoding="utf-8")
    assert katye("run", "what-if.toml", "--seed", 1, "--out", "again") == 0
    assert hashlib.sha256((tmp_path / "again/daily.parquet").read_bytes()).hexdigest() == other.sha256


def test_a_sketch_comes_alone_and_equal_sides_are_run_once(client, monkeypatch):
    runs = []
    monkeypatch.setattr("experiments.app.bench.live", lambda order: (runs.append(order), live(order))[1])
    seen = ended(client, SHORT)
    assert (seen["state"], seen["total"], seen["shown"], seen["pages"]) == ("done", 0, 0, 2)
    assert "Sketch: one light run" in client.get(f"/page/{seen['job']}").text
    assert [order.opening for order in runs] == [True, False], "the first day is there before the run is made"
    assert (live(runs[0]).recorded.frames, live(runs[1]).recorded.frames) == (2, 4)
    assert ended(client, SHORT | {"seed": 2})["pages"] == 1, "only who opens the app waits for its code to be read"
    ended(client, SHORT | {"pairs": 1})
    before = len(runs)
    ended(client, SHORT | {"pairs": 1, "b": [FEWER]})
    assert len(runs) == before + 2, "the left side was there, its sketch too"


def test_progress_is_told_as_events_and_what_is_stopped_keeps_its_pairs(client, bench):
    seen = ended(client, SHORT | {"pairs": 2})
    with client.stream("GET", f"/api/jobs/{seen['job']}/events") as stream:
        told = [json.loads(line[6:]) for line in stream.iter_lines() if line.startswith("data: ")]
    assert told == [seen | {"left": None}]
    bench._executor.ready.clear()
    number = client.post("/api/run", json=SHORT | {"pairs": 5, "seed": 90}).json()["job"]
    client.post(f"/api/jobs/{number}/stop", json={})
    bench._executor.ready.set()
    for _ in range(100):
        if (state := client.get(f"/api/jobs/{number}").json()["state"]) == "stopped":
            break
        time.sleep(0.02)
    assert state == "stopped"


def test_ten_clients_take_turns_and_the_queue_ends(client, bench):
    bench._executor.ready.clear()
    numbers = [client.post("/api/run", json=SHORT | {"pairs": 1, "seed": 10 * n}).json()["job"] for n in range(10)]
    begun = time.perf_counter()
    assert client.get("/api/about").status_code == 200
    assert time.perf_counter() - begun < 1
    left = [client.post("/api/run", json=SHORT | {"pairs": 1}).status_code for _ in range(MOST_OPEN - 9)]
    assert left == [200] * (MOST_OPEN - 10) + [422]
    bench._executor.ready.set()
    end = time.monotonic() + 30
    while any(bench.job(number).open for number in numbers):
        assert time.monotonic() < end
        time.sleep(0.02)
    assert {bench.job(number).state for number in numbers} == {"done"}


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"scenario": "basline"}, "Did you mean baseline"),
        ({"scenario": "/etc/passwd.toml"}, "unknown scenario"),
        ({"scenario": 3}, "name of a scenario"),
        ([], "table of wishes"),
        (SHORT | {"cats": 1}, "unknown wish 'cats'"),
        (SHORT | {"days": -1}, "days: '-1'"),
        (SHORT | {"pairs": 10_000}, "from 0 to 100"),
        (SHORT | {"seed": 1.5}, "seed"),
        (SHORT | {"weight": 50}, "too much for this model"),
        (SHORT | {"b": [{"set": "cops.density", "value": 5}]}, "It takes 0 to 0.1"),
        (SHORT | {"b": [{"set": "cops.densty", "value": 5}]}, "Did you mean cops.density"),
        (SHORT | {"b": [FEWER | {"date": "2000-01-03"}]}, "no dated events"),
        (SHORT | {"b": [{"what": "flood", "date": "2000-01-03"}]}, "unknown kind of event"),
        (SHORT | {"b": [{"set": "legitimacy.fall_day", "value": 3}]}, "Set legitimacy.fall as well"),
        (SHORT | {"b": [{"value": 3}]}, "either sets a parameter or is an event"),
        (SHORT | {"b": [FEWER] * 101}, "At most 100"),
        (SHORT | {"b": [FEWER], "title": "a\nb"}, "title"),
        (SHORT | {"b": [FEWER], "title": "\ud800"}, "half a letter"),
    ],
)
def test_wrong_wishes_get_one_line(client, wish, told):
    answer = client.post("/api/check", content=json.dumps(wish), headers={"content-type": "application/json"})
    assert answer.status_code in (404, 422)
    assert told in answer.text
    assert answer.text.count("\n") == 1
    assert "/tmp" not in answer.text


def test_wrong_wishes_of_the_city():
    base = {"scenario": "baseline", "days": 30}
    for change, told in (
        ({"set": "funding.level", "value": 0, "date": "2024-06-10"}, "Set funding.source to 'level' as well"),
        ({"set": "funding.level", "value": 0, "date": "2025-06-10"}, "outside the run"),
        ({"what": "donor_shock", "date": "2024-06-10", "settings": {"cash": 9}}, "It takes 0 to 1.5"),
        ({"what": "donor_shock", "date": "soon"}, "is no date"),
        ({"what": "donor_shock", "date": "2024-06-10", "settings": {"money": 9}}, "unknown setting"),
    ):
        with pytest.raises(InputError, match=re.escape(told)):
            read_wish(base | {"b": [change]})


def test_messages_that_are_no_messages(client):
    json_type = {"content-type": "application/json"}
    assert client.post("/api/run", content=b"{", headers=json_type).status_code == 422
    assert client.post("/api/run", content=b'{"days": NaN}', headers=json_type).status_code == 422
    assert client.post("/api/run", content=b"[" * 100_000, headers=json_type).status_code == 422
    assert client.post("/api/run", data={"scenario": "baseline"}).status_code == 422, "what a form can send is no JSON"
    large = client.post("/api/run", content=b" " * (MOST_BYTES + 1), headers=json_type)
    assert (large.status_code, "larger than 256 kB" in large.text) == (413, True)
    assert client.get("/api/jobs/999").status_code == 422
    assert client.get("/page/999").status_code == 422
    assert client.get("/nowhere").status_code == 404


def test_strangers_stay_outside(server, client):
    home, port = str(client.base_url), client.base_url.port
    assert client.get("/").status_code == 200
    for host in (f"evil.example:{port}", "127.0.0.1:1", "127.0.0.1", ""):
        assert client.get("/", headers={"host": host}).status_code == 421, "a name that leads here"
    for origin in ("http://evil.example", "null", "http://127.0.0.1:1"):
        assert client.post("/api/run", json=SHORT, headers={"origin": origin}).status_code == 403
    assert client.post("/api/check", json=SHORT, headers={"origin": home.rstrip("/")}).status_code == 200
    elsewhere = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}
    assert client.get("/api/about", headers=elsewhere).status_code == 403
    assert client.get("/").headers["cross-origin-resource-policy"] == "same-origin"
    with listening(server, "0.0.0.0", "secret") as shared:
        for query, status in (("", 403), ("?token=", 403), ("?token=secres", 403), ("?token=secret", 200)):
            assert shared.get(f"/{query}").status_code == status
        assert shared.get("/api/about").status_code == 403
        own = f"{shared.base_url.port}"
        for host, status in (("192.0.2.7", 200), ("evil.example", 421)):
            assert shared.get("/?token=secret", headers={"host": f"{host}:{own}"}).status_code == status


def test_a_client_that_vanishes_harms_nobody(server, client, bench):
    bench._executor.ready.clear()
    number = client.post("/api/run", json=SHORT | {"pairs": 1, "seed": 33}).json()["job"]
    with httpx.Client(base_url=client.base_url, trust_env=False) as other:
        stream = other.send(other.build_request("GET", f"/api/jobs/{number}/events"), stream=True)
        lines = stream.iter_lines()
        assert next(lines).startswith("data: ")
        assert server.listening == 1
    end = time.monotonic() + 10
    while server.listening:
        assert time.monotonic() < end
        time.sleep(0.02)
    bench._executor.ready.set()
    while bench.job(number).open:
        assert time.monotonic() < end
        time.sleep(0.02)
    assert bench.job(number).shown == 1


def test_the_command_says_what_is_wrong_in_one_line(capsys):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert katye("app", "--port", port) == 2
        assert (
            f"port {port}: it is taken by another program. Take another: --port {port + 1}" in capsys.readouterr().err
        )
    assert katye("app", "--port", 70_000) == 2
    assert katye("app", "--model", "nowhere") == 2
    assert "unknown model" in capsys.readouterr().err


def test_without_the_extra_it_says_what_to_type(capsys, monkeypatch):
    import sys

    for name in [name for name in sys.modules if name.startswith(("experiments.app.", "uvicorn"))]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    assert katye("app") == 2
    assert "pip install 'katye[app]'" in capsys.readouterr().err


def test_the_last_picture_with_pairs_is_written_at_the_end(tmp_path, monkeypatch, capsys):
    benches, out = [], tmp_path / "workshop.html"
    monkeypatch.setattr("experiments.app.bench.RenewedWorkers", Inline)
    monkeypatch.setattr("experiments.app.serving.Bench", lambda workers: benches.append(Bench(workers)) or benches[-1])
    monkeypatch.setattr("signal.signal", lambda *given: None)
    monkeypatch.setattr(Server, "first", lambda self: read_wish(SHORT, "epstein"))

    def met(*wishes):
        """What `uvicorn` runs in place of waiting for a room: these wishes, one after the other."""

        def run(self, sockets):
            for wish in wishes:
                job = benches[-1].submit(read_wish(wish, "epstein"))
                while job.open:
                    time.sleep(0.02)

        monkeypatch.setattr(uvicorn.Server, "run", run)
        return katye("app", "--model", "epstein", "--port", 0, "--export", out)

    assert met(SHORT) == 0
    assert "no page was written" in capsys.readouterr().out
    assert not out.exists()
    assert met(SHORT | {"pairs": 2, "b": [FEWER]}, SHORT) == 0
    assert "(2 pairs of runs)" in capsys.readouterr().out
    assert [len(arm["runs"]) for arm in read_page(out)["arms"]] == [2, 2]
    out.write_text("mine", encoding="utf-8")
    assert met() == 2
    assert out.read_text(encoding="utf-8") == "mine"


def test_a_page_that_cannot_be_written_where_it_was_wanted_is_kept_elsewhere(tmp_path, monkeypatch):
    (tmp_path / "spare").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "spare"))
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    with pytest.raises(UnwritableError, match="the page was written elsewhere") as caught:
        serving._keep(tmp_path / "file" / "workshop.html", b"<p>an hour's pairs</p>")
    (kept,) = (tmp_path / "spare").rglob("workshop.html")
    assert kept.read_bytes() == b"<p>an hour's pairs</p>"
    assert str(kept) in str(caught.value)
