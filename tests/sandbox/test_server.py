"""The sandbox alone: over real sockets, through kill -9 and SIGTERM."""

import json
import signal
import smtplib
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from queue import Queue
from typing import Any

import httpx
import pytest

from sandbox.credentials import SMSAPI_TOKEN
from sandbox.payments.stripe import STRIPE_SECRET_KEY
from tests.sandbox.payments.przelewy24.test_api import API, AUTH, PAYMENT, registration
from tests.sandbox.payments.stripe.test_api import API as STRIPE
from tests.sandbox.payments.stripe.test_api import PAYMENT as BY_CARD
from tests.sandbox.payments.stripe.test_api import renewal, wish

CHILD = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from sandbox.server import run
asyncio.run(run(0, Path(sys.argv[1]), real_time=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC),
                on_ready=lambda url: print(url, flush=True)))
"""
ROOT = Path(__file__).parents[2]


@contextmanager
def running(data: Path) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    command = [sys.executable, "-c", CHILD, str(data)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        try:
            with httpx.Client(base_url=child.stdout.readline().strip(), trust_env=False, timeout=10) as client:
                yield child, client
        finally:
            child.kill()


def send(client: httpx.Client, idx: str) -> httpx.Response:
    form = {"to": "+48512000111", "message": "kod 123456", "format": "json", "idx": idx, "check_idx": "1"}
    return client.post("/sandbox/smsapi/sms.do", data=form, headers={"Authorization": f"Bearer {SMSAPI_TOKEN}"})


def test_what_was_answered_survives_kill_9_and_what_was_dropped_looks_dropped(tmp_path: Path) -> None:
    with running(tmp_path / "data") as (child, client):
        assert send(client, "one").json()["count"] == 1
        client.post("/sandbox/api/clock", json={"advance_s": 3600})
        for mode in ("lost", "reset"):
            client.post("/sandbox/api/faults", json={"provider": "smsapi", "mode": mode, "times": 1})
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                send(client, mode)
        child.kill()
    with running(tmp_path / "data") as (child, client):
        assert [message["key"] for message in client.get("/sandbox/api/messages").json()] == ["one", "lost"]
        assert send(client, "one").json()["error"] == 53
        assert client.get("/sandbox/api/clock").json()["now"] == "2026-11-20T13:00:00+00:00"
        points = client.get("/sandbox/api/endpoints").json()
        assert points["mf"]["url"] == f"{str(client.base_url).rstrip('/')}/sandbox/mf"
        assert points["smtp"]["port"] > 0
        child.send_signal(signal.SIGTERM)
        assert child.wait(10) == 0


@contextmanager
def seller() -> Iterator[tuple[str, Queue[Any]]]:
    """Who takes the providers' notices: the address, and what came."""
    came: Queue[Any] = Queue()

    class Taker(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            came.put(json.loads(self.rfile.read(int(self.headers["content-length"]))))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Taker)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", came
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post_letter(points: Any, number: int) -> None:
    with smtplib.SMTP(points["smtp"]["host"], points["smtp"]["port"], timeout=10) as relay:
        letter = f"Subject: {number}\r\nMessage-ID: <{number}@example.com>\r\n\r\nhttps://example.com/{number}\r\n"
        relay.sendmail("desk@example.com", ["anna@example.com"], letter)


def state(client: httpx.Client) -> dict[str, Any]:
    """All that it shows of itself."""
    names = ("messages", "payments", "attempts", "faults", "clock", "endpoints")
    return {name: client.get(f"/sandbox/api/{name}").json() for name in names}


def test_after_kill_9_it_is_where_and_what_it_was_and_does_what_it_had_planned(tmp_path: Path) -> None:
    with seller() as (address, notices):
        with running(tmp_path) as (child, client):
            assert send(client, "one").json()["count"] == 1
            post_letter(client.get("/sandbox/api/endpoints").json(), 1)
            order = registration(urlStatus=f"{address}/notices", urlReturn=f"{address}/back")
            client.post(f"{API}/transaction/register", json=order, auth=AUTH)
            client.post(f"/sandbox/api/payments/{PAYMENT}", json={"outcome": "paid", "notify": "late"})
            client.post("/sandbox/api/faults", json={"provider": "mf", "mode": "error", "times": 2})
            client.post("/sandbox/api/clock", json={"advance_s": 1800})
            before = state(client)
            assert before["clock"]["next_due"] == "2026-11-20T13:00:00+00:00"
            child.kill()
            child.wait()
        with running(tmp_path) as (_child, client):
            assert state(client) == before, "its ports, too: desks go on using them"
            post_letter(before["endpoints"], 2)
            assert notices.empty()
            client.post("/sandbox/api/clock", json={"advance_s": 1800})
            assert notices.get(timeout=10)["sessionId"] == f"{PAYMENT}-1"
            assert [message["subject"] for message in state(client)["messages"]] == [None, "1", "2"]
            # Nobody verified it, so it is repeated, whoever is killed in between.
            assert state(client)["clock"]["next_due"] == "2026-11-20T13:03:00+00:00"


def test_after_kill_9_money_taken_and_cards_kept_are_there(tmp_path: Path) -> None:
    key = {"Authorization": f"Bearer {STRIPE_SECRET_KEY}"}
    with seller() as (address, _notices):
        with running(tmp_path) as (child, client):
            customer = client.post(f"{STRIPE}/customers", data={"email": "a@example.com"}, headers=key).json()["id"]
            wanted = wish(success_url=f"{address}/back", cancel_url=f"{address}/left", customer=customer)
            wanted["payment_intent_data[setup_future_usage]"] = "off_session"
            client.post(f"{STRIPE}/checkout/sessions", data=wanted, headers=key)
            client.post(f"/sandbox/api/payments/{BY_CARD}", json={"outcome": "paid", "notify": "none"})
            (method,) = client.get("/sandbox/api/methods").json()
            charge = renewal(customer, method["id"])
            once = {**key, "Idempotency-Key": "r1"}
            client.post("/sandbox/api/faults", json={"provider": "stripe", "mode": "lost", "times": 1})
            with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
                client.post(f"{STRIPE}/payment_intents", data=charge, headers=once)
            before = client.get("/sandbox/api/attempts").json()
            child.kill()
            child.wait()
        with running(tmp_path) as (_child, client):
            assert client.get("/sandbox/api/attempts").json() == before
            assert client.get("/sandbox/api/methods").json() == [method]
            again = client.post(f"{STRIPE}/payment_intents", data=charge, headers=once)
            assert (again.json()["status"], again.headers["Idempotent-Replayed"]) == ("succeeded", "true")
            assert client.get("/sandbox/api/attempts").json() == before, "taken once"


def test_a_port_that_another_has_taken_is_given_up(tmp_path: Path) -> None:
    with running(tmp_path) as (child, client):
        before = state(client)["endpoints"]["smtp"]["port"]
        child.kill()
        child.wait()
    with HTTPServer(("127.0.0.1", before), BaseHTTPRequestHandler), running(tmp_path) as (_child, client):
        assert state(client)["endpoints"]["smtp"]["port"] not in (0, before)
