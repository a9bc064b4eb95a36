"""Single sign-on by a provider that really signs: who gets in, and all that is forged, old or somebody else's."""

import re
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from msgspec.structs import replace
from pydantic import SecretStr
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bot.app import console
from bot.app.settings import Settings
from bot.handlers.console import single_sign_on
from bot.web.flood import Flood
from services.agents import agent_accounts, identities, provider
from services.agents.provider import IdentityProvider, OidcClient
from services.clients.http import make_client
from services.clock import SystemClock
from tests.bot.handlers.console.house import Browser, House
from tests.bot.handlers.console.identity_provider import CLIENT_ID, CLIENT_SECRET, IdentityProviderStandIn, new_key
from tests.kit.narrow import present
from tests.kit.rows import each_row
from tests.services.agents.conftest import KEY, put
from tests.services.databases import NOW
from tests.web.house import Served

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
        us = OidcClient(self.provider.url, CLIENT_ID, CLIENT_SECRET, redirect, self.role_claim)
        idp = IdentityProvider(replace(us, **changed), self.http, self.house.clock)
        self.house.entry, self.house.provider = replace(self.house.entry, sso=True), idp
        self.house.more = single_sign_on.routes(self.house.entry, idp)

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

    async def inside(self, after: str = "/desk") -> Browser:
        """A browser that has come back from the provider."""
        browser = self.house.browser()
        await self.log_in(browser, after)
        return browser

    async def state(self, browser: Browser) -> str:
        """The state of the way that the browser is sent on."""
        return parse_qs(urlsplit(await self.there(browser)).query)["state"][0]


@pytest.fixture
async def desk(house: House) -> AsyncIterator[Desk]:
    served = Served()
    stand_in = IdentityProviderStandIn(house.clock, served.url)
    stand_in.claims |= {"email": EMAIL, "email_verified": True}
    served.start(stand_in.app())
    await house.store.write(lambda c: put(c, "ola", email=EMAIL))
    made = Desk(house, stand_in)
    yield made
    await made.http.aclose()
    served.close()


async def test_whoever_the_provider_knows_by_an_address_noted_here_is_in(desk: Desk) -> None:
    browser = desk.house.browser()
    assert 'href="/desk/login/provider?next=%2Fdesk%2Fact"' in (await browser.get("/desk/login?next=/desk/act")).text
    back = await desk.log_in(browser, "/desk/act")
    assert back.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/desk/act">' in back.text
    assert "Ola" in (await browser.get("/desk")).text
    assert "okienko_desk_sign_on" not in browser.cookies
    trail = [(line.what, line.details) for line in await desk.house.trail()]
    assert trail == [("logged_in", {"how": "provider"}), ("identity_bound", {})]


async def test_from_then_on_the_subject_counts_and_not_the_address(desk: Desk) -> None:
    await desk.inside()
    desk.provider.claims |= {"email": "ola@nowa.pl"}
    renamed = desk.house.browser()
    await desk.log_in(renamed)
    assert await renamed.is_in(), "another address, the same person"
    desk.provider.claims |= {"sub": "subject-2", "email": EMAIL}
    await refused(desk, "other_subject", "provider_unknown", "id of ola")


async def test_a_subject_that_is_forgotten_is_linked_anew(desk: Desk) -> None:
    """A client registered anew: many providers give each client other ids of the same people."""
    await desk.inside()
    desk.provider.claims |= {"sub": "subject-2"}
    await refused(desk, "other_subject", "provider_unknown", "id of ola")
    await desk.house.store.write(lambda c: identities.forget(c, "id of ola"))
    assert await (await desk.inside()).is_in()


UNVERIFIED, NO_ADDRESS = ("email_unverified", "provider_email"), ("email_missing", "provider_email")
REFUSED: list[tuple[dict[str, Any], tuple[str, str]]] = [
    ({"claims": {"email": "nobody@firma.pl"}}, ("unknown", "provider_unknown")),
    *(({"claims": {"email_verified": said}}, UNVERIFIED) for said in (False, "false", None)),
    *(({"claims": {"email": said}}, NO_ADDRESS) for said in (None, "", ["ola@firma.pl"])),
    ({"user_info": {"sub": "subject-2"}}, ("sub_differs", "provider")),
    ({"user_info": {"sub": None}}, ("sub_differs", "provider")),
    ({"discovery": {"userinfo_endpoint": None}}, NO_ADDRESS),
    ({"spoilt": {"nonce": "another"}}, ("id_token", "provider")),
    ({"spoilt": {"exp": 1}}, ("id_token", "provider")),
    ({"role_claim": "desk_role"}, ("no_role", "provider_no_role")),
]


@pytest.mark.parametrize(("given", "why"), REFUSED, ids=str)
async def test_nobody_makes_themselves_an_account(desk: Desk, given: dict[str, Any], why: tuple[str, str]) -> None:
    places = ("ID token", "UserInfo") if "claims" in given else ("UserInfo",)
    desk.provider.claims |= given.get("claims", {})
    desk.provider.user_info |= given.get("user_info", {})
    desk.provider.discovery = given.get("discovery", {})
    desk.provider.spoil = claim(**given.get("spoilt", {}))
    desk.role_claim = given.get("role_claim")
    desk.connect()
    for where in places:
        desk.provider.in_id_token = {"sub", "amr", *(("email", "email_verified") if where == "ID token" else ())}
        await refused(desk, *why)
        if "discovery" in given:
            assert "userinfo" not in desk.provider.asked, "it is asked for nothing more"


async def test_an_id_token_that_says_everything_is_enough(desk: Desk) -> None:
    desk.provider.in_id_token |= {"email", "email_verified"}
    assert await (await desk.inside()).is_in()
    assert "userinfo" not in desk.provider.asked


async def test_a_verified_address_says_nothing_of_another_sources_address(desk: Desk) -> None:
    """The token's address is unverified, UserInfo's is another one; neither may borrow what the other has."""
    desk.provider.in_id_token |= {"email", "email_verified"}
    desk.provider.claims |= {"email_verified": False}
    desk.provider.user_info = {"email": "nobody@firma.pl", "email_verified": True}
    await refused(desk, "email_unverified", "provider_email")
    desk.provider.in_id_token -= {"email"}
    desk.provider.spoil = claim(email_verified=True)
    desk.provider.user_info = {"email": EMAIL, "email_verified": None}
    await refused(desk, "email_unverified", "provider_email")


@pytest.mark.parametrize("said", [False, None])
async def test_addresses_of_a_trusted_issuer_need_no_proof(desk: Desk, said: bool | None) -> None:
    desk.connect(trust_email=True)
    desk.provider.claims |= {"email_verified": said}
    assert await (await desk.inside()).is_in()


async def refused(desk: Desk, cause: str, reason: str, agent_id: str | None = None) -> None:
    """A log-in that is refused for this cause: so the page, the log and the trail say."""
    origin = cause == "id_token"  # what the library found is told as well
    browser = desk.house.browser()
    with capture_logs() as logged:
        led = await desk.log_in(browser)
    assert led.headers["location"] == f"/desk/login?again=1&reason={reason}"
    assert 'role="alert"' in (await browser.get(led.headers["location"])).text
    assert not await browser.is_in()
    line = (await desk.house.trail())[0]
    assert (line.what, line.agent_id) == ("log_in_refused", agent_id)
    assert line.details == {"why": "provider", "cause": cause} | ({"origin": line.details["origin"]} if origin else {})
    assert [(one["event"], one["cause"]) for one in logged] == [("sign_on_refused", cause)]
    assert "@" not in f"{logged} {line.details}"


async def spoilt(desk: Desk) -> None:
    """A log-in from which something that isn't the provider's keeps out."""
    browser = desk.house.browser()
    assert SPOILT in (await desk.log_in(browser)).headers["location"]
    assert not await browser.is_in()


def claim(**changed: Any) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.update(changed)


def without(name: str) -> Callable[[dict[str, Any]], None]:
    return lambda claims: claims.__delitem__(name)


TOKENS = [
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
]


async def test_a_token_that_says_anything_else_lets_nobody_in(desk: Desk) -> None:
    for spoil in TOKENS:
        desk.provider.spoil = spoil
        await spoilt(desk)
        desk.provider.spoil = lambda _claims: None
        assert await (await desk.inside()).is_in(), "it was that and nothing else"


@pytest.mark.parametrize("how", ["another key", "none", "the public key as a secret", "garbage"])
async def test_a_forged_signature_lets_nobody_in(desk: Desk, how: str) -> None:
    stand_in = desk.provider
    stand_in.sign_with = new_key() if how == "another key" else None
    stand_in.unsigned, stand_in.by_secret = how == "none", how == "the public key as a secret"
    if how == "garbage":
        stand_in._id_token = lambda _asked: "a.b.c"  # type: ignore[method-assign]
    await spoilt(desk)


async def test_a_provider_may_replace_its_keys(desk: Desk) -> None:
    await desk.inside()
    desk.provider.key = new_key("k2")
    assert await (await desk.inside()).is_in()
    assert desk.provider.asked.count("keys") == 2
    assert desk.provider.asked.count("discovery") == 1
    desk.house.clock.move(timedelta(hours=1))
    await desk.inside()
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
    way, own = await desk.there(attacker), await desk.there(victim)
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
    state = await desk.state(browser)
    assert SPOILT in (await browser.get(single_sign_on.BACK + query.format(s=state))).headers["location"]
    assert "token" not in desk.provider.asked
    assert not await browser.is_in()


async def test_whoever_is_disabled_stays_out(desk: Desk) -> None:
    await desk.inside()
    await desk.house.store.write(lambda c: agent_accounts.disable(c, "id of ola", NOW))
    await refused(desk, "disabled", "provider_unknown", "id of ola")
    await refused(desk, "disabled", "provider_unknown", "id of ola")


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


@each_row
@pytest.mark.parametrize("where", ["ID token", "UserInfo"])
async def test_a_role_claim_decides_on_the_role(desk: Desk, where: str, said: object, role: str | None) -> None:
    desk.provider.in_id_token |= {"desk_role"} if where == "ID token" else set()
    desk.role_claim = "desk_role"
    desk.connect()
    desk.provider.claims |= {"desk_role": said}
    assert await (await desk.inside()).is_in() is (role is not None)
    found = present(await desk.house.store.read(lambda c: agent_accounts.by_login(c, "ola")))
    assert found.role == (role or "agent")
    changed = {"how": "provider", "from": "agent", "to": role}
    told = [(changed, found.id)] if role is not None else []
    await desk.inside()
    trail = await desk.house.trail()
    assert [(line.details, line.agent_id) for line in trail if line.what == "role_changed"] == told, "once"


async def test_a_provider_that_is_away_is_told_and_the_password_still_opens(desk: Desk) -> None:
    desk.provider.down = True
    browser = desk.house.browser()
    assert (await browser.get("/desk/login/provider")).headers["location"] == "/desk/login?again=1&reason=provider_away"
    assert (await browser.log_in()).status_code == 303
    desk.provider.down = False
    other = desk.house.browser()
    await desk.log_in(other)
    assert await other.is_in()


@each_row
async def test_a_provider_that_says_something_odd_of_itself_is_not_asked(desk: Desk, discovery: dict[str, Any]) -> None:
    desk.provider.discovery = discovery
    led = await desk.house.browser().get("/desk/login/provider")
    assert led.headers["location"].startswith("/desk/login?again=1&reason=provider")


@pytest.mark.parametrize("methods", [["client_secret_basic"], ["client_secret_post"], ["private_key_jwt"]])
async def test_the_secret_is_shown_as_the_provider_wants_it(desk: Desk, methods: list[str]) -> None:
    desk.provider.discovery = {"token_endpoint_auth_methods_supported": methods}
    assert await (await desk.inside()).is_in()


async def test_a_wrong_secret_lets_nobody_in(desk: Desk) -> None:
    desk.connect(client_secret="wrong")
    await spoilt(desk)


async def test_what_the_provider_refuses_is_on_record(desk: Desk) -> None:
    browser = desk.house.browser()
    state = await desk.state(browser)
    await browser.get(f"{single_sign_on.BACK}?error=access_denied&state={state}&iss={desk.provider.url}")
    (line,) = await desk.house.trail()
    assert line.details == {"why": "provider", "cause": "no_code", "origin": "access_denied"}


@pytest.mark.parametrize("says_so", [True, False])
async def test_an_answer_without_issuer_is_refused_where_it_is_always_said(desk: Desk, says_so: bool) -> None:
    desk.provider.discovery = {"authorization_response_iss_parameter_supported": says_so}
    browser = desk.house.browser()
    answer = await browser.get(str(httpx.URL(await desk.there(browser)).copy_remove_param("iss")))
    assert await browser.is_in() is not says_so
    if says_so:
        assert SPOILT in answer.headers["location"]
        assert "token" not in desk.provider.asked
        assert (await desk.house.trail())[0].details == {"why": "provider", "cause": "iss_missing"}


async def test_log_out_ends_the_providers_session(desk: Desk) -> None:
    browser = await desk.inside()
    await browser.get("/desk")
    page = await browser.post("/desk/logout")
    assert page.status_code == 200, "browsers don't follow a form's answer to another site"
    found = present(re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text))
    async with httpx.AsyncClient(trust_env=False) as elsewhere:
        back = await elsewhere.get(unescape(found[1]))
    assert not desk.provider.session
    assert (await browser.get(back.headers["location"])).headers["location"] == "/desk/login"
    assert not await browser.is_in()


async def test_log_out_everywhere_does_so_too(desk: Desk) -> None:
    browser = await desk.inside()
    await browser.get("/desk")
    assert f"{desk.provider.url}/logout?" in (await browser.post("/desk/logout/everywhere")).text


async def test_a_token_too_long_for_a_cookie_ends_the_session_without_it(desk: Desk) -> None:
    desk.provider.spoil = claim(groups=["x" * 36] * 100)
    browser = await desk.inside()
    assert await browser.is_in()
    page = await browser.post("/desk/logout")
    assert f"{desk.provider.url}/logout?" in page.text
    assert "id_token_hint" not in page.text


@pytest.mark.parametrize("by_provider", [True, False])
async def test_whoever_came_by_password_or_to_no_log_out_leaves_provider_alone(desk: Desk, by_provider: bool) -> None:
    desk.provider.discovery = {"end_session_endpoint": None} if by_provider else {}
    browser = desk.house.browser()
    await (desk.log_in(browser) if by_provider else browser.log_in())
    await browser.get("/desk")
    assert (await browser.post("/desk/logout")).headers["location"] == "/desk/login"


async def test_log_out_works_while_the_provider_is_away(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = await desk.inside()
    monkeypatch.setattr(provider, "KEPT", timedelta(0))
    desk.provider.down = True
    await browser.get("/desk")
    with capture_logs() as logged:
        assert (await browser.post("/desk/logout")).headers["location"] == "/desk/login"
    assert [one["event"] for one in logged] == ["provider_log_out_failed"]
    assert not await browser.is_in()


@pytest.mark.parametrize("trusted", ["on", "off"])
async def test_a_moved_clock_of_the_desk_makes_no_token_old(desk: Desk, trusted: str) -> None:
    """As the desk is put together: the provider's clock isn't moved with the sandbox's."""
    desk.provider.clock = SystemClock()
    desk.provider.claims |= {"email_verified": None}
    settings = Settings(
        _env_file=None,  # pyright: ignore[reportCallIssue]
        oidc_issuer=desk.provider.url,
        oidc_client_id=CLIENT_ID,
        oidc_client_secret=SecretStr(CLIENT_SECRET),
        oidc_trust_email="on" if trusted == "on" else "off",
    )
    access = replace(desk.house.access, clock=SystemClock(timedelta(hours=2)))
    app = Starlette(routes=console.access_routes(settings, access, KEY, desk.http, Flood(None)))
    browser = Browser(desk.house, httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=desk.house.url))
    back = await desk.log_in(browser)
    if trusted == "on":
        assert (await browser.get("/desk/profile")).status_code == 200
    else:
        assert "reason=provider_email" in back.headers["location"], "read, and not old"


@each_row
async def test_after_a_log_out_the_provider_asks_who_it_is(
    desk: Desk, discovery: dict[str, Any], chosen: str | None, prompt: list[str] | None
) -> None:
    desk.provider.discovery = discovery
    desk.connect(prompt=chosen)
    browser = desk.house.browser()
    assert await asked_anew(desk, browser) is None
    await desk.log_in(browser)
    await browser.get("/desk")
    await browser.post("/desk/logout")
    assert await asked_anew(desk, browser) == prompt
    await desk.log_in(browser)
    assert await browser.is_in()
    assert "okienko_desk_logged_out" not in browser.cookies


@pytest.mark.parametrize(("error", "still"), [("invalid_request", False), ("access_denied", True)])
async def test_a_provider_that_refuses_the_prompt_is_asked_without_it(desk: Desk, error: str, still: bool) -> None:
    browser = await desk.inside()
    await browser.get("/desk")
    await browser.post("/desk/logout")
    state = await desk.state(browser)
    await browser.get(f"{single_sign_on.BACK}?error={error}&state={state}&iss={desk.provider.url}")
    assert (await asked_anew(desk, browser) is not None) is still


async def test_to_show_once_more_who_one_is_takes_more_than_the_providers_session(desk: Desk) -> None:
    assert await asked_anew(desk, await desk.inside()) == ["login"]


@pytest.mark.parametrize(
    ("site", "led"), [("cross-site", False), ("same-site", False), ("same-origin", True), ("none", True)]
)
async def test_no_other_sites_link_begins_a_log_in(desk: Desk, site: str, led: bool) -> None:
    answer = await desk.house.browser().get("/desk/login/provider?next=/desk/act", sec_fetch_site=site)
    assert (answer.headers["location"] != "/desk/login?next=%2Fdesk%2Fact") is led
    assert ("okienko_desk_sign_on" in answer.headers.get("set-cookie", "")) is led


async def asked_anew(desk: Desk, browser: Browser) -> list[str] | None:
    """The prompt with which the browser is sent to the provider."""
    return parse_qs(urlsplit((await browser.get("/desk/login/provider")).headers["location"]).query).get("prompt")


async def test_it_doesnt_lead_elsewhere_either(desk: Desk) -> None:
    assert 'content="0; url=/desk">' in (await desk.log_in(desk.house.browser(), "//evil.example")).text


async def test_the_cookie_of_the_way_comes_back_from_another_site(desk: Desk) -> None:
    (cookie,) = (await desk.house.browser().http.get("/desk/login/provider")).headers.get_list("set-cookie")
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert "Max-Age" not in cookie
