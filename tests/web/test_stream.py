"""The stream of events: resumed without a doubled or a lost line; how long the page waits to open it again."""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from babel.dates import format_timedelta
from hypothesis import example, given
from hypothesis import strategies as st

from bot.conversation.inbound import Inbound, Text
from bot.handlers.console.formatting import ConsoleWords
from bot.handlers.webchat.stream import MOST_LINES, Streams
from bot.handlers.webchat.wire import Cursor, parse_cursor
from bot.web.session import WebSession
from tests.kit.clock import ManualClock
from tests.table import table
from tests.web.journey import Journey
from tests.web.recorder import Place, RecorderDesk, Said
from values.channel import Channel

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@dataclass
class Reader:
    """Reads one stream as a browser does."""

    stream: AsyncIterator[str]
    last_id: str = ""

    async def next(self) -> tuple[str, Any]:
        """The next event's name and data; the heartbeat is named "comment"."""
        block = await asyncio.wait_for(anext(self.stream), 20)
        fields = dict(row.split(": ", 1) for row in block.strip().split("\n"))
        if "" in fields:
            return "comment", fields[""]
        if "retry" in fields:
            return await self.next()
        self.last_id = fields.get("id", self.last_id)
        return fields["event"], json.loads(fields["data"])

    async def until(self, name: str) -> Any:
        """The data of the next event of that name."""
        while True:
            event, data = await self.next()
            if event == name:
                return data

    async def close(self) -> None:
        """The page leaves."""
        await self.stream.aclose()  # pyright: ignore[reportAttributeAccessIssue]


async def talking() -> tuple[RecorderDesk, str]:
    """A desk with a conversation that has begun."""
    desk = RecorderDesk(lambda _: Journey())
    return desk, (await desk.receive(Inbound(Channel.WEB, "a", "a:start", Text("/start")))).conversation_id


def reader(streams: Streams, desk: RecorderDesk, conversation: str, cursor: str = "") -> Reader:
    """A stream from a cursor on."""
    return Reader(streams.events(desk, conversation, WebSession("a"), parse_cursor(cursor)), cursor)


async def test_a_new_page_gets_the_lines_the_standing_and_whether_one_types() -> None:
    desk, conversation = await talking()
    page = reader(Streams(), desk, conversation)
    assert (await page.next())[1]["author"] == "customer"
    assert (await page.next())[1]["text"].startswith("Dzień dobry")
    assert page.last_id == "2.1"
    name, standing = await page.next()
    assert (name, standing["expects"], standing["of"]) == ("standing", "choice", 8)
    assert (await page.next())[0] == "typing"
    await page.close()


async def test_after_a_break_nothing_is_lost_and_nothing_comes_twice() -> None:
    desk, conversation = await talking()
    held, page = desk.by_id[conversation], reader(Streams(), desk, conversation)
    seen = [(await page.until("message"))["id"], (await page.until("message"))["id"]]
    await page.close()
    desk.say(held, Said("Kod wysłany."))
    await desk.receive(Inbound(Channel.WEB, "a", "a:2", Text("a to ja")))
    page = reader(Streams(), desk, conversation, page.last_id)
    desk.say(held, Said("Jeszcze coś."))
    while len(seen) < len(held.lines):
        seen.append((await page.until("message"))["id"])
    assert seen == [line.id for _, line in held.lines]
    await page.close()


async def test_from_the_beginning_of_a_long_talk_only_its_last_lines_are_told() -> None:
    desk, conversation = await talking()
    for n in range(MOST_LINES):
        await desk.receive(Inbound(Channel.WEB, "a", f"a:{n}", Text(f"line {n}")))
    everything = await desk.messages(conversation, with_customer=True)
    page = reader(Streams(), desk, conversation, "0.0")
    told = [(await page.until("message"))["id"] for _ in range(MOST_LINES)]
    await page.close()
    assert len(everything) > MOST_LINES
    assert told == [line.id for line in everything[-MOST_LINES:]]


async def test_a_customer_s_line_after_the_last_bot_line_is_not_told_again() -> None:
    desk, conversation = await talking()
    desk.say(desk.by_id[conversation], Said("sam", author="customer"))
    page = reader(Streams(), desk, conversation)
    for _ in range(3):
        await page.until("message")
    await page.close()
    assert page.last_id == "3.1"
    page = reader(Streams(), desk, conversation, page.last_id)
    assert (await page.next())[0] == "standing"
    await page.close()


async def test_news_between_two_waits_is_not_forgotten() -> None:
    desk, conversation = await talking()
    held = desk.by_id[conversation]
    page = reader(Streams(heartbeat_s=0.01), desk, conversation)
    await page.until("comment")
    desk.say(held, Said("pierwsze"))
    desk.say(held, Said("drugie"))
    assert [(await page.until("message"))["text"] for _ in range(2)] == ["pierwsze", "drugie"]
    await page.until("comment")
    desk.say(held, Said("trzecie"))
    assert (await page.until("message"))["text"] == "trzecie"
    await page.close()


async def test_a_machine_at_work_and_an_agent_who_writes_are_told_as_typing() -> None:
    desk, conversation = await talking()
    clock, held = ManualClock(NOW), desk.by_id[conversation]
    page = reader(Streams(clock=clock), desk, conversation)
    assert await page.until("typing") == {"on": False, "by": None}
    desk.stand(held, Place("company", "wait", "wait", 3, 8, "Dane firmy"))
    assert (await page.until("standing"))["part"] == "Dane firmy"
    assert await page.until("typing") == {"on": True, "by": None}
    desk.stand(held, Place("company", "wait", "agent", 3, 8, "Dane firmy", mode="agent"))
    silence = (lambda: clock.advance(5), lambda: desk.say(held, Said("Już patrzę.", author="agent")))
    for ends in (*silence, lambda: desk.stand(held, Place("company", "wait", "choice", 3, 8, "Dane firmy"))):
        assert await page.until("typing") == {"on": False, "by": None}
        await desk.typing(conversation, by_agent=True)
        assert await page.until("typing") == {"on": False, "by": "Anna"}
        ends()
    assert await page.until("typing") == {"on": False, "by": None}
    await page.close()


async def test_the_desk_going_down_ends_the_streams_and_leaves_nothing_behind() -> None:
    desk, conversation = await talking()
    streams = Streams()
    page = reader(streams, desk, conversation)
    await page.until("typing")
    waiting = asyncio.ensure_future(page.next())
    await asyncio.sleep(0)
    streams.close()
    with pytest.raises(StopAsyncIteration):
        await asyncio.wait_for(waiting, 20)
    assert desk.by_id[conversation].bells == set()
    assert streams.full(WebSession("a").address)


async def test_a_visitor_has_five_streams_at_most() -> None:
    desk, conversation = await talking()
    streams = Streams()
    pages = [reader(streams, desk, conversation) for _ in range(5)]
    for page in pages:
        assert not streams.full(WebSession("a").address)
        await page.next()
    assert streams.full(WebSession("a").address)
    await pages[0].close()
    assert not streams.full(WebSession("a").address)
    for page in pages[1:]:
        await page.close()
    assert desk.by_id[conversation].bells == set()


async def test_a_network_has_fifty_streams_whatever_number_of_visitors() -> None:
    desk, conversation = await talking()
    streams = Streams()

    def visitor(n: int, network: str | None) -> Reader:
        return Reader(streams.events(desk, conversation, WebSession(f"v{n}"), Cursor(), network))

    pages = [visitor(n, "203.0.113.7") for n in range(50)]
    for n, page in enumerate(pages):
        assert not streams.full(f"visitor {n}", "203.0.113.7")
        await page.next()
    assert streams.full("another", "203.0.113.7")
    assert not streams.full("another", "203.0.113.8")
    assert not streams.full("another", None)
    with pytest.raises(StopAsyncIteration):  # asked for at once with those before
        await visitor(51, "203.0.113.7").until("standing")
    await pages[0].close()
    assert not streams.full("another", "203.0.113.7")
    for page in pages[1:]:
        await page.close()


@table("text", ["", "x", "1", "1.", ".1", "-1.2", "1.2.3", "٣.١", "9" * 50 + ".1", "1.2\n"])
def test_what_is_no_cursor_means_from_the_beginning(text: str) -> None:
    assert parse_cursor(text) in (Cursor(), Cursor(1, 2))
    assert parse_cursor("57.12") == Cursor(57, 12)


async def test_it_ends_when_the_conversation_is_erased() -> None:
    desk, conversation = await talking()
    streams = Streams()
    read = reader(streams, desk, conversation)
    await read.until("standing")

    desk.erased.add(conversation)
    desk.say(desk.by_id[conversation], Said("ostatnie słowo"))
    with pytest.raises(StopAsyncIteration):
        await read.until("the end")

    assert not streams.full(WebSession("a").address)


@pytest.mark.parametrize("locale", ["pl", "it", "en"])
@example(seconds=3059.5)
@given(seconds=st.one_of(st.floats(0, 200), st.floats(0, 10_000), st.floats(0, 1e7)))
def test_rounding_changes_no_word(locale: str, seconds: float) -> None:
    span = timedelta(seconds=seconds)
    told = ConsoleWords(SimpleNamespace(), locale, NOW)  # type: ignore[arg-type]
    assert told.wait(NOW - span) == format_timedelta(span, locale=locale, format="short")
