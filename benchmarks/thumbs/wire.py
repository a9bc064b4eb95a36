"""What the browser loads from the desk: requests and bytes as they come over the wire, headers included."""

import asyncio
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Page, Request
from playwright.async_api import Error as BrowserError

from benchmarks.thumbs.tally import Tally

NOT_THE_DESK = "/sandbox/"
"""The bank's pages: any seller's are the same, and the stand-in's aren't a bank's."""
OUR_QUESTION = "by-thumb"
"""Marks the questions of this script (`HISTORY`), which no customer's page asks."""
STREAM = "/webchat/events"


@dataclass
class Wire:
    """Counts for one phone. What comes out of the browser's own store has no bytes, and isn't counted."""

    tally: Tally
    _weighing: set[asyncio.Task[None]] = field(default_factory=set[asyncio.Task[None]])

    def watch(self, context: BrowserContext) -> None:
        """Count what any page of this phone has loaded."""
        context.on("requestfinished", self._finished)

    async def watch_stream(self, page: Page) -> None:
        """Count what comes by the chat's stream as it comes, which never finishes by itself and isn't compressed."""
        devices = await page.context.new_cdp_session(page)
        streams: set[str] = set()

        def asked(event: dict[str, Any]) -> None:
            if urlsplit(event["request"]["url"]).path == STREAM:
                streams.add(event["requestId"])
                self.tally.requests += 1

        def received(event: dict[str, Any]) -> None:
            if event["requestId"] in streams:
                self.tally.received += event["dataLength"]  # what it has on the wire is told with the next one

        devices.on("Network.requestWillBeSent", asked)
        devices.on("Network.dataReceived", received)
        await devices.send("Network.enable")

    async def settle(self) -> None:
        """Wait until all that is loaded has been weighed."""
        while self._weighing:
            await asyncio.gather(*self._weighing)

    def _finished(self, request: Request) -> None:
        asked = urlsplit(request.url)
        if asked.path.startswith(NOT_THE_DESK) or asked.path == STREAM or OUR_QUESTION in asked.query:
            return
        task = asyncio.create_task(self._weigh(request))
        self._weighing.add(task)
        task.add_done_callback(self._weighing.discard)

    async def _weigh(self, request: Request) -> None:
        try:
            sizes = await request.sizes()
        except BrowserError:  # its page closed itself meanwhile
            self.tally.requests += 1
            return
        if (length := sizes["responseHeadersSize"] + sizes["responseBodySize"]) > 0:
            self.tally.requests += 1
            self.tally.received += length
