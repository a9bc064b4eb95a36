"""The site's customer in the web chat: known by the site's word, asked for the password where it is secret or binds."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from docs.dev.samples.doors import WebDoor
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import PASSWORD, Scripted, digits_on, until
from tests.desk.seller_api import TOKEN
from tests.desk.test_renewal_unasked import OURS, on_the_web
from tests.desk.test_two_digits import at
from tests.kit.site_tokens import Key, claims_of, forged, new_key, public, signed

pytestmark = [pytest.mark.stage("paid")]
KEYS = "/api/v1/identity-keys"


class Shop:
    """The seller's site with its keys, and the pages that it shows to one browser."""

    def __init__(self, desk: Running, key: Key) -> None:
        self.desk, self.key = desk, key
        self.browser = on_the_web(desk)

    async def brings(self, token: str | None, origin: str | None = None) -> httpx.Response:
        """Bring the token by the chat's page in this browser; return the answer."""
        if not self.browser.http.cookies:
            await self.browser.http.get("/chat?embed=1&identity=1")
        body = {"identity": token, "origin": origin or self.desk.url}
        return await self.browser.http.post("/webchat/identity", content=json.dumps(body), headers=OURS)

    async def shows(self, customer_id: str) -> WebDoor:
        """A page for its customer, with the chat open."""
        answer = await self.brings(signed(self.key, claims_of(customer_id, self.desk.url)))
        assert answer.status_code == 200, answer.text
        page = WebDoor(self.browser.http)
        page.own = {**OURS, "okienko-session": answer.json()["known"]}
        await page.look()
        return page


async def opened(desk: Running, algorithm: str = "ES256", kid: str = "shop") -> Shop:
    key = new_key(algorithm, kid)
    made = await desk.http.post(KEYS, json=public(key), headers=TOKEN)
    assert (made.status_code, made.json()["algorithm"]) == (201, algorithm), made.text
    return Shop(desk, key)


async def id_of(desk: Running, buyer: Scripted) -> str:
    return (await desk.card(buyer.person.email))["id"]


@on_each_database
@pytest.mark.replicated
async def test_the_site_s_customer_is_known_without_a_log_in_and_logs_in_for_what_is_secret(
    desk: Running, buyer: Scripted
) -> None:
    shop, known = await opened(desk), await id_of(desk, buyer)
    page = await shop.shows(known)
    assert page.said == [page.said[0]]
    assert f"Piszesz jako {buyer.person.email}" in page.said[0]
    await page.say("zone:invoices")
    assert page.at.startswith("zone."), page.at
    assert not [mail for mail in await desk.outbox(buyer.person.email) if "logowanie" in mail["subject"].lower()]

    await page.say("zone:my_data")
    assert "Do tego potrzebuję zalogowania" in page.said[-1]
    assert "Bursztyn" not in " ".join(page.said)
    form = {"login": buyer.person.email, "password": PASSWORD}
    digits = digits_on(await desk.http.post(page.link("secure_page")["href"], data=form))
    assert digits, "who forwards the page to the owner gets no further"
    await at(page, "log_in_digits")
    await page.say(digits)
    await at(page, "zone")
    assert "Bursztyn" in " ".join(page.said), "what was asked for is answered"

    again = await shop.shows(known)
    assert again.said == page.said, "the next page shows the same chat"


async def test_another_customer_in_the_same_browser_sees_nothing_of_the_first(desk: Running, buyer: Scripted) -> None:
    shop, first = await opened(desk), await id_of(desk, buyer)
    other = await Scripted(desk, type(buyer.person)(email="ewa@example.com", phone="+48512000222")).run("tax_number")
    page = await shop.shows(first)
    await page.say("zone:invoices")
    theirs = await shop.shows(await id_of(desk, other))
    assert buyer.person.email not in " ".join(theirs.said)
    assert (await page.http.get("/webchat/history", headers=page.own)).status_code == 401
    own = (await shop.browser.http.get("/chat?embed=1")).text
    assert buyer.person.email not in own
    assert other.person.email not in own
    assert [one["channel"] for one in (await desk.card(buyer.person.email))["conversations"]] == ["rest"]
    back = await shop.shows(first)
    assert "ewa@example.com" not in " ".join(back.said)


async def test_the_site_s_log_out_ends_it_also_after_the_password(desk: Running, buyer: Scripted) -> None:
    shop, known = await opened(desk), await id_of(desk, buyer)
    page = await shop.shows(known)
    assert (await shop.brings(None)).json() == {"known": None}
    said = await page.http.post("/webchat/messages", content='{"text": "a", "message_id": "m"}', headers=page.own)
    assert said.status_code == 401
    assert [one["channel"] for one in (await desk.card(buyer.person.email))["conversations"]] == ["rest"]
    assert (await shop.brings(None)).json() == {"known": None}, "as often as asked"
    dead = page.own["okienko-session"]
    assert (await shop.shows(known)).own["okienko-session"] != dead


async def test_a_log_in_by_password_is_no_affair_of_the_site(desk: Running, buyer: Scripted) -> None:
    shop = await opened(desk)
    await shop.browser.say("start:log_in")
    await at(shop.browser, "secure_page")
    form = {"login": buyer.person.email, "password": PASSWORD}
    assert (await shop.browser.http.post(shop.browser.link("secure_page")["href"], data=form)).status_code == 200
    await at(shop.browser, "zone")
    await shop.brings(None)
    await at(shop.browser, "zone")


async def test_a_retired_key_tells_nobody_and_ends_what_it_told(desk: Running, buyer: Scripted) -> None:
    shop, known = await opened(desk), await id_of(desk, buyer)
    page = await shop.shows(known)
    second = await opened(desk, "EdDSA", "second")
    theirs = await second.shows(known)
    retired = await desk.http.delete(f"{KEYS}/shop", headers=TOKEN)
    assert retired.json()["retired_at"] is not None
    assert (await desk.http.delete(f"{KEYS}/shop", headers=TOKEN)).json() == retired.json()
    assert (await page.http.get("/webchat/history", headers=page.own)).status_code == 401
    assert (await theirs.http.get("/webchat/history", headers=theirs.own)).status_code == 200
    refused = await shop.brings(signed(shop.key, claims_of(known, desk.url)))
    assert (refused.status_code, refused.json()) == (403, {"error": "identity_kid"})
    rows = (await desk.http.get(KEYS, headers=TOKEN)).json()["items"]
    assert [(row["kid"], row["retired_at"] is None) for row in rows] == [("shop", False), ("second", True)]
    for given in (public(shop.key), {**public(new_key("ES256", "second"))}):
        assert (await desk.http.post(KEYS, json=given, headers=TOKEN)).status_code == 409
    assert (await desk.http.post(KEYS, json=public(second.key), headers=TOKEN)).status_code == 201
    private: Any = second.key.as_dict(private=True)
    assert (await desk.http.post(KEYS, json={**private, "kid": "p"}, headers=TOKEN)).status_code == 422
    assert (await desk.http.delete(f"{KEYS}/nothing", headers=TOKEN)).status_code == 404


@on_each_database
@pytest.mark.replicated
async def test_a_token_counts_once_whoever_brings_it_and_however_many_at_once(desk: Running, buyer: Scripted) -> None:
    shop, known = await opened(desk), await id_of(desk, buyer)
    others = [Shop(desk, shop.key) for _ in range(3)]
    for each in (shop, *others):
        await each.browser.http.get("/chat")
    token = signed(shop.key, claims_of(known, desk.url))
    answers = await asyncio.gather(*(each.brings(token) for each in (shop, *others, *others)))
    assert sorted(one.status_code for one in answers) == [200, *[403] * 6]
    assert {one.json()["error"] for one in answers if one.status_code == 403} == {"identity_replayed"}


@pytest.mark.desk(rate_limits="off")
async def test_three_hundred_forged_tokens_and_none_comes_through(desk: Running, buyer: Scripted) -> None:
    shop, known = await opened(desk), await id_of(desk, buyer)
    await shop.browser.http.get("/chat")
    stands, tried = (await desk.card(buyer.person.email))["conversations"], 0
    for wrong, token in forged(shop.key, new_key("ES256", "evil"), known, desk.url):
        answer = await shop.brings(token)
        assert answer.status_code in (400, 403), wrong
        tried += 1
    right = signed(shop.key, claims_of(known, desk.url))
    for origin in ("https://evil.example", f"{desk.url}.evil.example", f"{desk.url}/", "null", "*", desk.url.upper()):
        assert (await shop.brings(right, origin)).json() == {"error": "identity_origin"}
        tried += 1
    assert tried >= 300
    assert (await desk.card(buyer.person.email))["conversations"] == stands
    assert (await shop.brings(right)).status_code == 200, "the right one, brought by the right page"


async def logs_in_as(desk: Running, page: WebDoor, email: str) -> None:
    """Log in by the page that the chat leads to, with the digits that it shows."""
    await page.say("start:log_in")
    await at(page, "secure_page")
    shown = await desk.http.post(page.link("secure_page")["href"], data={"login": email, "password": PASSWORD})
    if digits := digits_on(shown):
        await at(page, "log_in_digits")
        await page.say(digits)


async def is_on_the_web(desk: Running, email: str) -> bool:
    return "web" in [one["channel"] for one in (await desk.card(email))["conversations"]]


@pytest.mark.parametrize("leaves", [True, False])
async def test_who_logs_in_to_another_account_in_a_customer_s_chat_leaves_nothing_there(
    desk: Running, buyer: Scripted, *, leaves: bool
) -> None:
    shop, known = await opened(desk), await id_of(desk, buyer)
    other = await Scripted(desk, type(buyer.person)(email="ewa@example.com", phone="+48512000222")).run("tax_number")
    page = await shop.shows(known)
    await page.say("zone:log_out")
    await logs_in_as(desk, page, other.person.email)
    await until(lambda: is_on_the_web(desk, other.person.email))
    if leaves:
        await shop.brings(None)
        assert not await is_on_the_web(desk, other.person.email)
    again = await shop.shows(known)
    assert not await is_on_the_web(desk, other.person.email)
    assert await is_on_the_web(desk, buyer.person.email)
    assert f"Piszesz jako {buyer.person.email}" in again.said[-1]
    assert other.person.email not in " ".join(again.said)
    assert (await page.http.get("/webchat/history", headers=page.own)).status_code == 401
