"""The gate of the seller's API: guesses at the token are counted, whoever has it isn't held up."""

import httpx
from pydantic import SecretStr
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from bot.handlers.api.dependencies import DESCRIPTION
from bot.handlers.api.gate import FLOOD, Gate
from bot.web.flood import Flood
from bot.web.network import counts_all

TOKEN, NEWER = "t" * 32, "n" * 32
RIGHT = {"authorization": f"Bearer {TOKEN}"}


async def answered(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("in")(scope, receive, send)


def client(gate: Gate, address: str = "203.0.113.9") -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=httpx.ASGITransport(gate, client=(address, 1)), base_url="http://desk")


async def test_guesses_are_counted_by_network_and_hold_up_nobody_with_the_token() -> None:
    gate = Gate(answered, (SecretStr(NEWER), SecretStr(TOKEN)), Flood(FLOOD, now=lambda: 0.0), counts_all)
    async with client(gate) as http, client(gate, "192.0.2.99") as elsewhere:
        guesses = [await http.get("/customers", headers={"authorization": f"Bearer {n}"}) for n in range(61)]
        assert [answer.status_code for answer in guesses] == [401] * 60 + [429]
        assert int(guesses[-1].headers["retry-after"]) > 0
        assert (await http.get("/customers", headers=RIGHT)).status_code == 200
        assert (await http.get(DESCRIPTION)).status_code == 429
        assert (await elsewhere.get("/customers")).status_code == 401


async def test_the_open_description_takes_no_large_body() -> None:
    gate = Gate(answered, (SecretStr(NEWER), SecretStr(TOKEN)), Flood(None), counts_all)
    async with client(gate) as http:
        assert (await http.post(DESCRIPTION, content=b"x" * 70_000)).status_code == 413
        assert (await http.post(DESCRIPTION, content=b"x" * 70_000, headers=RIGHT)).status_code == 200
