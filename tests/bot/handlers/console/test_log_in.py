"""The log-in's pages, by whoever should get in and by whoever shouldn't."""

import re
from datetime import timedelta

import pytest

from services.agents import agent_accounts
from tests.bot.handlers.console.house import House
from tests.kit.rows import each_row


async def test_in_and_out(house: House) -> None:
    await house.agent()
    browser = house.browser()
    assert not await browser.is_in()
    assert (await browser.log_in()).headers["location"] == "/desk"
    assert "Ola" in (await browser.get("/desk")).text
    assert (await browser.get("/desk/login")).headers["location"] == "/desk", "nobody logs in twice by mistake"
    await browser.get("/desk")
    token, out = browser.cookies["okienko_desk"], await browser.post("/desk/logout")
    assert (out.status_code, out.headers["location"]) == (303, "/desk/login")
    assert "okienko_desk" not in browser.cookies
    browser.http.cookies.set("okienko_desk", token, domain="testserver")
    assert not await browser.is_in(), "a cookie that was kept opens nothing"
    assert [line.what for line in await house.trail()] == ["logged_out", "logged_in"]


async def test_logging_out_takes_a_form(house: House) -> None:
    browser = await house.inside()
    assert (await browser.get("/desk/logout")).status_code == 405
    assert (await browser.http.post("/desk/logout")).status_code == 403
    assert await browser.is_in()


async def test_the_password_then_the_code(strict: House) -> None:
    _, app = await strict.enrolled()
    browser = strict.browser()
    assert (await browser.log_in(after="/desk/act")).headers["location"] == "/desk/login/code?next=%2Fdesk%2Fact"
    assert not await browser.is_in(), "half a log-in is none"
    assert (await browser.code("000000")).status_code == 422
    assert (await browser.code(app.at(strict.clock.now()), after="/desk/act")).headers["location"] == "/desk/act"
    assert await browser.is_in()
    assert "__Host-okienko_desk_half" not in browser.cookies
    other = strict.browser()
    await other.log_in()
    assert (await other.code(app.at(strict.clock.now()))).status_code == 422, "the same code a second time"
    assert not await other.is_in()


async def test_the_code_page_is_nothing_without_the_password(strict: House) -> None:
    _, app = await strict.enrolled()
    browser = strict.browser()
    assert (await browser.get("/desk/login/code")).headers["location"] == "/desk/login"
    await browser.get("/desk/login")
    direct = await browser.post("/desk/login/code", code=app.at(strict.clock.now()))
    assert direct.headers["location"] == "/desk/login"
    assert not await browser.is_in()
    await browser.log_in()
    strict.clock.move(timedelta(minutes=10))
    assert (await browser.get("/desk/login/code")).headers["location"] == "/desk/login", "too late"


async def test_a_first_log_in_enrols_where_it_is_obligatory(strict: House) -> None:
    await strict.agent()
    browser = strict.browser()
    led = await browser.log_in(after="/desk/act")
    assert led.headers["location"] == "/desk/second-factor?next=%2Fdesk%2Fact"
    assert (await browser.get("/desk/profile")).status_code == 303, "not before it is enrolled"
    page = await browser.get(led.headers["location"])
    assert "<svg" in page.text
    assert (await browser.get(led.headers["location"])).text == page.text, "looked at twice it is the same"
    secret = browser.secret
    assert (await browser.post("/desk/second-factor", code="123", next="/desk")).status_code == 422
    from pyotp.totp import TOTP

    done = await browser.post("/desk/second-factor", code=TOTP(secret).at(strict.clock.now()), next="/desk/act")
    assert done.status_code == 200
    codes = browser.recovery_codes
    assert len(codes) == 8
    assert 'href="/desk/act"' in done.text
    assert await browser.is_in()
    strict.clock.move(timedelta(minutes=5))
    other = strict.browser()
    assert (await other.log_in()).headers["location"] == "/desk/login/code"
    assert (await other.code(codes[0])).status_code == 303
    assert await other.is_in()
    third = strict.browser()
    await third.log_in()
    assert (await third.code(codes[0])).status_code == 422, "a recovery code opens once"
    whats = [line.what for line in await strict.trail()]
    assert whats.count("second_factor_enrolled") == 1
    assert whats.count("logged_in") == 2


async def test_what_another_browser_was_offered_isnt_what_is_enrolled(strict: House) -> None:
    """Somebody who knew the first password could have looked at the secret beforehand."""
    await strict.agent()
    thief, ola = strict.browser(), strict.browser()
    for browser in (thief, ola):
        await browser.log_in()
        await browser.get("/desk/second-factor")
    assert thief.secret != ola.secret


@each_row
async def test_a_log_in_leads_nowhere_else(house: House, after: str) -> None:
    await house.agent()
    browser = house.browser()
    assert 'name="next" value="/desk"' in (await browser.http.get("/desk/login", params={"next": after})).text
    assert (await browser.log_in(after=after)).headers["location"] == "/desk"
    assert not any(name == "a" for name in browser.cookies)
    assert (await browser.http.get("/desk/login", params={"next": after})).headers["location"] == "/desk"


async def test_a_token_brought_along_is_never_a_session(house: House) -> None:
    """Fixation: who puts a cookie into another's browser doesn't know the token after the log-in."""
    await house.agent()
    browser, planted = house.browser(), "A" * 43
    for name in ("okienko_desk", "okienko_desk_half", "okienko_desk_visitor"):
        browser.http.cookies.set(name, planted, domain="testserver")
    await browser.log_in()
    session = [cookie.value for cookie in browser.http.cookies.jar if cookie.name == "okienko_desk"]
    assert any(value != planted for value in session)
    thief = house.browser()
    thief.http.cookies.set("okienko_desk", planted, domain="testserver")
    assert not await thief.is_in()


async def test_cookies_over_https(strict: House) -> None:
    _, app = await strict.enrolled()
    browser = strict.browser()
    answers = [await browser.get("/desk/login"), await browser.log_in(), await browser.code(app.at(strict.clock.now()))]
    for answer in answers:
        for cookie in answer.headers.get_list("set-cookie"):
            if re.match(r"__Secure-okienko_desk_device_\w{16}=", cookie):
                continue  # of these pages only: test_known_browsers.py
            assert re.match(r"__Host-okienko_desk\w*=", cookie)
            assert {"HttpOnly", "Path=/", "SameSite=strict", "Secure"} <= set(cookie.split("; "))
            assert "Domain" not in cookie


async def test_the_log_in_form_is_this_browsers(house: House) -> None:
    """Else another site could log a browser in as somebody else."""
    await house.agent()
    browser, other = house.browser(), house.browser()
    await browser.get("/desk/login")
    await other.get("/desk/login")
    for token in (other.csrf, "", "x" * 43):
        sent = {"csrf": token, "login": "ola", "password": "right"}
        assert (await browser.http.post("/desk/login", data=sent)).status_code == 403
    foreign = await browser.post(
        "/desk/login", headers={"origin": "https://evil.example"}, login="ola", password="right"
    )
    assert foreign.status_code == 403
    assert not await browser.is_in()


async def test_whoever_isnt_there_reads_the_same(house: House) -> None:
    await house.agent()
    out = await house.agent("out")
    await house.store.write(lambda c: agent_accounts.disable(c, out.id, house.clock.now()))
    pages: set[str] = set()
    for login in ("ola", "out", "nob"):
        browser = house.browser(f"203.0.113.{len(login)}")
        answer = await browser.log_in(login, "wrong")
        for n in range(12):
            answer = await browser.log_in(login, "wrong") if n else answer
            assert answer.status_code == (422 if n < 10 else 429), (login, n)
            pages.add(re.sub(r'value="[^"]*"', "", answer.text))
        assert int(answer.headers["retry-after"]) == 900
    assert len(pages) == 2


@pytest.mark.parametrize("login", ["<img src=x onerror=alert(1)>", '"><script>', "a" * 5000, "\u202eola", "\x00"])
async def test_an_odd_login_is_shown_as_text(house: House, login: str) -> None:
    answer = await house.browser().log_in(login, "wrong")
    assert answer.status_code == 422
    assert "<img src=x" not in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"x=" + b"a" * 70_000, "application/x-www-form-urlencoded", 413),
        (b"{}", "application/json", 415),
        (b"\xff\xfe", "application/x-www-form-urlencoded", 422),
        (b"&".join(b"a=1" for _ in range(500)), "application/x-www-form-urlencoded", 422),
    ],
)
async def test_what_is_no_form_is_turned_away(house: House, body: bytes, kind: str, status: int) -> None:
    browser = house.browser()
    await browser.get("/desk/login")
    answer = await browser.http.post("/desk/login", content=body, headers={"content-type": kind, "accept": "text/html"})
    assert answer.status_code == status
    assert "<h1>" in answer.text


@pytest.mark.parametrize("path", ["/desk/login", "/desk/password/x", "/desk"])
async def test_headers(strict: House, path: str) -> None:
    answer = await strict.browser().get(path)
    policy = answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert (answer.headers["cache-control"], answer.headers["x-robots-tag"]) == ("no-store", "noindex")
    assert "desk.example" in answer.text or answer.status_code == 303
