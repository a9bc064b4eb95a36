"""The input sheet in the chat: several values typed into fields, judged by the desk, sent as one message."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from bot.conversation.outbound import JudgedValue, Sheet, SheetField
from tests.kit.visit import Visit, lines
from tests.web import journey

EMAIL, PHONE, NIP = (
    SheetField(name, label, name) for name, label in (("email", "E-mail"), ("phone", "Telefon"), ("tax_number", "NIP"))
)
SHORT = "Ten NIP ma 9\xa0cyfr, powinien mieć 10."
JUDGED = {"123-456-32-1": JudgedValue(SHORT), "ewa@gmial.com": JudgedValue("", "ewa@gmail.com", "gmail.com?")}
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
    one.house.desk.judged.update(JUDGED)
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


def test_what_the_desk_says_of_a_value_stands_below_its_field_until_it_is_mended(sheet: Visit) -> None:
    page = sheet.page
    nip, phone = page.get_by_label("NIP"), page.get_by_label("Telefon")
    nip.press_sequentially("123-456-32-1")
    expect(nip).not_to_have_attribute("aria-invalid", "true")
    phone.focus()
    expect(nip).to_have_accessible_description(SHORT)
    expect(page.locator("#announcer p").last).to_have_text(f"NIP: {SHORT}")
    expect(nip).to_have_attribute("aria-invalid", "true")

    page.get_by_role("button", name="Dalej").click()
    expect(nip).to_be_focused()
    nip.press_sequentially("8")
    expect(nip).to_have_attribute("aria-invalid", "false")
    expect(nip).to_have_class("good")
    assert len(page.locator(".slip").all()) == 2


def test_a_slip_is_mended_by_its_link(sheet: Visit) -> None:
    page = sheet.page
    email = page.get_by_label("E-mail")
    email.fill("ewa@gmial.com")
    email.press("Tab")
    link = page.get_by_role("button", name="gmail.com?")
    expect(email).to_have_accessible_description("gmail.com?")
    assert round((link.bounding_box() or {})["height"]) >= 44
    email.press("Tab")
    expect(link).to_be_focused()
    link.press("Enter")
    expect(email).to_have_value("ewa@gmail.com")
    expect(email).to_have_class("good")
    expect(link).to_have_count(0)
    expect(page.get_by_label("Telefon")).to_be_focused()


def test_a_judge_that_cant_be_asked_holds_nobody_up(sheet: Visit) -> None:
    page = sheet.page
    page.route("**/webchat/field", lambda route: route.abort())
    page.get_by_label("E-mail").fill("anna@firma.pl")
    page.get_by_label("NIP").fill("123-456-32-1")
    page.get_by_role("button", name="Dalej").click()
    expect(page.locator(".slip.desk").last).to_contain_text("Zakładam konto dla anna@firma.pl")


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
