"""What the chat weighs at a first visit and how often it asks, held by `make check`: `python -m tests.web.weight`.

The page is asked for as a browser does, its files as it names them. A return is the page and its stream, since all
files are kept for good (`tests/web/browser/test_first_word.py`); each profile's own greeting is weighed in
`tests/desk/test_greeting.py`.
"""

import asyncio
import re
import sys

import httpx

from tests.web.house import House

MOST = {"page": 9_000, "script": 31_200, "style": 7_600, "icon": 500, "all": 45_700, "requests": 4}
"""Bytes on the wire without headers. A later issue that needs more loads it at its first press instead."""
_ENDINGS = {"js": "script", "css": "style", "svg": "icon"}
_FILE = re.compile(r'(?:href|src)="(/static/[^"]+)"')


class NotKept(Exception):
    """A file of the page that a browser would ask for again at each visit; the message names it."""


async def weighed() -> dict[str, int]:
    """Return the bytes of each, of all, and the number of requests. Raises NotKept."""
    transport = httpx.ASGITransport(House(hears=True).app(), client=("203.0.113.7", 5000))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
        found = {"page": await _size(await _asked(client, "/chat"))}
        for path in sorted(set(_FILE.findall((await client.get("/chat")).text))):
            file = await _asked(client, path)
            if not file.headers["cache-control"].endswith("immutable"):
                raise NotKept(path)
            found[_ENDINGS[path.rpartition(".")[2]]] = await _size(file)
    return {**found, "all": sum(found.values()), "requests": len(found)}


async def _asked(client: httpx.AsyncClient, path: str) -> httpx.Response:
    return await client.send(client.build_request("GET", path, headers={"accept-encoding": "gzip"}), stream=True)


async def _size(answer: httpx.Response) -> int:
    size = sum([len(piece) async for piece in answer.aiter_raw()])
    await answer.aclose()
    return size


def main() -> int:
    """Print the figures; return 1 if one is above its budget."""
    over = 0
    for name, found in asyncio.run(weighed()).items():
        print(f"chat's {name}: {found} of at most {MOST[name]}")
        over += found > MOST[name]
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main())
