"""R2płatnik over REST: renewed with the reminder, later, without it; what is wrong; what is stored; two databases."""

import pytest

from tests.desk.databases import on_each_database
from tests.desk.renewing import DAY, EMAIL, PROFILE, fills_in, logged_in
from tests.desk.running import Customer, Running
from tests.desk.scripted import until
from tests.kit.talks import plays, says

pytestmark = [pytest.mark.desk(profile=PROFILE), pytest.mark.usefixtures("asked_seldom")]


async def mailed(desk: Running) -> bool:
    return bool(await desk.outbox("pomoc@r2platnik.example"))


async def test_who_logs_in_within_those_days_is_asked_there_too(desk: Running) -> None:
    await desk.advance(3 * DAY)
    customer = await logged_in(desk)
    assert customer.at == "renewal.renew"
    assert "R2płatnik (R2P-0001-7788): 466,17\xa0zł z\xa0VAT za kolejny rok" in customer.said[-1]
    assert "Abonament kończy się za" in customer.said[-1]
    await plays(customer, ("zamów abonament", "renewal.cart"))


@on_each_database
async def test_the_consent_is_given_in_my_data_by_the_one_button_that_saves_it(desk: Running) -> None:
    customer = await logged_in(desk)
    await customer.say("zone:my_data")
    assert "my_data:additional" in customer.buttons
    await plays(customer, ("my_data:additional", "confirm_data", "zostanie automatycznie przedłużona", EMAIL))
    assert (await desk.card(EMAIL))["consents"] == []
    await plays(customer, ("confirm:yes", "nothing"))
    card = await desk.card(EMAIL)
    assert [(c["id"], c["withdrawn_at"]) for c in card["consents"]] == [("auto_renewal", None)]
    assert all(s["auto_renewal"] for s in card["subscriptions"])

    await customer.say("zone:renewal")
    await fills_in(customer)
    assert "☐ Zgadzam się" in customer.said[-1], "what was agreed to elsewhere isn't ticked beforehand"
    await says(customer, "/cancel", "zone:my_data", "my_data:additional", "auto_renewal:no")
    assert (await desk.card(EMAIL))["consents"][0]["withdrawn_at"] is None, "that the renewal ends is asked first"
    await customer.say("tak")
    card = await desk.card(EMAIL)
    assert card["consents"][0]["withdrawn_at"] is not None
    assert not any(s["auto_renewal"] for s in card["subscriptions"])


@on_each_database
async def test_what_is_said_first_of_wrong_data_belongs_to_the_report(desk: Running) -> None:
    customer = await shown_the_data(desk)
    wrong, report = "NIP jest niepoprawny, powinno być 9876543210", "company.company_report"
    await plays(customer, (wrong, report, wrong))
    assert customer.buttons[:2] == ["company_report:send", "company_report:skip"]
    await plays(
        customer,
        ("co to jest eBOK Symfonia?", report, "biuro obsługi klienta"),  # a question is answered, not filed
        ("a kiedy to będzie poprawione?", report),
        ("ulica też jest zła, teraz Nowa 1", report, "ulica też"),
        ("wyślij", "renewal.invoice_email"),
    )
    await until(lambda: mailed(desk))
    [letter] = await desk.outbox("pomoc@r2platnik.example")
    stated = "Klient pisze:\nNIP jest niepoprawny, powinno być 9876543210\nulica też jest zła, teraz Nowa 1"
    known = (
        "Dane, które mamy:\nNIP: 1234563218\nNazwa: Pracownia Bursztyn sp. z o.o.\n"
        "Adres: ul. Długa 12/4\nKod pocztowy: 80-831\nMiejscowość: Gdańsk"
    )
    assert stated in letter["text"].replace("\xa0", " ")
    assert known in letter["text"].replace("\xa0", " ")
    found = [c["street"] for c in (await desk.card(EMAIL))["companies"]]
    assert found == ["ul. Długa 12/4"], "nothing is changed by it"


@pytest.mark.parametrize("said", ["stop, wszystko jednak dobrze", "dane są jednak dobre"])
async def test_a_report_that_is_taken_back_is_filed_nowhere(desk: Running, said: str) -> None:
    await plays(await shown_the_data(desk), ("confirm:edit", "", "eBOK Symfonia"), (said, "company.confirm"))
    assert await desk.outbox("pomoc@r2platnik.example") == []


async def test_who_orders_and_where_invoices_go_is_shown_and_corrected_on_the_order_s_card(desk: Running) -> None:
    customer = await shown_the_data(desk)
    await says(customer, "confirm:yes", "faktury@bursztyn.example.com", "po co wam moje dane?")
    assert "skontaktujemy się w sprawie" in customer.said[-1]
    await says(customer, "Anna Nowak", "22 123 45 67")
    assert customer.at == "renewal.orderer_email", "no code is sent there, so a landline will do"
    await says(customer, "anna.nowak@bursztyn.example.com", "auto_renewal:yes", "method:blik")
    assert "E-mail do faktur: faktury@bursztyn.example.com" in customer.said[-1]
    assert "Anna Nowak, +48 22 123 45 67, anna.nowak@bursztyn.example.com" in customer.said[-1]

    changed = "ksiegowosc@bursztyn.example.com"
    await plays(customer, (f"zmień e-mail do faktury na {changed}", "order.pay", f"E-mail do faktur: {changed}"))
    changed_by = {row["name"]: row.get("edit") for row in customer.custom["card"]["rows"]}
    assert (changed_by["invoice_email"], changed_by["orderer"]) == ("edit:invoice_email", "edit:person_name")
    await says(customer, "edit:person_name", "Jan Kowalski", "zmień telefon zamawiającego na 512 000 112")
    assert "Jan Kowalski, +48 512 000 112" in customer.said[-1]
    await plays(customer, ("pay:now", "payment"))
    assert (await desk.card(EMAIL))["email"] == EMAIL


async def shown_the_data(desk: Running) -> Customer:
    customer = await logged_in(desk)
    await says(customer, "zone:renewal", "cart:confirm", "service:subscription")
    await customer.settled()
    assert customer.at == "company.confirm"
    return customer


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("zmień dane firmy", "„zmień dane firmy” otwiera się w strefie klienta"),  # a button there is called so
        ("chcę zmienić dane firmy", "Dane firmy sprawdzimy za chwilę"),
    ],
)
async def test_the_company_s_data_can_be_asked_for_at_the_cart(desk: Running, said: str, told: str) -> None:
    customer = await logged_in(desk)
    await says(customer, "zone:renewal", said)
    assert customer.at == "renewal.cart"
    assert told in customer.said[-1]
