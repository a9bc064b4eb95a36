"""The order's papers: told by the seller's system, found by the customer, gone with the account."""

import csv
import json
import threading
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pytest

from bot.handlers.api import invoices as api_invoices
from docs.samples import issue_invoices
from tests.desk.databases import on_each_database
from tests.desk.running import Running, running_desk
from tests.desk.scripted import Scripted, bought, only
from tests.desk.seller_api import PAPER, TOKEN, tell
from tests.desk.test_own_data import files, page
from tests.kit.starter import sold_by_year
from tests.kit.talks import plays

WARSAW = ZoneInfo("Europe/Warsaw")
KSEF = "5265877635-20261120-0100001AF629-AF"


async def letters(desk: Running, buyer: Scripted) -> list[Any]:
    """Return what came to the buyer's mailbox, once nothing is on its way."""
    await desk.advance(1)
    return (await desk.http.get("/sandbox/api/messages", params={"to": buyer.person.email})).json()


@pytest.mark.stage("paid")
@on_each_database
async def test_the_invoice_of_an_order_is_found_saved_handed_out_and_deleted(desk: Running, buyer: Scripted) -> None:
    assert (await tell(desk, buyer, order_number="FS/2026/000999")).status_code == 404
    pdf = b64encode(PAPER).decode()
    told = await tell(desk, buyer, pdf=pdf, ksef_number=KSEF)
    row = told.json()
    assert (told.status_code, row["kind"], row["ksef_number"], row["has_pdf"]) == (201, "invoice", KSEF, True)
    assert (await tell(desk, buyer, pdf=pdf, ksef_number=KSEF)).json() == row, "known by its number"
    other = b64encode(PAPER + b" ").decode()
    assert (await tell(desk, buyer, pdf=other, ksef_number=KSEF)).status_code == 409, "another document"
    assert (await tell(desk, buyer, number="K/1", gross=-100)).json()["kind"] == "correction"
    for number, found in ((row["order_number"], ["F/11/0815", "K/1"]), ("FS/2026/000999", [])):
        listed = await desk.http.get("/api/v1/invoices", params={"order_number": number}, headers=TOKEN)
        assert [one["number"] for one in listed.json()["items"]] == found

    await buyer.customer.say("zone:invoices")
    await buyer.customer.say(f"invoice:{row['id']}")
    assert KSEF in buyer.customer.said[-1]
    href = buyer.customer.link("invoice")["href"]
    saved = await desk.http.get(href)
    assert (saved.status_code, saved.content) == (200, PAPER)
    assert saved.headers["content-disposition"] == 'attachment; filename="F-11-0815.pdf"'
    assert saved.headers["x-content-type-options"] == "nosniff"
    assert saved.headers["content-security-policy"].startswith("sandbox; default-src 'none'; base-uri 'none'")
    assert (await desk.http.get(f"{href[:-1]}{'0' if href[-1] != '0' else '1'}")).status_code == 404

    before = len(await letters(desk, buyer))
    for _ in range(2):
        await buyer.customer.say(f"zone:resend_invoice:{row['id']}")
        assert "F/11/0815: wysyłamy jeszcze raz na" in buyer.customer.said[-1]
        assert buyer.person.email not in buyer.customer.said[-1]
    assert len(await letters(desk, buyer)) == before + 1, "two presses in a row are one letter"
    await desk.advance(120)
    assert "wysyłamy jeszcze raz" in await plays(buyer, ("wyślijcie fakturę jeszcze raz", ""))
    assert len(sent := await letters(desk, buyer)) == before + 2
    assert any(href in one["links"] for one in sent)

    mine, shown = await files(buyer, await page(buyer, "zone:export"))
    assert [one["pdf"] for one in mine["invoices"] if one["number"] == "F/11/0815"] == [pdf]
    assert KSEF in shown
    assert pdf not in shown
    assert (await buyer.submit(await page(buyer, "zone:erase"))).status_code == 200
    assert (await desk.http.get(href)).status_code == 404


async def test_whoever_asks_where_the_invoice_is_hears_until_when_and_then_gets_it(tmp_path: Path) -> None:
    profile = sold_by_year(tmp_path / "shop")
    with (profile / "profile.toml").open("a") as written:
        written.write("\n[invoices]\nwithin_days = 7\n")
    async with running_desk(tmp_path, profile=profile) as desk:
        buyer = await bought(desk)
        number = only((await desk.card(buyer.person.email))["orders"])["number"]
        asked = ("gdzie moja faktura?", "where is my invoice?")
        for words in asked:
            assert f"zamówienia {number} wystawi" in await plays(buyer, (words, "")), words
        await desk.advance(9 * 86_400)
        assert "faktury jeszcze tu nie widzę" in await plays(buyer, (asked[0], "")), "no day that is over"
        for told in (
            {"number": "P/1", "kind": "pro_forma", "order_number": None},
            {},
            {"number": "K/1", "gross": -100},
        ):
            assert (await tell(desk, buyer, **told)).status_code == 201
        for words in asked:
            said = await plays(buyer, (words, ""))
            assert "Faktura F/11/0815" in said
            assert "Faktura korygująca K/1" in said
            assert "P/1" not in said, "of another order"


async def test_orders_and_payments_of_some_days_are_handed_out_as_a_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api_invoices, "_A_PAGE", 1)
    async with running_desk(tmp_path) as desk:
        now = datetime.fromisoformat((await desk.http.post("/sandbox/api/clock", json={"advance_s": 0})).json()["now"])
        await desk.advance(((23 * 60 + 30 - now.hour * 60 - now.minute) % 1440) * 60)  # tomorrow already in Warsaw
        first = only((await desk.card((await bought(desk)).person.email))["orders"])
        await desk.advance(86_400)
        second = only((await desk.card((await bought(desk)).person.email))["orders"])
        days = [datetime.fromisoformat(o["placed_at"]).astimezone(WARSAW).date().isoformat() for o in (first, second)]
        for since, until, of in ((*days, [first, second]), (days[1], days[1], [second]), ("2001-01-01",) * 2 + ([],)):
            asked = {"from": since, "to": until}
            answer = await desk.http.get("/api/v1/export/orders", params=asked, headers=TOKEN)
            assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
            rows = list(csv.DictReader(StringIO(answer.text)))
            known = ("number", "placed_at", "status", "gross", "currency")
            assert [[row[name] for name in known] for row in rows] == [[str(o[name]) for name in known] for o in of]
            payments = await desk.http.get("/api/v1/export/payments", params=asked, headers=TOKEN)
            table = csv.DictReader(StringIO(payments.text))
            assert [row["order_number"] for row in table] == [o["number"] for o in of]
        assert (await desk.http.get("/api/v1/export/refunds", params=asked, headers=TOKEN)).text.count("\n") == 1
        assert (await desk.http.get("/api/v1/export/orders", params=asked)).status_code == 401
        for kind, wrong in (
            ("orders", {"from": days[1], "to": days[0]}),
            ("orders", {"from": "yesterday", "to": days[0]}),
            ("orders", {"from": days[0]}),
            ("orders", {"from": days[0], "to": "9999-12-31"}),
            ("secrets", asked),
        ):
            refused = await desk.http.get(f"/api/v1/export/{kind}", params=wrong, headers=TOKEN)
            assert (refused.status_code, set(refused.json())) == (422, {"error"}), (kind, wrong)


class Issuer(BaseHTTPRequestHandler):
    """Fakturownia's API as far as the sample asks it; an order has one invoice, and the first PDF is lost."""

    made: ClassVar[list[dict[str, Any]]] = []
    lost: ClassVar[list[str]] = []

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        wanted, n = asked["invoice"], len(self.made) + 1
        taken = wanted["oid_unique"] != "yes" or any(one["oid"] == wanted["oid"] for one in self.made)
        if taken or (self.path, asked["api_token"]) != ("/invoices.json?", "t0ken"):
            return self.answer(422, b"{}")
        self.made.append(wanted | {"id": n, "number": f"{n}/11/2026", "issue_date": "2026-11-20"})
        return self.answer(201, json.dumps(self.made[-1]).encode())

    def do_GET(self) -> None:
        path, _, query = self.path.partition("?")
        assert "api_token=t0ken" in query
        if path == "/invoices.json":
            return self.answer(200, json.dumps(self.made).encode())
        return self.answer(500, self.lost.pop().encode()) if self.lost else self.answer(200, PAPER)

    def answer(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serving(server: ThreadingHTTPServer) -> Iterator[str]:
    """Serve in a thread; gives the address."""
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


async def test_the_samples_invoice_of_a_paid_order_is_handed_out_by_the_chat(tmp_path: Path) -> None:
    Issuer.made[:], Issuer.lost[:] = [], ["the first PDF"]
    secret = "whsec_" + b64encode(b"0123456789abcdef0123456789abcdef").decode()
    with serving(ThreadingHTTPServer(("127.0.0.1", 0), Issuer)) as issuer:
        invoicing = issue_invoices.Invoicing("", "sandbox", secret, issuer, "t0ken")
        with serving(issue_invoices.receiver(invoicing, 0)) as events:
            async with running_desk(tmp_path, events_url=events, events_secret=secret) as desk:
                invoicing.desk_url, invoicing.now = desk.url, lambda: desk.installation.clock.now().timestamp()
                buyer = await bought(desk)
                await desk.advance(1)
                assert not Issuer.lost, "it was asked for"
                await desk.advance(60)  # the event comes again
                assert "Faktura 1/11/2026" in await plays(buyer, ("gdzie moja faktura?", ""))
                assert (await desk.http.get(buyer.customer.link("invoice")["href"])).content == PAPER
                order, made = only((await desk.card(buyer.person.email))["orders"]), only(Issuer.made)
                assert (made["oid"], made["buyer_tax_no"]) == (order["number"], buyer.person.nip.replace("-", ""))
                assert made["positions"][0]["total_price_gross"] == f"{order['gross'] / 100:.2f}"
                forged = await desk.http.post(events, content=b"{}", headers={"webhook-timestamp": "1"})
                assert forged.status_code == 401
