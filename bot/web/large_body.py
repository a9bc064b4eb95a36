"""A body that may be large because of one long text in it: what isn't text may not.

Reading costs by size: it is counted piece by piece. Parsing costs by structure: millions of small values block the
process and fill its memory, one text of the same size doesn't.
"""

import asyncio
import re
from collections.abc import Callable

from starlette.requests import Request

from bot.web.guard import LIMIT, RequestTurnedAway

_BIG = 256 * 1024
_BIG_AT_ONCE = 2
_MOST_STRINGS = 4096
# Each quotation mark is looked at once, whatever is written: the end of the body ends a string that nothing ends.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)


class LargeBodies:
    """Reads bodies of at most `largest` bytes; few big ones are held at once."""

    def __init__(self, largest: int) -> None:
        self._largest = largest
        self._big = asyncio.Semaphore(_BIG_AT_ONCE)

    async def read(self, request: Request, count: Callable[[], None]) -> bytes:
        """Return the body. `count` is called for every 64 KB after the first and raises when these are too many.

        Errors: Turned 413; 400 for one that is more than its texts; what `count` and the connection raise.
        """
        body, counted = bytearray(), LIMIT
        chunks = request.stream()
        async for chunk in chunks:
            body += chunk
            if len(body) > _BIG:
                break
            counted = _count(body, counted, count)
        else:
            return _plain(body)
        async with self._big:
            counted = self._grown(body, counted, count)
            async for chunk in chunks:
                body += chunk
                counted = self._grown(body, counted, count)
            return _plain(body)

    def _grown(self, body: bytearray, counted: int, count: Callable[[], None]) -> int:
        if len(body) > self._largest:
            raise RequestTurnedAway(413, "the request is too large")
        return _count(body, counted, count)


def _count(body: bytearray, counted: int, count: Callable[[], None]) -> int:
    while len(body) > counted:
        count()
        counted += LIMIT
    return counted


def _plain(body: bytearray) -> bytes:
    """The body, which is short or hardly more than its texts."""
    if len(body) <= LIMIT:
        return bytes(body)
    rest = len(body)
    for n, text in enumerate(_STRING.finditer(body)):
        rest -= text.end() - text.start()
        if n >= _MOST_STRINGS:
            raise RequestTurnedAway(400, "the request has too many values")
    if rest > LIMIT:
        raise RequestTurnedAway(400, "the request has too many values")
    return bytes(body)
