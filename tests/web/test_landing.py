"""The page at `/`, with the sandbox and without; how a desk's line and places are shown."""

import asyncio
from contextlib import ExitStack
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from bot.conversation.outbound import Card, CardRow
from bot.handlers.pages.landing import SampleReceipt
from bot.usecases.agents.lines_view import TranscriptLine
from bot.web.flood import HASHES, SOON_S, Places
from bot.web.guard import RequestTurnedAway
from bot.web.pages import Pages, Site
from tests.web.house import House, Links


async def test_with_the_sandbox_the_instruments_and_the_paid_moment_stand_beside_the_chat() -> None:
    app = House(receipt=SampleReceipt("FS/2026/000001", "FakturaSmart Standard, 1 rok", "367,77\xa0zł")).app([])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client:
        page = (await client.get("/?lang=en")).text
    ids = ("phone", "mailbox", "bank", "registers", "clock-now", "guide", "outcome", "yours")
    ways = ("/desk", "/api/v1/docs")
    told = ("From “hello” to a paid order, in one conversation.", "one folder per seller", "okienko new my-desk")
    paid = ("FS/2026/000001", "FakturaSmart Standard, 1 rok", "367,77\xa0zł", "Paid")
    parts = ('src="/chat?embed=1&amp;lang=en"', *(f'id="{one}"' for one in ids), *(f'href="{one}"' for one in ways))
    assert [part for part in (*parts, *told, *paid, "1234563218") if part not in page] == []


async def test_without_it_there_is_the_chat_alone(client: httpx.AsyncClient) -> None:
    page = (await client.get("/?start=Tok_en-1")).text
    assert "Okienko" in page
    assert "start=Tok_en-1" in page
    assert 'id="bank"' not in page
    assert "/sandbox" not in page


@pytest.mark.parametrize("path", ["/", "/chat"])
@pytest.mark.parametrize(
    ("lang", "about"),
    [("pl", "Okienko FakturaSmart: sprawa"), ("it", "Lo sportello di FakturaSmart"), ("en", "FakturaSmart’s desk")],
)
async def test_it_is_described_for_search_engines(client: httpx.AsyncClient, path: str, lang: str, about: str) -> None:
    page = (await client.get(path, headers={"accept-language": lang})).text
    assert f'<meta name="description" content="{about}' in page


@pytest.mark.parametrize(("accept", "lang"), [("it", "it"), ("en-GB", "en"), ("fi", "pl")])
async def test_it_speaks_the_visitor_s_language(client: httpx.AsyncClient, accept: str, lang: str) -> None:
    page = (await client.get("/", headers={"accept-language": accept})).text
    assert f'<html lang="{lang}">' in page
    assert f"lang={lang}" in page
    assert '<html lang="it">' in (await client.get("/?lang=it", headers={"accept-language": accept})).text


@pytest.mark.parametrize("path", ["/", "/sandbox", "/sandbox/telegram"])
async def test_a_page_for_builders_speaks_english_to_whom_it_has_no_other_language(path: str) -> None:
    app = House().app([])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as client:
        for accept, lang in (("de-DE", "en"), ("fi, pl;q=0.5", "pl"), ("", "en")):
            page = (await client.get(path, headers={"accept-language": accept})).text
            assert f'<html lang="{lang}">' in page


TOLD = SimpleNamespace(hour=lambda at: f"{at:%H:%M}", seen=lambda text: text)  # pyright: ignore[reportUnknownLambdaType]
CARD = Card(
    "company",
    "company",
    "Dane do faktury",
    (CardRow("company_name", "Nazwa", "<b>Bursztyn</b>"),),
    total="367,77 zł",
    state="Czeka",
)


def markup(text: str) -> str:
    """The lines' part of the page, with one message of the bot's."""
    pages = Pages(Site("http://testserver", "FakturaSmart", "Okienko FakturaSmart"))
    line = TranscriptLine(3, "bot", text, datetime(2026, 11, 20, 9, tzinfo=UTC), card=CARD)
    lines = SimpleNamespace(start=0, last=3, mark="m", older=False, stretches=((False, (line,)),))
    talk = SimpleNamespace(conversation=SimpleNamespace(id="c"))
    return pages.text("desk/parts/lines.html", "pl", lines=lines, talk=talk, told=TOLD)


def test_an_agent_reads_the_card_above_the_words() -> None:
    shown = markup("Zgadza się?")
    assert shown.index("Dane do faktury") < shown.index("367,77 zł") < shown.index("Czeka") < shown.index("Zgadza się?")
    assert "<dt>Nazwa</dt>" in shown
    assert "&lt;b&gt;Bursztyn&lt;/b&gt;" in shown
    assert 'class="text"' not in markup(""), "a card without words leaves no empty line"


def test_a_network_has_a_few_places_at_once_and_each_is_given_back() -> None:
    hashes = Places.for_hashes()
    with ExitStack() as under_way:
        for _ in range(HASHES):
            under_way.enter_context(hashes.place("203.0.113.9"))
        with pytest.raises(RequestTurnedAway) as turned, hashes.place("203.0.113.9"):
            pass
        assert (turned.value.status, turned.value.wait) == (429, SOON_S)
        with hashes.place("192.0.2.99"), hashes.place(None):
            pass  # others, and who counts in no limit
    for _ in range(2 * HASHES):
        with pytest.raises(ZeroDivisionError), hashes.place("203.0.113.9"):
            raise ZeroDivisionError  # what fails gives its place back, too


class Slow(Links):
    """Takes its time over each form, until it is told to go on."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.go_on = 0, asyncio.Event()

    async def submit(self, token: str, fields: Any, address: str | None, chat: object = None) -> Any:
        self.begun += 1
        await self.go_on.wait()
        return await super().submit(token, fields, address, chat)


async def test_forty_passwords_at_once_are_told_when_to_come_again() -> None:
    links = Slow()
    app = House(links=links).app()

    def browser(network: str) -> httpx.AsyncClient:
        return httpx.AsyncClient(transport=httpx.ASGITransport(app, client=(network, 5)), base_url="http://testserver")

    async with browser("203.0.113.7") as here, browser("192.0.2.99") as elsewhere:
        form = {"password": "zielony-rower-42", "password_repeat": "zielony-rower-42"}
        tries = [asyncio.create_task(here.post("/s/set", data=form)) for _ in range(40)]
        other = asyncio.create_task(elsewhere.post("/s/reset", data=form))
        for _ in range(1000):
            await asyncio.sleep(0)
        assert links.begun == HASHES + 1
        refused = [task.result() for task in tries if task.done()]
        links.go_on.set()
        assert {(answer.status_code, answer.headers["retry-after"]) for answer in refused} == {(429, str(SOON_S))}
        assert (await other).status_code == 200, "nobody elsewhere waits behind them"
        await asyncio.gather(*tries)
        assert (await here.post("/s/confirm")).status_code == 200, "a form without a password costs nothing"
