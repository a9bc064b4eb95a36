"""Browsers in which an agent has once logged in: what they carry, and how little it is worth."""

from datetime import timedelta

from bot.handlers.console.cookies import MOST_DEVICES
from services.agents import agent_accounts, password_links
from services.agents.log_in import PER_DEVICE, PER_LOGIN
from tests.bot.handlers.console.house import Browser, House
from tests.services.databases import NOW


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
    assert {part.strip().lower() for part in attributes.split(";")[1:]} == {
        *("path=/desk", "httponly", "secure", "samesite=strict", f"max-age={180 * 24 * 3600}"),
    }
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
