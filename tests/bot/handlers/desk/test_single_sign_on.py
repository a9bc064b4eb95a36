"""Single sign-on by a provider that really signs: who gets in, and all that is forged, old or somebody else's."""

from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from bot.handlers.desk import single_sign_on
from services.agents import accounts
from services.agents.provider import Client, IdentityProvider
from services.http import make_client
from tests.bot.handlers.desk.house import Browser, House
from tests.bot.handlers.desk.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    IdentityProviderStandIn,
    new_key,
)
from tests.services.agents.conftest import put
from tests.services.databases import NOW
from tests.web.house import Served

pytestmark = pytest.mark.anyio
EMAIL = "ola@firma.pl"
SPOILT = "reason=provider"


class Desk:
    """A house beside a provider."""

    def __init__(self, house: House, provider: IdentityProviderStandIn) -> None:
        self.house, self.provider = house, provider
        self.http = make_client()
        self.role_claim: str | None = None
        self.connect()

    def connect(self, **changed: Any) -> None:
        redirect = self.house.url + single_sign_on.BACK
        us = Client(self.provider.url, CLIENT_ID, CLIENT_SECRET, redirect, self.role_claim)
        idp = IdentityProvider(replace(us, **changed), self.http, self.house.clock)
        self.house.entry = replace(self.house.entry, sso=True)
        self.house.more = single_sign_on.routes(self.house.entry, idp, self.role_claim)

    async def there(self, browser: Browser, after: str = "/desk") -> str:
        """To the provider: the address that it sends the browser back to."""
        away = await browser.http.get("/desk/login/provider", params={"next": after})
        assert away.status_code == 303
        assert away.headers["location"].startswith(f"{self.provider.url}/authorize?"), away.headers["location"]
        async with httpx.AsyncClient(trust_env=False) as elsewhere:
            back = await elsewhere.get(away.headers["location"])
        return back.headers["location"]

    async def log_in(self, browser: Browser, after: str = "/desk") -> httpx.Response:
        way = await self.there(browser, after)
        return await browser.get(way, sec_fetch_site="cross-site", sec_fetch_mode="navigate")


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    served = Served()
    provider = IdentityProviderStandIn(house.clock, served.url)
    provider.claims |= {"email": EMAIL, "email_verified": True}
    served.start(provider.app())
    await house.store.write(lambda c: put(c, "ola", email=EMAIL))
    made = Desk(house, provider)
    yield made
    await made.http.aclose()
    served.close()


async def test_whoever_the_provider_knows_by_an_address_noted_here_is_in(desk: Desk) -> None:
    browser = desk.house.browser()
    page = await browser.get("/desk/login?next=/desk/act")
    assert 'href="/desk/login/provider?next=%2Fdesk%2Fact"' in page.text
    back = await desk.log_in(browser, "/desk/act")
    assert back.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/desk/act">' in back.text
    assert "Ola" in (await browser.get("/desk")).text
    assert "okienko_desk_sign_on" not in browser.cookies
    trail = [(line.what, line.details) for line in await desk.house.trail()]
    assert trail == [("logged_in", {"how": "provider"}), ("identity_bound", {})]


async def test_from_then_on_the_subject_counts_and_not_the_address(desk: Desk) -> None:
    await desk.log_in(desk.house.browser())
    desk.provider.claims |= {"email": "ola@nowa.pl"}
    renamed = desk.house.browser()
    await desk.log_in(renamed)
    assert await renamed.is_in(), "another address, the same person"
    desk.provider.claims |= {"sub": "subject-2", "email": EMAIL}
    other = desk.house.browser()
    assert "reason=provider_unknown" in (await desk.log_in(other)).headers["location"]
    assert not await other.is_in(), "the old address, given to somebody else"


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "nobody@firma.pl"},
        {"email_verified": False},
        {"email_verified": "true"},
        {"email_verified": None},
        {"email": None},
        {"email": ["ola@firma.pl"]},
    ],
)
async def test_nobody_makes_themselves_an_account(desk: Desk, claims: dict[str, Any]) -> None:
    desk.provider.claims |= claims
    browser = desk.house.browser()
    led = await desk.log_in(browser)
    assert led.headers["location"] == "/desk/login?again=1&reason=provider_unknown"
    assert 'role="alert"' in (await browser.get(led.headers["location"])).text
    assert not await browser.is_in()


def claim(**changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update(changed)


def without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.__delitem__(name)


@pytest.mark.parametrize(
    "spoil",
    [
        claim(nonce="another"),
        without("nonce"),
        claim(aud="another-client"),
        claim(aud=["another-client"]),
        claim(aud=[CLIENT_ID, "another-client"]),
        claim(aud=[CLIENT_ID, "another-client"], azp="another-client"),
        without("aud"),
        claim(azp="another-client"),
        claim(iss="https://evil.example"),
        without("iss"),
        claim(exp=int(NOW.timestamp()) - 61),
        without("exp"),
        claim(iat=int(NOW.timestamp()) + 3600),
        without("iat"),
        claim(nbf=int(NOW.timestamp()) + 3600),
        without("sub"),
        claim(sub=""),
        claim(sub="x" * 256),
        claim(sub=7),
        claim(exp="soon"),
        claim(amr="mfa"),
    ],
)
async def test_a_token_that_says_anything_else_lets_nobody_in(
    desk: Desk, spoil: Callable[[dict[str, Any]], None]
) -> None:
    desk.provider.spoil = spoil
    browser = desk.house.browser()
    assert SPOILT in (await desk.log_in(browser)).headers["location"]
    assert not await browser.is_in()
    desk.provider.spoil = lambda _claims: None
    await desk.log_in(browser)
    assert await browser.is_in(), "it was that and nothing else"


@pytest.mark.parametrize("how", ["another key", "none", "the public key as a secret", "garbage"])
async def test_a_forged_signature_lets_nobody_in(desk: Desk, how: str) -> None:
    provider = desk.provider
    provider.sign_with = new_key() if how == "another key" else None
    provider.unsigned, provider.by_secret = how == "none", how == "the public key as a secret"
    if how == "garbage":
        provider._id_token = lambda _asked: "a.b.c"  # type: ignore[method-assign]
    browser = desk.house.browser()
    assert SPOILT in (await desk.log_in(browser)).headers["location"]
    assert not await browser.is_in()


async def test_a_provider_may_replace_its_keys(desk: Desk) -> None:
    await desk.log_in(desk.house.browser())
    desk.provider.key = new_key("k2")
    browser = desk.house.browser()
    await desk.log_in(browser)
    assert await browser.is_in()
    assert desk.provider.asked.count("keys") == 2
    assert desk.provider.asked.count("discovery") == 1
    desk.house.clock.move(timedelta(hours=1))
    await desk.log_in(desk.house.browser())
    assert desk.provider.asked.count("discovery") == 2


async def test_a_way_leads_back_once_and_into_the_browser_it_began_in(desk: Desk) -> None:
    browser, thief = desk.house.browser(), desk.house.browser()
    way = await desk.there(browser)
    assert SPOILT in (await thief.get(way)).headers["location"], "another browser, without a way of its own"
    await desk.there(thief)
    assert SPOILT in (await thief.get(way)).headers["location"], "nor with one"
    assert not await thief.is_in()
    cookie = browser.cookies["okienko_desk_sign_on"]
    await browser.get(way)
    assert await browser.is_in()
    again = desk.house.browser()
    again.http.cookies.set("okienko_desk_sign_on", cookie, domain="testserver")
    assert SPOILT in (await again.get(way)).headers["location"], "replayed, cookie and all"
    assert not await again.is_in()


async def test_log_in_by_another_ones_way_is_refused(desk: Desk) -> None:
    """Who sends the victim their own code and state would log the victim in as themselves."""
    attacker, victim = desk.house.browser(), desk.house.browser()
    way = await desk.there(attacker)
    own = await desk.there(victim)
    mixed = way.replace(parse_qs(urlsplit(way).query)["state"][0], parse_qs(urlsplit(own).query)["state"][0])
    assert SPOILT in (await victim.get(mixed)).headers["location"], "PKCE: the code belongs to another way"
    assert not await victim.is_in()


async def test_a_way_is_open_for_ten_minutes(desk: Desk) -> None:
    browser = desk.house.browser()
    way = await desk.there(browser)
    desk.house.clock.move(timedelta(minutes=10))
    assert SPOILT in (await browser.get(way)).headers["location"]


@pytest.mark.parametrize(
    "query", ["", "?state=x", "?error=access_denied&state={s}", "?code=&state={s}", "?code=x&state={s}&iss=https://e.v"]
)
async def test_ways_back_that_bring_nothing(desk: Desk, query: str) -> None:
    browser = desk.house.browser()
    state = parse_qs(urlsplit(await desk.there(browser)).query)["state"][0]
    answer = await browser.get(single_sign_on.BACK + query.format(s=state))
    assert SPOILT in answer.headers["location"]
    assert "token" not in desk.provider.asked
    assert not await browser.is_in()


async def test_whoever_is_disabled_stays_out(desk: Desk) -> None:
    browser = desk.house.browser()
    await desk.log_in(browser)
    await desk.house.store.write(lambda c: accounts.disable(c, "id of ola", NOW))
    for _ in range(2):
        assert "provider_unknown" in (await desk.log_in(browser)).headers["location"]
    assert not await browser.is_in()


@pytest.mark.parametrize("amr", [None, ["pwd"], [], ["pwd", "mfa"]])
async def test_the_desk_asks_for_its_own_second_factor_unless_the_provider_did(desk: Desk, amr: object) -> None:
    desk.house.obligatory = True
    desk.house.__post_init__()
    desk.connect()
    desk.provider.claims |= {"amr": amr}
    browser = desk.house.browser()
    back = await desk.log_in(browser)
    if amr == ["pwd", "mfa"]:
        assert await browser.is_in()
    else:
        assert 'content="0; url=/desk/second-factor"' in back.text
        assert not await browser.is_in()
        assert "<svg" in (await browser.get("/desk/second-factor")).text


@pytest.mark.parametrize(
    ("said", "role"),
    [
        ("supervisor", "supervisor"),
        (["x", "agent", "admin"], "admin"),
        ("boss", None),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
async def test_a_role_claim_decides_on_the_role(desk: Desk, said: object, role: str | None) -> None:
    desk.role_claim = "desk_role"
    desk.connect()
    desk.provider.claims |= {"desk_role": said}
    browser = desk.house.browser()
    await desk.log_in(browser)
    assert await browser.is_in() is (role is not None)
    found = await desk.house.store.read(lambda c: accounts.by_login(c, "ola"))
    assert found is not None
    assert found.role == (role or "agent")
    changed = {"how": "provider", "from": "agent", "to": role}
    told = [(changed, found.id)] if role is not None else []
    await desk.log_in(desk.house.browser())
    trail = await desk.house.trail()
    assert [(line.details, line.agent_id) for line in trail if line.what == "role_changed"] == told, "once"


async def test_a_provider_that_is_away_is_told_and_the_password_still_opens(desk: Desk) -> None:
    desk.provider.down = True
    browser = desk.house.browser()
    led = await browser.get("/desk/login/provider")
    assert led.headers["location"] == "/desk/login?again=1&reason=provider_away"
    assert (await browser.log_in()).status_code == 303
    desk.provider.down = False
    other = desk.house.browser()
    await desk.log_in(other)
    assert await other.is_in()


@pytest.mark.parametrize(
    "discovery",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "ftp://127.0.0.1/token"},
        {"authorization_endpoint": "javascript:alert(1)"},
        {"jwks_uri": 7},
    ],
)
async def test_a_provider_that_says_something_odd_of_itself_is_not_asked(desk: Desk, discovery: dict[str, Any]) -> None:
    desk.provider.discovery = discovery
    led = await desk.house.browser().get("/desk/login/provider")
    assert led.headers["location"].startswith("/desk/login?again=1&reason=provider")


@pytest.mark.parametrize("methods", [["client_secret_basic"], ["client_secret_post"], ["private_key_jwt"]])
async def test_the_secret_is_shown_as_the_provider_wants_it(desk: Desk, methods: list[str]) -> None:
    desk.provider.discovery = {"token_endpoint_auth_methods_supported": methods}
    browser = desk.house.browser()
    await desk.log_in(browser)
    assert await browser.is_in()


async def test_a_wrong_secret_lets_nobody_in(desk: Desk) -> None:
    desk.connect(client_secret="wrong")
    browser = desk.house.browser()
    assert SPOILT in (await desk.log_in(browser)).headers["location"]


async def test_it_doesnt_lead_elsewhere_either(desk: Desk) -> None:
    browser = desk.house.browser()
    back = await desk.log_in(browser, "//evil.example")
    assert 'content="0; url=/desk">' in back.text


async def test_the_cookie_of_the_way_comes_back_from_another_site(desk: Desk) -> None:
    answer = await desk.house.browser().http.get("/desk/login/provider")
    (cookie,) = answer.headers.get_list("set-cookie")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie
