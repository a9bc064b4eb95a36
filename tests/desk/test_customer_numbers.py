"""Customers on file register by their number, log in, get a new password, switch e-invoices on; on each database.

What each step asks next is in `tests/dialogs/account/test_on_file.py`, how long a link lives in `test_links.py`.
"""

from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from bot.usecases.einvoices.commands import tell_invoice
from sandbox.testing.doors import RestDoor
from sandbox.testing.pages import PageForm, code_in
from services.directory import directory
from services.einvoicing.issued_invoices import InvoiceTold, IssuedInvoice
from services.store.tables.seller import outgoing_event
from tests.desk.databases import on_each_database
from tests.desk.running import Running
from tests.desk.scripted import until
from tests.kit.codes import another
from tests.kit.talks import plain, plays, says

pytestmark = pytest.mark.desk(profile=Path("profiles/vectra"))

PASSWORD = "Zielony7Parasol"
BOTH, PHONE_ONLY, EMAIL_ONLY, NO_CONTACT, REGISTERED = "10000017", "10000025", "10000033", "10000041", "10000058"
ANNA, ANNAS_PHONE = "anna.nowak@example.com", "+48512000111"
EWA, EWAS_PHONE = "ewa.krol@example.com", "+48512000555"
PIOTR = "piotr.zielinski@example.com"


async def code_to(desk: Running, phone: str) -> str:
    return code_in((await desk.outbox(phone))[-1]["text"])


async def newest_letter(desk: Running, to: str) -> Any:
    return (await desk.outbox(to))[-1]


async def sends(chat: RestDoor, href: str, **fields: str) -> httpx.Response:
    """GET the page, POST its form."""
    page = await chat.http.get(href)
    assert page.status_code == 200, page.text
    form = PageForm(page.text)
    assert set(fields) == {name for name in form.fields if name in ("login", "password", "password_repeat")}
    return await chat.http.post(httpx.URL(href).join(form.action), data={**form.fields, **fields})


async def sets_password(chat: RestDoor, password: str = PASSWORD, again: str | None = None) -> httpx.Response:
    href = chat.link("secure_page")["href"]
    done = await sends(chat, href, password=password, password_repeat=password if again is None else again)
    await chat.look()
    return done


async def logs_in(chat: RestDoor, login: str, password: str = PASSWORD) -> httpx.Response:
    done = await sends(chat, chat.link("secure_page")["href"], login=login, password=password)
    await chat.look()
    return done


async def comes_home(desk: Running, chat: RestDoor, number: str = BOTH, phone: str = ANNAS_PHONE) -> RestDoor:
    """Registers by SMS, and logs in."""
    await says(chat, "start:sign_up", number, "contact_channel:sms", phone)
    await says(chat, await code_to(desk, phone))
    assert (await sets_password(chat)).status_code == 200
    assert (await logs_in(chat, number)).status_code == 200
    return chat


@on_each_database
async def test_the_straight_way_by_sms(desk: Running) -> None:
    anna = await says(desk.customer(), "/start")
    assert anna.buttons[:3] == ["start:sign_up", "start:log_in", "start:forgot_password"]
    await plays(
        anna,
        ("start:sign_up", "account.customer_number", "Numer ewidencyjny Abonenta", "Nr ewidencyjny"),
        ("mój numer to 1000 0017", "contact.contact_channel"),
    )
    assert (anna.expects, anna.buttons[:2]) == ("choice", ["contact_channel:sms", "contact_channel:email"])
    await plays(
        anna,
        ("contact_channel:sms", "phone"),
        ("0048 512-000-111", "contact.contact_code"),  # compared after normalising
    )
    await plays(anna, (await code_to(desk, ANNAS_PHONE), "secure_page"))
    refused = await sets_password(anna, "malelitery77")
    assert (refused.status_code, "wielkiej litery" in refused.text) == (422, True), "by the published rule"
    assert (await sets_password(anna, PASSWORD, "Zielony7Inny")).status_code == 422, "typed twice"
    assert anna.expects == "secure_page"
    assert await desk.card(ANNA) is None, "no account before the password"
    await sets_password(anna)
    assert anna.expects == "secure_page", "now the log-in"
    assert (await logs_in(anna, "1000 0017")).status_code == 200
    assert (anna.expects, anna.at) == ("nothing", "zone.zone")
    assert "Dzięki e-Fakturze będziesz mógł otrzymywać fakturę w formie elektronicznej" in anna.said[-1]
    assert anna.buttons[:2] == ["einvoice:details", "einvoice:activate"]
    card = await desk.card(ANNA)
    assert card["account"]["status"] == "active"
    assert {c["kind"]: bool(c["verified_at"]) for c in card["contacts"]} == {"phone": True, "email": False}
    assert "już zarejestrowany" in (await says(desk.customer(), "start:sign_up", BOTH)).said[-1]


async def test_the_sellers_system_is_told_of_account_contact_and_e_invoice(desk: Running) -> None:
    await says(await comes_home(desk, desk.customer()), "einvoice:activate", "confirm:yes")
    types = sa.select(outgoing_event.c.type).order_by(outgoing_event.c.type)
    told = await desk.installation.store.read(lambda connection: list(connection.execute(types).scalars()))
    assert told == ["account.created", "contact.verified", "einvoice.activated"]


@on_each_database
async def test_the_straight_way_by_link_and_one_of_a_registration_given_up(desk: Running) -> None:
    begins = ("start:sign_up", EMAIL_ONLY, "contact_channel:email", " Piotr.Zielinski@Example.COM ")
    piotr = await says(desk.customer(), *begins)
    old = (await newest_letter(desk, PIOTR))["links"][0]
    await says(piotr, "/cancel")
    assert (await desk.http.post(old)).status_code == 410
    await says(piotr, *begins)
    assert (piotr.expects, "spam" in piotr.said[-1]) == ("email_link", True)
    letter = await newest_letter(desk, PIOTR)
    await desk.advance(3 * 86400 - 60)
    followed = await sends(piotr, letter["links"][0])
    assert followed.status_code == 303, "the proof leads to a page for the password"
    page = str(httpx.URL(letter["links"][0]).join(followed.headers["location"]))
    assert (await desk.http.get(letter["links"][0])).status_code == 410, "used up"
    assert (await sends(piotr, page, password=PASSWORD, password_repeat=PASSWORD)).status_code == 200
    await piotr.look()
    assert piotr.expects == "secure_page"
    assert (await logs_in(piotr, PIOTR)).status_code == 200, "the login works as well as the number"
    assert piotr.at == "zone.zone"
    assert [(c["kind"], bool(c["verified_at"])) for c in (await desk.card(PIOTR))["contacts"]] == [("email", True)]


@on_each_database
async def test_without_a_contact_on_file_the_service_centre_helps(desk: Running) -> None:
    nobody = await says(desk.customer(), "start:sign_up", NO_CONTACT)
    assert "58 555 01 23" in plain(nobody.said[-1])
    assert "od 8 do 20" in nobody.said[-1]
    assert nobody.buttons[0] == "/agent"
    await says(nobody, "/agent")
    assert nobody.custom["mode"] == "waiting"


@on_each_database
async def test_another_contact_is_refused_in_the_same_words_whether_one_is_on_file_or_none(desk: Running) -> None:
    phone, mail = ("sms", "numer", "+48512000222"), ("email", "adres", "kto.inny@example.com")
    for number, (channel, what, given) in ((BOTH, phone), (EMAIL_ONLY, phone), (BOTH, mail), (PHONE_ONLY, mail)):
        someone = await says(desk.customer(), "start:sign_up", number, f"contact_channel:{channel}")
        asked = someone.at
        await says(someone, given)
        assert someone.at == asked, "asked again"
        assert someone.said[-1].startswith(f"To nie jest {what} zgłoszony w Vectrze.")
        assert await desk.outbox(given) == []
    anna = await says(desk.customer(), "start:sign_up", BOTH, "contact_channel:sms", "512 000 222", "512 000 111")
    assert anna.at == "contact.contact_code", "the right one goes on"


@on_each_database
async def test_a_forgotten_password_by_link(desk: Running) -> None:
    ewa = await says(desk.customer(), "start:forgot_password")
    assert ewa.expects == "customer_number"
    await says(ewa, REGISTERED, "contact_channel:email")
    assert ewa.expects == "email_link"
    href = (await newest_letter(desk, EWA))["links"][0]
    await desk.advance(29 * 60)
    assert (await sends(ewa, href, password=PASSWORD, password_repeat=PASSWORD)).status_code == 200
    await ewa.look()
    assert ewa.expects == "secure_page"
    assert (await logs_in(ewa, REGISTERED)).status_code == 200
    assert ewa.at == "zone.zone"


@on_each_database
async def test_a_forgotten_password_by_code(desk: Running) -> None:
    ewa = await says(desk.customer(), "start:forgot_password", EWA, "contact_channel:sms")
    code = await code_to(desk, EWAS_PHONE)
    await plays(ewa, (another(code), "account.login_code"), (code, "secure_page"))
    assert (await sets_password(ewa)).status_code == 200
    assert (await logs_in(ewa, EWA)).status_code == 200


@on_each_database
async def test_a_login_that_nobody_has_looks_the_same(desk: Running) -> None:
    for login, channel in ((BOTH, "sms"), ("nikt@example.com", "email"), ("nikt1", "sms")):
        nobody, ewa = desk.customer(), desk.customer()
        await says(nobody, "start:forgot_password", login, f"contact_channel:{channel}")
        await says(ewa, "start:forgot_password", REGISTERED, f"contact_channel:{channel}")
        assert (nobody.said[-1], nobody.expects) == (ewa.said[-1], ewa.expects)
        if channel == "sms":
            for who in (nobody, ewa):
                await says(who, another(await code_to(desk, EWAS_PHONE)))
            assert nobody.said[-1] == ewa.said[-1]
    assert {message["to"] for message in (await desk.http.get("/sandbox/api/messages")).json()} == {EWAS_PHONE, EWA}


@on_each_database
async def test_e_invoice_from_home(desk: Running) -> None:
    anna = await comes_home(desk, desk.customer())
    await plays(
        anna,
        ("einvoice:details", "zone.zone"),
        ("einvoice:activate", "einvoice.confirm", ANNA),
        ("confirm:edit", "email"),  # there is only one answer to change
        ("faktury@example.com", "confirm_data", "faktury@example.com"),
        ("confirm:yes", "nothing"),
    )
    card = await desk.card(ANNA)
    assert (card["einvoice"]["status"], card["einvoice"]["email"]) == ("active", "faktury@example.com")
    assert [c["id"] for c in card["consents"]] == ["einvoice"]
    assert "einvoice:activate" not in anna.buttons
    for asked in ("jak wycofać zgodę na e-fakturę?", "zone:einvoice"):
        await says(anna, asked)
        assert "zone:einvoice_off" in anna.buttons
    await plays(anna, ("wyłącz e-fakturę", "", "jest wyłączona"))  # the verb of the act is as good as its button
    assert [c["withdrawn_at"] is None for c in (await desk.card(ANNA))["consents"]] == [False]


async def invoice(desk: Running, number: str, name: str = "FV/2026/11/0001") -> InvoiceTold:
    told_of = IssuedInvoice(
        name, date(2026, 11, 2), 8990, "PLN", date(2026, 11, 16), "https://ebok.vectra.example/fv/1"
    )

    def work(tx: Any) -> Any:
        known = directory.by_number(tx.connection, number)
        assert known is not None
        return tell_invoice(tx, told_of, customer_id=known.id)

    told = await desk.installation.desk.happen(work)
    assert isinstance(told, InvoiceTold)
    return told


async def has_mail(desk: Running, to: str) -> bool:
    return bool(await desk.outbox(to))


@on_each_database
async def test_issued_invoices_are_noticed_listed_and_opened(desk: Running) -> None:
    await invoice(desk, BOTH, "FV/2026/10/0001")  # before there was an account
    anna = await comes_home(desk, desk.customer())
    await invoice(desk, BOTH, "FV/2026/10/0002")
    await anna.settled()
    assert await desk.outbox(ANNA) == [], "without e-invoices there is no notice"
    await says(anna, "einvoice:activate", "confirm:yes")
    told = await invoice(desk, BOTH)
    await anna.settled()
    assert "FV/2026/11/0001" in anna.said[-1]
    await until(lambda: has_mail(desk, ANNA))
    notices = await desk.outbox(ANNA)
    assert len(notices) == 1
    assert "FV/2026/11/0001" in notices[0]["text"]
    assert notices[0]["links"][0] == "https://ebok.vectra.example/fv/1"
    assert not (await invoice(desk, BOTH)).news
    assert len(await desk.outbox(ANNA)) == 1, "told twice, noticed once"
    await says(anna, "zone:invoices")
    assert anna.buttons[0] == f"invoice:{told.invoice.id}"
    assert len(anna.buttons) == 4
    await says(anna, f"invoice:{told.invoice.id}")
    assert "https://ebok.vectra.example/fv/1" in anna.said[-1]
    await says(anna, "zone:home")
    assert anna.at == "zone.zone"


@pytest.mark.desk(rate_limits="on")
async def test_numbers_are_limited(desk: Running) -> None:
    guesser = await says(desk.customer(), "start:sign_up", "99999991", "99999991", "99999992", "99999993")
    assert "nie ma w naszych danych" in guesser.said[-1], "the same number again counts once"
    await plays(guesser, (BOTH, "account.customer_number"))
    assert "/agent" in guesser.buttons
    await desk.advance(3601)
    await plays(guesser, (BOTH, "contact.contact_channel"))


@pytest.mark.desk(rate_limits="on")
async def test_contacts_are_limited(desk: Running) -> None:
    guesser = await says(desk.customer(), "start:sign_up", BOTH, "contact_channel:sms")
    await plays(guesser, *((f"51200022{n}", "", "To nie jest numer zgłoszony") for n in range(5)))
    await plays(guesser, (ANNAS_PHONE, "contact.phone"))
    assert "/agent" in guesser.buttons
    assert await desk.outbox(ANNAS_PHONE) == []


@pytest.mark.desk(rate_limits="on")
async def test_a_list_read_out_number_by_number_is_stopped(desk: Running) -> None:
    for n in range(20):
        await says(desk.customer(), "start:sign_up", f"{90000000 + n}")
    late = desk.customer()
    await plays(late, ("start:sign_up", ""), (BOTH, "account.customer_number"))
    await desk.advance(3601)
    await plays(late, (BOTH, "contact.contact_channel"))


async def test_the_questions_on_the_screens_are_answered_in_the_middle(desk: Running) -> None:
    here = "account.customer_number"
    await plays(
        desk.customer(),
        ("start:sign_up", here),
        ("Co to jest Strefa Klienta?", here, "Strefa Klienta to Twoje konto"),
        ("Gdzie jest Elektroniczna Faktura?", here, "przyciskiem „Aktywuj”"),
        ("Pobierz instrukcję do Strefy Klienta", here, "strefa-klienta.pdf"),
        ("Świecimy przykładem", here, "to akcja"),
        ("Gdzie pobrać aplikację z Google Play?", here, "Google Play"),
        ("Gdzie się loguje do Strefy Klienta?", here, "ikona Strefa Klienta"),
        (BOTH, "contact.contact_channel"),
    )
