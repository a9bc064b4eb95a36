"""The input sheet in the chat: several values typed into fields, checked by their digits, sent as one message."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from bot.conversation.outbound import Sheet, SheetField
from tests.kit.rows import all_rows
from tests.kit.visit import Visit, lines
from tests.web import journey

EMAIL, PHONE, NIP = (
    SheetField(name, label, name) for name, label in (("email", "E-mail"), ("phone", "Telefon"), ("tax_number", "NIP"))
)
SENT = "E-mail: anna@firma.pl\nTelefon: 512 000 111\nNIP: 123-456-32-18"


@pytest.fixture(autouse=True)
def asked_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """The question of an account has a sheet in the place of its first answer."""
    whole = journey.steps("http://127.0.0.1")
    account = journey.Step(
        replace(whole[1].place, step="account", expects="choice", sheet=Sheet((EMAIL, PHONE, NIP), "account:new")),
        journey.Said("Masz już konto?", (("Nowe konto", "account:new"), ("Mam konto", "account:existing"))),
        takes=lambda words: "@" in words,
        wrong="To pytanie ma inną odpowiedź.",
    )
    monkeypatch.setattr(journey, "steps", lambda _page: [whole[0], account, *whole[2:]])


@pytest.fixture
def sheet(visit: Callable[..., Visit]) -> Visit:
    """The chat at the question with the sheet."""
    one = visit(to="greeting")
    one.button("Kup teraz").click()
    expect(one.page.get_by_label("NIP")).to_be_visible()
    return one


def test_fields_are_sent_as_one_message_of_labels_and_values(sheet: Visit) -> None:
    page = sheet.page
    expect(page.get_by_label("E-mail")).to_be_focused()
    expect(page.get_by_label("E-mail")).to_have_attribute("autocomplete", "email")
    expect(page.get_by_label("Telefon")).to_have_attribute("inputmode", "tel")
    expect(page.get_by_role("button", name="Nowe konto")).to_have_count(0)
    expect(page.get_by_role("button", name="Mam konto")).to_be_visible()

    for value in ("anna@firma.pl", "512 000 111", "123-456-32-18"):
        page.keyboard.type(value)
        page.keyboard.press("Enter")

    expect(page.locator(".slip.desk").last).to_contain_text("Zakładam konto dla anna@firma.pl")
    assert SENT in lines(page)
    expect(page.locator(".fields")).to_have_count(0)


def test_what_cant_be_is_marked_and_nothing_is_sent(sheet: Visit) -> None:
    page = sheet.page
    page.get_by_label("E-mail").fill("anna@firma.pl")
    page.get_by_label("NIP").fill("123-456-32-19")
    page.get_by_role("button", name="Dalej").click()

    nip = page.get_by_label("NIP")
    expect(nip).to_be_focused()
    expect(nip).to_have_attribute("aria-invalid", "true")
    expect(nip).to_have_accessible_description("Sprawdź cyfry.")
    nip.fill("123-456-32-18")
    expect(nip).to_have_attribute("aria-invalid", "false")
    expect(page.get_by_label("E-mail")).to_have_value("anna@firma.pl")


@all_rows
def test_tax_numbers_are_checked_by_their_digits(sheet: Visit, text: str, plausible: bool) -> None:
    page = sheet.page
    page.get_by_label("NIP").fill(text)
    page.get_by_label("Telefon").focus()
    expect(page.get_by_label("NIP")).to_have_attribute("aria-invalid", str(not plausible).lower())


def test_fields_outlive_a_reload_and_a_question_typed_beside(sheet: Visit) -> None:
    page = sheet.page
    page.get_by_label("Telefon").fill("512 000 111")
    page.reload()
    expect(page.get_by_label("Telefon")).to_have_value("512 000 111")

    sheet.says("po co numer?")
    expect(page.locator(".slip.desk").last).to_contain_text("To pytanie ma inną odpowiedź.")
    expect(page.get_by_label("Telefon")).to_have_value("512 000 111")


def test_an_empty_sheet_asks_for_its_first_value(sheet: Visit) -> None:
    page = sheet.page
    page.get_by_label("NIP").focus()
    page.get_by_role("button", name="Dalej").click()
    expect(page.get_by_label("E-mail")).to_be_focused()
    assert len(page.locator(".slip").all()) == 2
