"""Our payment link: leads a person to the provider, registers nothing for those who only look."""

import httpx
import pytest

from bot.web.flood import FloodRules
from tests.kit.rows import each_row
from tests.web.doors import HOLDER
from tests.web.house import House

PERSON = {"user-agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Safari/604.1"}


async def test_a_person_is_led_to_the_provider(client: httpx.AsyncClient, house: House) -> None:
    answer = await client.get("/p/abc", headers=PERSON)
    assert (answer.status_code, answer.headers["location"]) == (303, house.payments.provider)
    assert answer.headers["cache-control"] == "no-store"
    assert house.payments.attempts == ["abc"]


async def test_a_scripted_client_is_led_as_well(client: httpx.AsyncClient) -> None:
    assert (await client.get("/p/abc", headers={"user-agent": "python-httpx/0.28"})).status_code == 303
    assert (await client.get("/p/abc", headers={"user-agent": ""})).status_code == 303


@each_row
async def test_who_only_looks_gets_a_page_with_the_way_on(
    client: httpx.AsyncClient, house: House, looker: dict[str, str]
) -> None:
    page = await client.get("/p/abc", headers=looker)
    assert page.status_code == 200
    assert 'href="?go=1"' in page.text
    assert house.payments.attempts == []
    assert (await client.get("/p/abc?go=1", headers=looker)).status_code == 303


async def test_head_registers_nothing(client: httpx.AsyncClient, house: House) -> None:
    assert (await client.head("/p/abc", headers=PERSON)).status_code == 200
    assert (await client.head("/p/checking/return", headers=PERSON)).status_code == 200
    assert house.payments.attempts == []


@each_row
async def test_where_nothing_can_be_paid(client: httpx.AsyncClient, token: str, status: int, words: str) -> None:
    answer = await client.get(f"/p/{token}", headers=PERSON)
    assert answer.status_code == status
    assert words in answer.text


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("paid", "Zapłacone"),
        ("kept", "Dziś nic nie pobrano"),
        ("failed", "Spróbuj zapłacić ponownie"),
        ("expired", "wygasł"),
    ],
)
async def test_who_comes_back_is_told_what_is_known(client: httpx.AsyncClient, token: str, words: str) -> None:
    client.cookies.set("okienko", HOLDER.token)
    answer = await client.get(f"/p/{token}/return?sessionId=x", headers=PERSON)
    assert answer.status_code == 200
    assert words in answer.text
    assert 'href="/chat"' in answer.text
    assert "http-equiv" not in answer.text
    assert ('href="/p/failed"' in answer.text) == (token == "failed")


async def test_while_the_provider_is_asked_the_page_asks_again_but_not_for_ever(client: httpx.AsyncClient) -> None:
    first = await client.get("/p/checking/return", headers=PERSON)
    assert '<noscript><meta http-equiv="refresh" content="3; url=/p/checking/return?n=1"></noscript>' in first.text
    assert 'data-again="/p/checking/return?n=1" data-pause="3"' in first.text
    last = await client.get("/p/checking/return?n=20", headers=PERSON)
    assert "http-equiv" not in last.text
    assert "data-again" not in last.text
    assert 'href="/p/checking/return?n=21"' in last.text
    for odd in ("x", "-1", "99999", "٣"):
        assert (await client.get("/p/checking/return", params={"n": odd}, headers=PERSON)).status_code == 200


async def test_a_link_and_a_network_open_payment_pages_so_often() -> None:
    house = House(reads=FloodRules(session="3/minute", address="5/minute"))
    transport = httpx.ASGITransport(app=house.app(), client=("203.0.113.9", 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://desk.example", headers=PERSON) as client:
        assert [(await client.get("/p/paid/return")).status_code for _ in range(3)] == [200] * 3
        held = await client.get("/p/paid/return")
        assert (held.status_code, int(held.headers["retry-after"]) > 0) == (429, True)
        assert "nie przepada" in held.text
        assert 'href="/p/paid/return"' in held.text
        assert (await client.head("/p/paid/return")).status_code == 200
        assert [(await client.get(f"/p/a{n}")).status_code for n in range(3)] == [303, 303, 429]


async def test_an_unknown_return_is_404_and_a_busy_desk_503(client: httpx.AsyncClient, house: House) -> None:
    assert (await client.get("/p/none/return", headers=PERSON)).status_code == 404
    house.payments.down = True
    assert (await client.get("/p/abc", headers=PERSON)).status_code == 503
    assert (await client.get("/p/paid/return", headers=PERSON)).status_code == 503
