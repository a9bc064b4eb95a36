"""One's own password, language, second factor and log-ins; and the link that sets a first password."""

import asyncio
import re
from datetime import timedelta

from pyotp.totp import TOTP

from services.agents import agent_accounts, password_links, telegram
from tests.bot.handlers.console.house import House
from tests.kit.rows import each_row
from tests.services.databases import NOW

NEW = "Dwa-rowery-i-hulajnoga"


async def test_a_new_password_logs_all_others_out_and_gives_a_new_token(house: House) -> None:
    await house.agent()
    mine, other = house.browser(), house.browser()
    await mine.log_in()
    await other.log_in()
    before = mine.cookies["okienko_desk"]
    await mine.get("/desk/profile")
    done = await mine.post("/desk/profile/password", old_password="right", password=NEW, password_repeat=NEW)
    assert done.headers["location"] == "/desk/profile?done=password"
    assert await mine.is_in()
    assert mine.cookies["okienko_desk"] != before
    assert not await other.is_in()
    assert (await other.log_in(password="right")).status_code == 422
    assert (await other.log_in(password=NEW)).status_code == 303


@each_row
async def test_a_password_that_wont_do_changes_nothing(house: House, old: str, new: str, again: str) -> None:
    browser = await house.inside()
    await browser.get("/desk/profile")
    answer = await browser.post("/desk/profile/password", old_password=old, password=new, password_repeat=again)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert (await house.browser().log_in(password="right")).status_code == 303


async def test_an_open_screen_isnt_enough_to_guess_the_password(house: House) -> None:
    browser = await house.inside()
    await browser.get("/desk/profile")
    for n in range(11):
        answer = await browser.post("/desk/profile/password", old_password="wrong", password=NEW, password_repeat=NEW)
        assert answer.status_code == (422 if n < 10 else 429)


async def test_a_language_is_kept(house: House) -> None:
    browser = await house.inside()
    await browser.get("/desk/profile")
    await browser.post("/desk/profile/language", locale="it")
    assert '<html lang="it">' in (await browser.get("/desk")).text
    await browser.post("/desk/profile/language", locale="<script>")
    assert '<html lang="it">' in (await browser.get("/desk", accept_language="en")).text


async def test_everywhere_is_everywhere(house: House) -> None:
    await house.agent()
    await house.agent("jan")
    mine, other, jan = house.browser(), house.browser(), house.browser()
    for browser, login in ((mine, "ola"), (other, "ola"), (jan, "jan")):
        await browser.log_in(login)
    await mine.get("/desk/profile")
    assert (await mine.post("/desk/logout/everywhere")).headers["location"] == "/desk/login"
    assert [await browser.is_in() for browser in (mine, other, jan)] == [False, False, True]


async def test_whoever_wants_a_second_factor_gets_one(house: House) -> None:
    browser = await house.inside()
    await browser.get("/desk/second-factor?next=/desk/profile")
    app = TOTP(browser.secret)
    assert (await browser.post("/desk/second-factor", code=app.at(house.clock.now()))).status_code == 200
    assert await browser.is_in()
    assert (await browser.get("/desk/second-factor")).status_code == 303, "one is enough"
    house.clock.move(timedelta(minutes=1))
    assert (await browser.log_in()).headers["location"] == "/desk/login/code"


async def test_a_second_factor_is_set_up_soon_after_a_log_in_only(house: House) -> None:
    browser = await house.inside()
    house.clock.move(timedelta(minutes=11))
    led = await browser.get("/desk/second-factor")
    assert led.headers["location"] == "/desk/login?next=%2Fdesk%2Fsecond-factor&again=1"


async def test_new_recovery_codes_end_the_old(strict: House) -> None:
    _, app = await strict.enrolled()
    browser = strict.browser()
    await browser.log_in()
    await browser.code(app.at(strict.clock.now()))
    await browser.get("/desk/profile")
    await browser.post("/desk/profile/recovery-codes")
    first = browser.recovery_codes
    await browser.get("/desk/profile")
    await browser.post("/desk/profile/recovery-codes")
    second = browser.recovery_codes
    assert len(first) == len(second) == 8
    await browser.log_in()
    assert (await browser.code(first[0])).status_code == 422
    assert (await browser.code(second[0])).status_code == 303
    assert "7" in (await browser.get("/desk/profile")).text


async def test_a_link_sets_a_password_once(house: House) -> None:
    agent, token = await house.agent(), "L" * 43
    await house.store.write(lambda c: password_links.issue(c, token=token, agent_id=agent.id, now=house.clock.now()))
    old = house.browser()
    await old.log_in()
    browser = house.browser()
    for _ in range(3):
        assert (await browser.get(f"/desk/password/{token}")).status_code == 200
    assert (await browser.http.head(f"/desk/password/{token}")).status_code == 200
    way = f"/desk/password/{token}"
    ours = {"sec-fetch-site": "same-origin", "origin": "null"}
    refused = await browser.http.post(way, data={"password": "short", "password_repeat": "short"}, headers=ours)
    assert refused.status_code == 422
    foreign = await browser.http.post(
        way, data={"password": NEW, "password_repeat": NEW}, headers={"sec-fetch-site": "cross-site", "origin": "null"}
    )
    assert foreign.status_code == 403
    done = await browser.http.post(way, data={"password": NEW, "password_repeat": NEW}, headers=ours)
    assert done.status_code == 200
    assert all("okienko_desk_device_" in cookie for cookie in done.headers.get_list("set-cookie"))
    assert not await browser.is_in(), "a link logs nobody in"
    assert (await browser.http.post(way, data={"password": NEW, "password_repeat": NEW})).status_code == 410
    assert not await old.is_in()
    assert (await browser.log_in(password=NEW)).status_code == 303


async def test_of_many_that_use_a_link_at_once_one_has_set_the_password(house: House) -> None:
    agent, token = await house.agent(), "L" * 43
    await house.store.write(lambda c: password_links.issue(c, token=token, agent_id=agent.id, now=house.clock.now()))

    async def post(n: int) -> int:
        mine = f"{NEW}-{n}"
        sent = {"password": mine, "password_repeat": mine}
        return (await house.browser().http.post(f"/desk/password/{token}", data=sent)).status_code

    answers = await asyncio.gather(*(post(n) for n in range(8)))
    assert sorted(answers) == [200] + [410] * 7
    assert (await house.browser().log_in(password=f"{NEW}-{answers.index(200)}")).status_code == 303


async def test_links_that_dont_open_are_all_alike(house: House) -> None:
    agent, out = await house.agent(), await house.agent("out")
    now = house.clock.now()
    for token, whose in (("old", agent.id), ("disabled", out.id)):
        await house.store.write(lambda c, t=token, w=whose: password_links.issue(c, token=t, agent_id=w, now=now))
    await house.store.write(lambda c: agent_accounts.disable(c, out.id, now))
    house.clock.move(timedelta(hours=24))
    pages = [await house.browser().get(f"/desk/password/{token}") for token in ("old", "disabled", "never", "%00")]
    assert {page.status_code for page in pages} == {410}
    assert len({page.text for page in pages}) == 1


async def test_a_code_for_the_telegram_group_is_shown_once_and_is_the_agents(house: House) -> None:
    agent, browser = await house.agent(), house.browser()
    await browser.log_in()
    assert "/desk/profile/telegram" in (await browser.get("/desk/profile")).text
    (code,) = re.findall(r"<li>/join (\S{22})</li>", (await browser.post("/desk/profile/telegram")).text)
    joined = await house.store.write(lambda c: telegram.join(c, code=code, telegram_id=7, now=NOW))
    assert joined is not None
    assert joined.id == agent.id
    assert await house.store.write(lambda c: telegram.join(c, code=code, telegram_id=8, now=NOW)) is None
    assert code not in str(await house.trail())
