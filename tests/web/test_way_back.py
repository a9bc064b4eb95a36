"""Where the one-time pages and the payer's return lead back to, by what the browser holds."""

import re
from urllib.parse import quote

import httpx
import pytest

from tests.kit.rows import each_row
from tests.web.doors import CHAT, HOLDER
from tests.web.house import House
from values.channel import Channel

SHOP = "https://shop.example"
PAGE = f"{SHOP}/oferta?p=1"
FORM = {"password": "zielony-rower-42", "password_repeat": "zielony-rower-42"}
KNOWS = "Wróć do karty z rozmową: ona już wie."


@pytest.fixture
def house() -> House:
    """A desk that the shop may show."""
    return House(embedders=(SHOP,))


def ways(answer: httpx.Response) -> list[str]:
    """Where the page's way back leads."""
    return re.findall(r'id="back" href="([^"]+)"', answer.text)


async def test_a_browser_that_holds_the_conversation_is_led_to_it(client: httpx.AsyncClient) -> None:
    client.cookies.set("okienko", HOLDER.token)
    done = await client.post("/s/set", data=FORM)
    assert ways(done) == ["/chat"]
    assert KNOWS not in done.text
    assert "można zamknąć" not in done.text, "this tab may be the chat's own"
    assert ways(await client.get("/p/paid/return")) == ["/chat"]


@pytest.mark.parametrize("token", [None, "x" * 43], ids=["no chat", "another chat"])
async def test_a_browser_without_the_conversation_is_never_led_to_another(
    client: httpx.AsyncClient, token: str | None
) -> None:
    if token is not None:
        client.cookies.set("okienko", token)
    for done in (await client.post("/s/set", data=FORM), await client.get("/p/paid/return")):
        assert ways(done) == []
        assert "/chat" not in done.text
        assert KNOWS in done.text
    late = await client.get("/s/expired")
    assert ways(late) == []
    assert "czeka tam, gdzie została przerwana" in late.text


async def test_an_embedded_chat_s_pages_lead_to_the_page_around_it(client: httpx.AsyncClient) -> None:
    done = await client.post("/s/set", params={"from": PAGE}, data=FORM)
    assert ways(done) == [PAGE]
    assert "Wróć na shop.example" in done.text
    led = await client.post("/s/taken", params={"from": PAGE}, data={"login": "anna", "password": "x"})
    assert httpx.URL(led.headers["location"]).params["from"] == PAGE


async def test_a_payer_comes_back_from_the_provider_to_the_page_around_the_chat(client: httpx.AsyncClient) -> None:
    assert (await client.get("/p/paid", params={"from": PAGE})).status_code == 303
    assert ways(await client.get("/p/paid/return")) == [PAGE]
    assert ways(await client.get("/p/failed/return")) == []  # another link's


async def test_a_chat_on_telegram_is_gone_back_to_by_the_bot_s_name(house: House, client: httpx.AsyncClient) -> None:
    house.links.chat = house.payments.chat = Channel.TELEGRAM
    assert ways(await client.get("/s/set")) == [], "Telegram hasn't told the bot's name yet"
    house.bot = "https://t.me/fs_bot"
    client.cookies.set("okienko", HOLDER.token)
    for done in (await client.post("/s/set", data=FORM), await client.get("/p/paid/return")):
        assert ways(done) == ["https://t.me/fs_bot"]
        assert 'data-app="tg://resolve?domain=fs_bot" data-done autofocus' in done.text, "by itself, and by one button"
        assert "Wróć do Telegrama" in done.text
    house.links.chat = house.payments.chat = CHAT
    assert ways(await client.get("/p/paid/return")) == ["/chat"], "a web chat's pages know nothing of it"


@each_row
async def test_no_page_leads_to_a_site_that_may_not_show_the_chat(client: httpx.AsyncClient, page: str) -> None:
    done = await client.post("/s/set", params={"from": page}, data=FORM)
    assert ways(done) == []
    assert page not in done.text
    assert "set-cookie" not in (await client.get("/p/paid", params={"from": page})).headers


@pytest.mark.parametrize("token", ["abc; Max-Age=9; Domain=desk.example", "ąb\u2028", "a\x00b"])
async def test_a_links_odd_letters_are_none_of_the_cookies(client: httpx.AsyncClient, token: str) -> None:
    path = f"/p/{quote(token)}"
    led = await client.get(path, params={"from": PAGE})
    assert led.status_code < 500
    assert f"Path={path};" in led.headers["set-cookie"]
