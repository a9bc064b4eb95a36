"""Konto InsERT over REST: the account is activated and logged into before a company is added; several of them."""

from pathlib import Path
from typing import Any

import pytest

from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import Person, Scripted, only
from tests.kit.talks import plays, says

pytestmark = pytest.mark.desk(profile=Path("profiles/konto_insert"))

WAYS = ("start:sign_up", "account:new", "product:nexo", "statement:accept", "contact_forms:email")


async def newcomer(desk: Running, *until: str, **person: Any) -> Scripted:
    return await Scripted(desk, Person(ways=WAYS, **person)).run(*until)


@on_each_database
@pytest.mark.replicated
async def test_the_straight_way(desk: Running) -> None:
    scripted = await newcomer(desk)

    assert (scripted.customer.at, scripted.customer.expects) == ("zone.zone", "nothing")
    assert scripted.customer.custom["heading"] == "Pracownia Bursztyn sp. z o.o."
    assert scripted.trail == [
        *("account.start", "account.person_name", "account.email", "account.secure_page", "account.consents"),
        *("contact.activation", "account.secure_page", "company.product", "company.tax_number", "company.confirm"),
        *("company.statement", "company.contact_forms"),
    ]
    card = await desk.card(scripted.person.email)
    assert card["account"]["status"] == "active"
    assert only(card["companies"])["tax_number"] == "1234563218"
    assert {consent["id"] for consent in card["consents"]} == {"terms", "privacy", "statement"}
    letter = only(await desk.outbox(scripted.person.email))
    assert letter["subject"] == "Aktywuj Konto InsERT"
    assert letter["links"][0] in letter["text"]


@on_each_database
@pytest.mark.replicated
async def test_several_companies(desk: Running) -> None:
    scripted = await newcomer(desk)
    customer, said = scripted.customer, scripted.customer.said
    await plays(customer, ("zone:add_company", "company.product"), ("/cancel", ""))
    assert customer.custom["heading"] == "Pracownia Bursztyn sp. z o.o."

    await customer.say("zone:add_company")
    scripted.person.nip = "FR 44 732 829 320"
    await scripted.run("company.confirm")
    assert customer.buttons == ["confirm:yes", "confirm:edit"], "the other company's data are nothing to put back"
    await scripted.run()
    assert customer.custom["heading"] == "Atelier du Port SARL"
    card = await desk.card(scripted.person.email)
    found = [(c["country"], c["tax_number"]) for c in card["companies"]]
    assert found == [("PL", "1234563218"), ("FR", "FR44732829320")]

    await customer.say("zone:companies")
    assert customer.buttons[:2] == ["company:1", "company:2"]
    await customer.say("company:1")
    assert customer.custom["heading"] == "Pracownia Bursztyn sp. z o.o."
    assert "Pracownia Bursztyn" in said[-1]


async def test_whoever_returns_days_later_stands_where_a_company_is_added(desk: Running) -> None:
    scripted = await newcomer(desk, "company.product")
    await desk.advance(3 * 86400)
    again = Scripted(desk, Person(ways=("start:log_in",), email=scripted.person.email))
    await again.run("company.product")
    assert again.trail == ["account.start", "account.secure_page"]

    await plays(scripted, ("product:gt", "company.product"))  # GT is registered from inside the program
    await scripted.run()
    assert scripted.customer.custom["heading"] == "Pracownia Bursztyn sp. z o.o."


async def test_a_programs_registration_asks_for_the_account(desk: Running) -> None:
    made = await desk.http.post(
        "/api/v1/start-links", json={"entry": "program"}, headers={"authorization": "Bearer sandbox"}
    )
    customer = await says(desk.customer(), f"/start {made.json()['token']}")
    assert customer.at == "account.account"
    assert "ponieważ umożliwia" in customer.said[-1]
    await customer.say("tak, załóż")
    assert customer.at == "account.person_name"


async def test_nobody_comes_in_without_the_activation(desk: Running) -> None:
    scripted = await newcomer(desk, "email_link")
    await plays(scripted, ("activation:again", "contact.activation"))
    older, newer = await desk.outbox(scripted.person.email)
    assert (await desk.http.get(older["links"][0])).status_code == 410
    await Scripted(desk, Person(ways=("start:log_in",), email=scripted.person.email)).run("contact.activation")
    assert newer["links"]
    await scripted.run()


async def test_several_forms_of_contact_in_one_sentence_by_boxes_and_later_in_the_zone(desk: Running) -> None:
    scripted = await newcomer(desk, "company.contact_forms")
    customer, email = scripted.customer, scripted.person.email
    one = [f"contact_forms:{form}" for form in ("email", "phone", "sms", "several", "none")]
    assert customer.buttons == one
    await plays(customer, ("mail i telefon", "zone.zone"))
    assert (await desk.card(email))["companies"][0]["contact_forms"] == ["email", "phone"]

    await customer.say("zone:my_data")
    assert "edit:contact_forms" in customer.buttons
    await says(customer, "edit:contact_forms", "contact_forms:several")
    assert customer.buttons[:3] == [f"contact_forms:toggle:{form}" for form in ("email", "phone", "sms")]
    await says(customer, "contact_forms:toggle:email", "contact_forms:toggle:phone", "contact_forms:done")
    assert customer.at == "company.contact_forms", "nothing is ticked"
    await says(customer, "contact_forms:toggle:sms", "contact_forms:done")
    assert customer.said[-1].startswith("Poprawione. Forma kontaktu: SMS.\n")
    company = only((await desk.card(email))["companies"])
    assert (company["contact_forms"], company["contact_form"]) == (["sms"], "sms")

    await says(customer, "zmień formę kontaktu", "mail, ale nie telefon")
    assert customer.at == "company.contact_forms", "what is refused isn't given"
    await customer.say("contact_forms:none")
    assert only((await desk.card(email))["companies"])["contact_forms"] == ["none"]


async def test_data_changed_by_hand_are_the_customers(desk: Running) -> None:
    scripted = await newcomer(desk, "company.confirm")
    customer = scripted.customer
    assert "pobrane z GUS" in customer.said[-1]
    await customer.say("zmień ulicę na ul. Morska 5")
    assert "Sprawdź wpisane dane" in customer.said[-1]
    assert "GUS" not in customer.said[-1]
    await scripted.run()
    assert "z rejestrem" not in " ".join(customer.said)
    company = only((await desk.card(scripted.person.email))["companies"])
    assert (company["source"], company["check"]) == ("customer", "pending")


async def test_a_number_of_another_country_is_called_what_it_is(desk: Running) -> None:
    scripted = await newcomer(desk, "company.tax_number")
    scripted.person.nip = "FR44732829320"
    await scripted.run()
    await scripted.customer.say("zone:my_data")
    assert scripted.customer.said[-1].startswith("Dane firmy:\nNumer VAT UE FR44732829320")


async def test_whoever_has_only_gt_registers_the_program_and_returns_to_step_2(desk: Running) -> None:
    scripted = await newcomer(desk, "company.product")
    customer = scripted.customer
    await plays(customer, ("mam tylko Subiekta GT", "company.product", "https://tutoriale.insert.com.pl/"))
    assert customer.buttons[0] == "product:registered"
    await plays(
        customer,
        ("jeszcze nie zarejestrowałem programu", "company.product"),
        ("zarejestrowałem, wracam", "company.tax_number"),
    )

    again = Scripted(desk, Person(ways=("start:log_in",), email=scripted.person.email))
    await again.run("company.product")
    await plays(again, ("program jest już zarejestrowany", "company.tax_number"))  # who returns in a new chat
