"""A new password or e-mail ends the account's other log-ins and nothing else; so does a wish from the zone."""

import pytest

from tests.desk.databases import on_each_database
from tests.desk.running import Customer, Running
from tests.desk.scripted import PASSWORD, Person, Scripted, logs_in_again, until
from tests.kit.log_ins import NEW, log_in, new_password, resets
from tests.kit.talks import says

pytestmark = pytest.mark.replicated


async def told(desk: Running, email: str, subject: str) -> None:
    """The letter leaves in the background; it leads nowhere."""

    async def is_there() -> bool:
        return any(subject in one["subject"] and not one["links"] for one in await desk.outbox(email))

    await until(is_there)


async def is_out(customer: Customer, email: str) -> None:
    """The other conversations are told in turns of their own, soon after."""

    async def is_told() -> bool:
        await customer.look()
        return "logged out" in customer.said[-1]

    await until(is_told)
    for wish in ("zone:my_account", "zone:my_data", "zone:export"):
        await customer.say(wish)
        assert email not in customer.said[-1]
        assert customer.custom["dialog"] != "zone"


@on_each_database
@pytest.mark.stage("paid")
async def test_a_reset_ends_all_other_log_ins_and_the_owner_is_told(desk: Running, buyer: Scripted) -> None:
    email = buyer.person.email
    thief = await log_in(desk, email)
    await thief.say("zone:export")
    page = thief.link("secure_page")["href"]
    await resets(desk, email)
    await is_out(thief, email)
    assert (await desk.http.get(page)).status_code == 410
    await told(desk, email, "Hasło do konta zmienione")
    await buyer.customer.look()
    assert buyer.customer.custom["dialog"] == "account"
    await log_in(desk, email, buyer.customer, NEW)
    assert buyer.customer.custom["dialog"] == "zone"
    assert len((await desk.card(email))["orders"]) == 1


@pytest.mark.stage("order.method")
async def test_an_order_under_way_goes_on_after_the_log_in(desk: Running, buyer: Scripted) -> None:
    email, customer = buyer.person.email, buyer.customer
    stood = customer.at
    await resets(desk, email)
    await customer.settled()
    assert customer.custom["dialog"] == "account"
    await log_in(desk, email, customer, NEW)
    buyer.person.password = NEW
    await buyer.run(stood)
    assert customer.at == stood
    await buyer.run()
    assert [one["status"] for one in (await desk.card(email))["orders"]] == ["paid"]


@pytest.mark.stage("paid")
async def test_a_password_changed_in_the_zone_ends_all_but_the_chat_that_asked(desk: Running, buyer: Scripted) -> None:
    email = buyer.person.email
    other = await log_in(desk, email)
    await buyer.customer.say("zone:password")
    await new_password(desk, buyer.customer, email)
    assert buyer.customer.custom["dialog"] == "zone"
    await is_out(other, email)


@pytest.mark.stage("paid")
async def test_another_e_mail_ends_all_but_the_chat_that_asked(desk: Running, buyer: Scripted) -> None:
    email, new = buyer.person.email, "nowy.adres@example.com"
    other = await log_in(desk, email)
    await says(buyer.customer, "edit:email", new)
    assert (await buyer.customer.submit((await desk.outbox(new))[-1]["links"][0], password=PASSWORD)).status_code == 200
    await buyer.customer.settled()
    assert buyer.customer.custom["dialog"] == "zone"
    await is_out(other, email)
    await told(desk, email, "Adres e-mail konta zmieniony")


@on_each_database
@pytest.mark.stage("paid")
async def test_logged_out_everywhere_from_the_zone(desk: Running, buyer: Scripted) -> None:
    email = buyer.person.email
    other = await log_in(desk, email)
    here = await Scripted(desk, Person(ways=("start:log_in",), email=email)).run()
    await says(here.customer, "zone:settings", "zone:log_out_everywhere")
    assert here.customer.at == "account.start"
    await is_out(other, email)
    await buyer.customer.look()
    assert buyer.customer.at == "account.start"
    assert "skończyły się 3\xa0logowania" in here.customer.said[-1]


@on_each_database
@pytest.mark.stage("paid")
async def test_the_others_are_logged_out_in_words_and_this_one_stays(desk: Running, buyer: Scripted) -> None:
    email, here = buyer.person.email, buyer.customer
    others = [await log_in(desk, email), await log_in(desk, email)]
    await here.say("wyloguj wszystkie inne urządzenia")
    assert "Zakończono 2\xa0inne logowania" in here.said[-1]
    for other in others:
        await is_out(other, email)
    await here.say("zone:my_account")
    assert here.at == "zone.zone"


@on_each_database
@pytest.mark.stage("paid")
async def test_a_log_in_ends_by_its_age_and_after_silence_password_is_asked_for(desk: Running, buyer: Scripted) -> None:
    email, customer = buyer.person.email, buyer.customer
    await desk.advance(30 * 60)
    await customer.say("zone:einvoice")
    assert customer.at == "zone.zone", "nothing private"
    await customer.say("zone:methods")
    assert (await desk.card(email))["conversations"] == [], "the log-in has ended on the server"
    await customer.say("zone:my_data")
    assert customer.custom["dialog"] == "account"
    await logs_in_again(customer, email)
    assert customer.at == "zone.method", "what was asked for first is shown"

    await desk.advance(30 * 24 * 3600)
    await customer.say("zone:my_account")
    assert email not in customer.said[-1]
    assert (await desk.card(email))["conversations"] == []
    await logs_in_again(customer, email)
    assert "FS/" in customer.said[-1]
