"""What the browser of `benchmarks/thumb.py` loads: counted as it comes over the wire."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from playwright.async_api import Page

from benchmarks.thumbs.tally import Tally
from benchmarks.thumbs.wire import Wire
from tests.desk.visitor import browser

HEAD = "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncache-control: max-age=600\r\ncontent-length: {}\r\n\r\n"
TOLD = b"id: 1\n\n"
STREAM_HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n"


async def _answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer each request with its own path; the stream says something and stays open."""
    while True:
        try:
            request = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            break
        path = request.split()[1].decode()
        if path == "/webchat/events":
            writer.write(STREAM_HEAD + TOLD)
            await writer.drain()
            await reader.read()
        writer.write(f"{HEAD.format(len(path))}{path}".encode())
        await writer.drain()
    writer.close()


@asynccontextmanager
async def watched(chromium_path: str) -> AsyncGenerator[tuple[Page, Wire]]:
    """A page of a small server, which has loaded `/`, and what counts its wire."""
    server = await asyncio.start_server(_answer, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    async with browser(chromium_path, 390) as context:
        page, wire = await context.new_page(), Wire(Tally())
        wire.watch(context)
        await wire.watch_stream(page)
        await page.goto(f"http://{host}:{port}/")
        yield page, wire
    server.close()


async def _asked(page: Page, path: str) -> None:
    await page.evaluate("path => fetch(path).then((answer) => answer.text())", path)


async def _counted(wire: Wire) -> tuple[int, int]:
    await wire.settle()
    return wire.tally.counts().requests, wire.tally.counts().received


def length(path: str) -> int:
    """The bytes of an answer with its headers."""
    return len(HEAD.format(len(path))) + len(path)


async def test_what_a_page_asks_for_counts_once_and_not_from_the_browser_s_store(chromium_path: str) -> None:
    async with watched(chromium_path) as (page, wire):
        await _asked(page, "/chat.js")
        await _asked(page, "/chat.js")
        assert await _counted(wire) == (2, length("/") + length("/chat.js"))


async def test_the_bank_s_pages_and_the_script_s_own_questions_don_t_count(chromium_path: str) -> None:
    async with watched(chromium_path) as (page, wire):
        await _asked(page, "/sandbox/pay")
        await _asked(page, "/webchat/history?by-thumb")
        assert await _counted(wire) == (1, length("/"))


async def test_the_open_stream_counts_as_it_comes(chromium_path: str) -> None:
    async with watched(chromium_path) as (page, wire):
        await page.evaluate("async () => { await (await fetch('/webchat/events')).body.getReader().read() }")
        async with asyncio.timeout(20):
            while await _counted(wire) != (2, length("/") + len(TOLD)):
                await page.evaluate("null")
