"""The customer zone over REST, held against the card; wrong answers, and what comes of three of them.

Consents given and taken back, a password changed by letter, a log-out that is one."""

from pathlib import Path

import pytest

from tests.desk.databases import desks_on, on_each_database
from tests.desk.post_office import post_office
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted, bought, only, until
from tests.kit.talks import says


@pytest.mark.stage("paid", method="card")
async def test_renewal_method_and_data_are_changed_in_the_zone(desk: Running, buyer: Scripted) -> None:
    customer, email = buyer.customer, buyer.person.email
    offered = {"zone:my_account", "zone:einvoice", "zone:my_data", "zone:renewal", "zone:methods"}
    assert offered <= set(customer.buttons)
    for page in sorted(offered | {"zone:home"}):
        await customer.say(page)
        assert customer.custom["dialog"] == "zone"
        assert customer.said[-1].strip()
    await says(customer, "zone:renewal", "auto_renewal:no")
    assert (await desk.card(email))["subscriptions"][0]["auto_renewal"] is False
    assert customer.expects == "nothing"
    await says(customer, "zone:methods", "method:paypal")
    assert [m["method"] for m in (await desk.card(email))["methods"] if m["default"]] == ["paypal"]
    await says(customer, "zone:my_data", "edit:street")
    assert customer.expects == "street"
    await customer.say("ul. Po Zakupie 7")
    if customer.expects == "confirm_data":
        await customer.say("confirm:yes")
    assert customer.expects == "nothing"
    card = await desk.card(email)
    assert only(card["companies"])["street"] == "ul. Po Zakupie 7"
    assert card["einvoice"]["status"] == "active", "a change of data takes nothing away"
    await says(customer, "zone:einvoice", "edit:invoice_email", "faktury@example.com")
    card = await desk.card(email)
    assert (card["einvoice"]["email"], card["email"]) == ("faktury@example.com", email)
    assert f"{email}, zostaje bez zmian" in customer.said[-1], "which of the two e-mails it is is said"
    assert only(card["orders"])["status"] == "paid"

    async def told() -> bool:
        return any("Faktury idą na inny adres" in one["subject"] for one in await desk.outbox(email))

    await until(told)
    letter = next(one for one in await desk.outbox(email) if "Faktury idą" in one["subject"])
    assert (email in letter["text"], "f•••@example.com" in letter["text"]) == (True, True)
    assert "faktury@example.com" not in letter["text"], "the other address isn't this reader's"

    await customer.say("zmień e-mail na inny@example.com")
    card = await desk.card(email)
    changed = card["einvoice"]["email"] == "inny@example.com"
    assert ("zostaje bez zmian" in customer.said[-1]) is changed, "it is never open which one a sentence changes"


NOTHING_ASKED = (
    *("tak", "nie", "nie, dziękuję", "bez sensu", "to nie tak", "nie działa mi drukarka", "nie chcę", "raz a dobrze"),
    *("sì", "no", "no grazie", "non funziona", "non capisco", "yes", "nope", "it doesn't work", "I don't want that"),
)


@pytest.mark.stage("paid")
async def test_a_yes_or_no_where_nothing_is_asked_changes_nothing(desk: Running, buyer: Scripted) -> None:
    customer, email = buyer.customer, buyer.person.email
    await customer.say("helpful:yes")
    before = await desk.card(email)
    assert only(before["subscriptions"])["auto_renewal"] is True
    for words in NOTHING_ASKED:
        await customer.say(words)
        now = await desk.card(email)
        assert {key: now[key] for key in ("subscriptions", "consents", "methods", "einvoice", "companies")} == {
            key: before[key] for key in ("subscriptions", "consents", "methods", "einvoice", "companies")
        }, words


@pytest.mark.parametrize("method", ["blik", "paypal"])
async def test_a_long_address_can_pay_as_well(desk: Running, method: str) -> None:
    email = "bardzo.dlugi.adres.pewnej.osoby.z.dlugim.nazwiskiem@poczta.firmowa.example.com"
    scripted = await bought(desk, method=method, email=email)
    assert only((await desk.card(email))["orders"])["status"] == "paid"
    assert scripted.customer.expects == "nothing"


WRONG = {
    "email": "jan@",
    "consents": "może",
    "phone": "12",
    "contact_code": "1234567",
    "tax_number": "1234563219",
    "postal_code": "99",
    "order.method": "muszelki",
}
"""An answer to each step that is none."""


async def test_three_wrong_answers_offer_a_person(desk: Running) -> None:
    scripted = Scripted(desk, Person(nip="8123456782"))
    customer = scripted.customer
    for step, wrong in WRONG.items():
        await scripted.run(step)
        at, sentences = customer.at, list[str]()
        for _ in range(3):
            await customer.say(wrong)
            assert customer.at == at
            sentences.append(customer.said[-1])
        assert len(set(sentences)) > 1, "the same sentence isn't said again and again"
        assert "/agent" in customer.buttons, step
    await customer.say("/agent")
    assert customer.custom["mode"] == "waiting"
    await customer.say("/help")
    await scripted.run()


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
