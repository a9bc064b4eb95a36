"""Who comes through the door, and what is turned away."""

from datetime import timedelta

import pytest

from bot.handlers.console.cookies import MOST_DEVICES
from bot.web.flood import Flood, FloodRules
from services.agents import agent_accounts, password_links, sessions
from services.agents.log_in import PER_DEVICE, PER_LOGIN
from tests.bot.handlers.console.house import Browser, House
from tests.kit.rows import each_row
from tests.services.databases import NOW


async def test_whoever_isnt_logged_in_is_led_to_the_log_in_and_back(house: House) -> None:
    await house.agent()
    browser = house.browser()
    led = await browser.get("/desk/act?of=c1&x=a%20b")
    assert led.status_code == 303
    assert led.headers["location"] == "/desk/login?next=%2Fdesk%2Fact%3Fof%3Dc1%26x%3Da%2520b"
    assert 'name="next" value="/desk/act?of=c1&amp;x=a%20b"' in (await browser.get(led.headers["location"])).text
    back = await browser.post("/desk/login", login="ola", password="right", next="/desk/act?of=c1&x=a%20b")
    assert (back.status_code, back.headers["location"]) == (303, "/desk/act?of=c1&x=a%20b")
    assert (await browser.get("/desk/act")).text == "done"


@each_row
async def test_a_script_is_told_by_a_status(house: House, headers: dict[str, str], redirect: str | None) -> None:
    """And its page, not the part of it that it asked for, is where the log-in leads on to."""
    answer = await house.browser().http.get("/desk/act", headers=headers)
    assert (answer.status_code, answer.json()) == (401, {"error": "not_signed_in"})
    assert answer.headers.get("hx-redirect") == redirect


async def test_a_link_from_a_mail_comes_once_more_from_our_own_page(house: House) -> None:
    """The strict cookie doesn't come with it, whoever is logged in."""
    answer = await house.browser().get("/desk/act?of=c1", sec_fetch_site="cross-site", sec_fetch_mode="navigate")
    assert answer.status_code == 200
    assert '<meta http-equiv="refresh" content="0; url=/desk/act?of=c1">' in answer.text


async def test_roles(house: House) -> None:
    await house.agent("ola")
    await house.agent("szef", "supervisor")
    await house.agent("admin", "admin")
    for login, status in (("ola", 403), ("szef", 200), ("admin", 200)):
        browser = house.browser()
        await browser.log_in(login)
        assert (await browser.get("/desk/funnel")).status_code == status
        assert (await browser.get("/desk/funnel", accept="application/json")).status_code == status
    assert {call["who"] for call in house.calls} == {"szef", "admin"}


@pytest.mark.parametrize("sent", [{"csrf": ""}, {"csrf": "x" * 43}, {"csrf": "ż" * 43}, {}])
async def test_a_form_without_the_sessions_token_changes_nothing(house: House, sent: dict[str, str]) -> None:
    browser = await house.inside()
    answer = await browser.http.post("/desk/act", data={**sent, "of": "c1"}, headers={"origin": house.url})
    assert answer.status_code == 403
    assert house.calls == []


async def test_a_token_of_another_session_is_worth_nothing(house: House) -> None:
    await house.agent("ola")
    await house.agent("jan")
    ola, jan = house.browser(), house.browser()
    await ola.log_in("ola")
    await jan.log_in("jan")
    await jan.get("/desk")
    stolen = jan.csrf
    await ola.get("/desk")
    assert (await ola.post("/desk/act", csrf=stolen)).status_code == 403
    before = ola.csrf
    assert (await ola.post("/desk/act", csrf=before, of="c1")).status_code == 200
    await ola.log_in("ola")
    assert (await ola.http.post("/desk/act", data={"csrf": before})).status_code == 403, "nor one of an earlier log-in"
    assert [call["of"] for call in house.calls] == ["c1"]


@each_row
async def test_form_of_another_site_changes_nothing_though_it_has_token(house: House, headers: dict[str, str]) -> None:
    browser = await house.inside()
    await browser.get("/desk")
    assert (await browser.post("/desk/act", headers=headers)).status_code == 403
    assert house.calls == []


async def test_a_script_sends_the_token_as_a_header(house: House) -> None:
    browser = await house.inside()
    await browser.get("/desk")
    for token, status in ((browser.csrf, 200), ("x" * 43, 403)):
        answer = await browser.http.post("/desk/act", data={"of": "c1"}, headers={"okienko-csrf": token})
        assert answer.status_code == status
    assert house.calls == [{"who": "ola", "of": "c1"}]


async def test_what_cant_be_undone_wants_a_log_in_of_ten_minutes_ago_at_most(house: House) -> None:
    browser = await house.inside()
    house.clock.move(timedelta(minutes=10))
    await browser.get("/desk")
    assert (await browser.post("/desk/erase")).status_code == 200
    house.clock.move(timedelta(seconds=1))
    led = await browser.post("/desk/erase", headers={"referer": f"{house.url}/desk/act?of=c1"})
    assert led.headers["location"] == "/desk/login?next=%2Fdesk%2Fact%3Fof%3Dc1&again=1"
    assert (await browser.http.post("/desk/erase", headers={"okienko-csrf": browser.csrf})).status_code == 403
    old = browser.cookies["okienko_desk"]
    await browser.log_in()
    assert browser.cookies["okienko_desk"] != old
    await browser.get("/desk")
    assert (await browser.post("/desk/erase")).status_code == 200
    found = await house.store.read(lambda c: sessions.find(c, old, house.clock.now()))
    assert found is None, "the session before has ended"


async def test_a_forgotten_screen_logs_itself_out_whatever_its_scripts_ask(house: House) -> None:
    browser = await house.inside()
    for _ in range(3):
        house.clock.move(timedelta(minutes=9))
        assert (await browser.get("/desk/events")).status_code == 200
    house.clock.move(timedelta(minutes=3))
    assert (await browser.get("/desk/events")).status_code == 303
    assert not await browser.is_in()


async def test_whoever_works_stays_in_for_twelve_hours(house: House) -> None:
    browser = await house.inside()
    for _ in range(12 * 3 - 1):
        house.clock.move(timedelta(minutes=20))
        assert await browser.is_in()
    house.clock.move(timedelta(minutes=20))
    assert not await browser.is_in()


async def test_disabled_is_out_with_the_next_request(house: House) -> None:
    agent, browser = await house.agent(), house.browser()
    await browser.log_in()
    assert await browser.is_in()
    await house.store.write(lambda c: agent_accounts.disable(c, agent.id, NOW))
    assert not await browser.is_in()
    await house.store.write(lambda c: agent_accounts.enable(c, agent.id))
    assert not await browser.is_in()


async def test_a_flood_is_slowed_down(house: House) -> None:
    house.flood = Flood(FloodRules(session="3/minute", address="1000/minute"))
    house.__post_init__()
    browser = await house.inside()
    answers = [await browser.get("/desk") for _ in range(5)]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 2
    assert int(answers[-1].headers["retry-after"]) > 0


@pytest.mark.parametrize("cookie", ["", "x", "x" * 43, "'; DROP TABLE agent", "\u017b" * 43])
async def test_made_up_cookies_are_nobody(house: House, cookie: str) -> None:
    raw = [(b"cookie", f"okienko_desk={cookie}".encode())]
    assert (await house.browser().http.get("/desk", headers=raw)).status_code == 303


# --- browsers in which an agent has once logged in: what they carry, and how little it is worth ---


async def test_a_browser_that_was_in_isnt_kept_waiting_by_strangers(strict: House) -> None:
    _, app = await strict.enrolled()
    await strict.agent("jan")
    mine, new, stranger = strict.browser("203.0.113.1"), strict.browser("203.0.113.2"), strict.browser("203.0.113.3")
    await mine.log_in()
    assert not devices_of(mine), "half of it is nothing yet"
    await mine.code(app.at(NOW))
    (token,) = devices_of(mine).values()
    for _ in range(PER_LOGIN.n):
        assert (await stranger.log_in(password="wrong")).status_code == 422
    assert (await stranger.log_in()).status_code == 429
    assert (await new.log_in()).status_code == 429
    assert (await mine.log_in("OLA")).headers["location"] == "/desk/login/code", "of anew"
    strict.clock.move(timedelta(minutes=1))
    set_by = await mine.code(app.at(strict.clock.now()))
    (header,) = [value for value in set_by.headers.get_list("set-cookie") if "device" in value]
    name, _, attributes = header.partition("=")
    assert name.startswith("__Secure-okienko_desk_device_")
    assert "ola" not in header
    found = {part.strip().lower() for part in attributes.split(";")[1:]}
    assert found == {*("path=/desk", "httponly", "secure", "samesite=strict", f"max-age={180 * 24 * 3600}")}
    assert token not in devices_of(mine).values(), "each log-in brings another"
    for name, value in devices_of(mine).items():  # whoever copies it has tries, and no more than that
        new.http.cookies.set(name, value, domain="desk.example", path="/desk")
    for _ in range(PER_DEVICE.n):
        assert (await new.log_in(password="wrong")).status_code == 422
    assert (await new.log_in()).status_code == 429
    assert (await new.log_in("jan")).headers["location"] == "/desk/second-factor", "another's login isn't its affair"


async def test_a_password_set_by_link_or_by_oneself_makes_the_browser_known(house: House) -> None:
    agent, link = await house.agent(), "l" * 43
    await house.store.write(lambda c: password_links.issue(c, token=link, agent_id=agent.id, now=house.clock.now()))
    browser, stranger = house.browser("203.0.113.1"), house.browser("203.0.113.3")
    for _ in range(PER_LOGIN.n):
        await stranger.log_in(password="wrong")
    await browser.get(f"/desk/password/{link}")
    first, second = "a first long enough one", "a second long enough one"
    assert (await browser.post(f"/desk/password/{link}", password=first, password_repeat=first)).status_code == 200
    assert (await browser.log_in(password=first)).status_code == 303
    before = devices_of(browser)
    await browser.get("/desk/profile")
    changed = await browser.post("/desk/profile/password", old_password=first, password=second, password_repeat=second)
    assert changed.status_code == 303
    assert await browser.is_in()
    assert (await browser.log_in(password=second)).status_code == 303
    assert before.keys() == devices_of(browser).keys()
    await house.store.write(lambda c: agent_accounts.set_password(c, agent.id, "hash of right"))
    assert (await browser.log_in()).status_code == 429, "under another password it is a stranger's"


async def test_a_browser_is_known_for_few_logins(house: House) -> None:
    browser = house.browser()
    for n in range(MOST_DEVICES + 3):
        await house.agent(f"agent{n}")
        await browser.log_in(f"agent{n}")
        assert len(devices_of(browser)) == min(n + 1, MOST_DEVICES)


def devices_of(browser: Browser) -> dict[str, str]:
    return {name: value for name, value in browser.cookies.items() if "_device_" in name}
