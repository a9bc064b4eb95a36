"""The zone over REST: consents given and taken back, a password changed by letter, a log-out that is one."""

from pathlib import Path

import pytest

from tests.desk.databases import desks_on, on_each_database
from tests.desk.post_office import post_office
from tests.desk.scripted import Person, Scripted
from tests.kit.talks import says


@on_each_database
async def test_what_is_settled_in_the_zone(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    profile = Path("profiles/konto_insert")
    ways = ("start:sign_up", "product:nexo", "statement:accept", "contact_forms:email")
    async with post_office() as office, desks_on(database, request, tmp_path, office, profile=profile) as desks:
        scripted = await Scripted(desks.all, Person(ways=ways)).run()
        customer = scripted.customer
        await customer.say("zone:my_account")
        assert customer.buttons == ["zone:contacts", "zone:settings", "zone:home"]
        await customer.say("zone:settings")
        assert {"zone:password", "zone:export", "zone:erase", "zone:log_out", "zone:home"} <= set(customer.buttons)
        await customer.say("/back")
        assert "zone:add_company" in customer.buttons, "home again"

        await customer.say("zone:password")
        assert customer.said[-1].startswith("Wysyłam na ")
        letter = (await desks.all.outbox(scripted.person.email))[-1]
        scripted.person.password = "Cztery-nowe-parasole-8"
        assert (await scripted.submit(letter["links"][0])).status_code in (200, 303)

        await customer.say("zone:log_out")
        assert customer.at == "account.start"
        again = await Scripted(desks.all, Person(ways=("start:log_in",), email=scripted.person.email)).run(
            "secure_page"
        )
        assert (await again.submit(again.customer.link("secure_page")["href"])).status_code == 422, "the old password"
        again.person.password = scripted.person.password
        await again.run()
        assert again.customer.custom["heading"] == "Pracownia Bursztyn sp. z o.o."


@on_each_database
async def test_a_consent_is_given_and_taken_back(database: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    async with post_office() as office, desks_on(database, request, tmp_path, office) as desks:
        scripted = await Scripted(desks.all, Person()).run("payment")
        customer = scripted.customer
        await desks.all.pay(customer.link("payment")["id"])
        for notice in office.notices():
            await office.bring(notice)
        await customer.settled()
        await scripted.run()

        async def standing() -> dict[str, bool]:
            card = await desks.all.card(scripted.person.email)
            return {consent["id"]: consent["withdrawn_at"] is None for consent in card["consents"]}

        assert "marketing_email" not in await standing()
        for wanted in (True, False):
            await customer.say("zone:consents")
            assert customer.expects == "consents"
            await says(customer, "consents:toggle:marketing_email", "consents:done")
            assert customer.at == "zone.zone"
            assert (await standing())["marketing_email"] is wanted
        assert (await standing())["privacy"] is True


@on_each_database
async def test_another_email_takes_the_place_of_the_first_once_it_is_proven(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    profile = Path("profiles/konto_insert")
    ways = ("start:sign_up", "product:nexo", "statement:accept", "contact_forms:email")
    async with post_office() as office, desks_on(database, request, tmp_path, office, profile=profile) as desks:
        scripted = await Scripted(desks.all, Person(ways=ways)).run()
        customer, old, new = scripted.customer, scripted.person.email, "nowa.skrzynka@example.com"
        await customer.say("zone:contacts")
        assert old in customer.said[-1]
        await says(customer, "edit:email", new)
        assert customer.at == "zone.zone"
        assert await desks.all.card(new) is None, "nothing is changed yet"

        link = (await desks.all.outbox(new))[-1]["links"][0]
        assert (await desks.all.http.post(link, data={"password": "nie to hasło"})).status_code == 422
        assert (await desks.all.http.post(link, data={"password": scripted.person.password})).status_code == 200
        assert (await desks.all.http.post(link, data={"password": scripted.person.password})).status_code == 410
        await customer.settled()
        assert new in customer.said[-1]

        assert (await desks.all.card(new))["user_name"] == new
        assert await desks.all.card(old) is None, "free for others"
        assert [letter["subject"] for letter in await desks.all.outbox(old)][-1].startswith("Adres e-mail konta zmien")
        scripted.person.email = new
        await customer.say("zone:log_out")
        again = await Scripted(desks.all, Person(ways=("start:log_in",), email=new)).run("secure_page")
        again.person.password = scripted.person.password
        await again.run()
        assert again.customer.at == "zone.zone"
