"""One customer on web and Telegram: the conversation goes on there at the same step, by a link that works once."""

from pathlib import Path

import pytest

from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running
from tests.desk.scripted import Person, Scripted, until
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk
from tests.desk.test_own_data import held
from tests.desk.test_renewal_unasked import on_the_web


def token_of(href: str) -> str:
    return href.rpartition("start=")[2]


async def channels(desk: Running, email: str) -> list[str]:
    return sorted(one["channel"] for one in (await desk.card(email))["conversations"])


async def test_an_order_begun_on_telegram_is_paid_on_the_web_and_both_hear_of_it(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        scripted = await Scripted(desk, Person()).run("payment")
        email = scripted.person.email
        await scripted.customer.say("/elsewhere")
        assert scripted.customer.at == "zone.go_on"
        ways = {link["rel"]: link["href"] for link in scripted.customer.custom["links"]}
        assert sorted(ways) == ["telegram", "web"]
        chat = Chat(api, desk, 88001)
        await chat.say(f"/start {token_of(ways['telegram'])}")
        await chat.reads(f"Zalogowano jako {email}")

        async def told() -> bool:
            await scripted.customer.settled()
            return "Telegram" in scripted.customer.said[-1] and scripted.customer.at != "zone.go_on"

        await until(told)
        assert scripted.customer.expects == "payment", "the first conversation goes on, too"

        await chat.say("/elsewhere")
        await chat.sees(lambda: any("/chat?start=" in text for text in chat.texts))
        address = next(text for text in reversed(chat.texts) if "/chat?start=" in text)
        web = on_the_web(desk)
        await web.say(f"/start {address.partition('start=')[2].split()[0]}")
        assert (web.at.partition(".")[0], web.expects) == ("payment", "payment")
        assert await channels(desk, email) == ["rest", "telegram", "web"]

        payment = web.link("payment")
        assert payment["id"] == (await desk.card(email))["payments"][0]["id"]
        await desk.pay(payment["id"])
        await scripted.customer.settled()
        await chat.reads("Opłacone")

        async def paid_on_the_web() -> bool:
            await web.look()
            return web.expects != "payment"

        await until(paid_on_the_web)
        card = await desk.card(email)
        assert [order["status"] for order in card["orders"]] == ["paid"]
        assert len(card["payments"]) == 1
        await web.http.aclose()


async def offered(customer: Customer, payload: str) -> bool:
    await customer.look()
    return payload in customer.buttons


async def is_at(customer: Customer, step: str) -> bool:
    await customer.look()
    return customer.at == step


@on_each_database
@pytest.mark.replicated
async def test_the_link_works_once_for_minutes_and_its_opener_can_be_logged_out(desk: Running) -> None:
    scripted = await Scripted(desk, Person()).run("tax_number")
    customer = scripted.customer
    await customer.say("/elsewhere")
    token = token_of(customer.link("web")["href"])
    await customer.say("go_on:here")
    assert customer.expects == "tax_number"

    thief, late = desk.customer(), desk.customer()
    await thief.say(f"/start {token}")
    assert thief.expects == "tax_number"
    await late.say(f"/start {token}")
    assert late.at == "account.start", "it was opened already"
    await until(lambda: offered(customer, "/elsewhere close"))

    await customer.say("/elsewhere close")
    await until(lambda: is_at(thief, "account.start"))
    assert len((await desk.card(scripted.person.email))["conversations"]) == 1

    await customer.say("/elsewhere")
    token = token_of(customer.link("web")["href"])
    await desk.advance(601)
    await late.say(f"/start {token}")
    assert late.at == "account.start", "its minutes are over"

    assert token not in await held(desk)
