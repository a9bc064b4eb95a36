"""The one-time pages in Chromium, with scripts and without."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.conversation.outbound import ReplyLink
from tests.kit.visit import Visit
from tests.web import journey
from tests.web.conftest import DESKTOP, PHONE
from tests.web.doors import STATUSES
from tests.web.recorder import Place, Said

Open = Callable[..., Visit]
PASSWORD = "zielony-rower-42"


@pytest.mark.parametrize(("scripts", "size"), [(True, DESKTOP), (False, PHONE)], ids=["scripts", "plain"])
def test_a_password_is_set(visit: Open, scripts: bool, size: Any) -> None:
    one = visit("/s/set", size=size, java_script_enabled=scripts)
    one.page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    one.page.get_by_label("Powtórz hasło", exact=True).fill("inne")
    one.button("Zapisz hasło").click()
    expect(one.page.get_by_role("alert")).to_contain_text("różnią się od siebie")
    expect(one.page.get_by_label("Hasło", exact=True)).to_have_value("")
    one.page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    one.page.get_by_label("Powtórz hasło", exact=True).fill(PASSWORD)
    one.button("Zapisz hasło").click()
    expect(one.page.get_by_role("heading", name="Gotowe")).to_be_visible()
    one.reads(".after", "Wróć do karty z rozmową: ona już wie.")
    expect(one.page.get_by_role("link")).to_have_count(0)  # /chat would begin another conversation here
    assert one.page.context.cookies() == []
    assert [sent["password"] for _, sent, _ in one.house.links.taken] == [PASSWORD, PASSWORD]


def test_a_page_that_the_chat_opened_closes_and_leaves_the_chat(visit: Open) -> None:
    one = visit(to="email")
    one.known()
    one.says("anna@firma.pl")
    with one.page.expect_popup() as opened:
        one.link("Ustaw hasło").click()
    secure = opened.value
    secure.get_by_label("Hasło", exact=True).fill(PASSWORD)
    secure.get_by_label("Powtórz hasło", exact=True).fill(PASSWORD)
    with secure.expect_event("close"):
        secure.get_by_role("button", name="Zapisz hasło").click()
    secure = one.page.context.new_page()  # opened by hand: there is nothing behind it
    secure.goto(one.server.url + "/s/expired")
    secure.get_by_role("link", name="Wróć do rozmowy").click()
    secure.wait_for_url("**/chat")
    expect(secure.locator(".slip.customer").last).to_contain_text("anna@firma.pl")


@pytest.mark.parametrize("goes_back", [False, True])
def test_a_press_leads_to_the_page_in_the_chat_s_own_tab_and_there_is_one_chat_after_it(
    visit: Open, monkeypatch: pytest.MonkeyPatch, goes_back: bool
) -> None:
    whole = journey.steps
    monkeypatch.setattr(journey, "steps", lambda page: [whole(page)[0], *whole(page)[2:]])
    one = visit(to="greeting")
    one.button("Kup teraz").click()
    one.page.wait_for_url("**/s/set")
    one.known()
    if goes_back:
        one.page.go_back()
        with one.page.expect_popup() as opened:
            one.link("Ustaw hasło").click()
        with opened.value.expect_event("close"):
            typed(opened.value)
    else:
        typed(one.page)
        one.page.wait_for_url("**/chat")
    assert len(one.page.context.pages) == 1


def test_only_whose_conversation_it_isn_t_is_told_that_a_conversation_goes_on(visit: Open) -> None:
    one = visit(to="email")
    one.page.goto(one.server.url + "/s/log-in")
    expect(one.page.locator(".why")).to_contain_text("tylko, jeśli jest Twoja")
    one.known()
    one.page.reload()
    one.counts(".why", 0)


def followed(one: Visit) -> Page:
    """The page behind the only way that the chat shows."""
    one.known()
    way = one.page.locator("#act a")
    expect(way).not_to_have_attribute("aria-disabled", "true")
    with one.page.context.expect_page() as opened:
        way.click()
    return opened.value


def typed(secure: Page) -> None:
    """The password is sent."""
    secure.get_by_label("Hasło", exact=True).fill(PASSWORD)
    secure.get_by_label("Powtórz hasło", exact=True).fill(PASSWORD)
    secure.get_by_role("button", name="Zapisz hasło").click()


def test_a_page_stays_where_its_chat_is_closed(visit: Open) -> None:
    one = visit(to="email")
    one.says("anna@firma.pl")
    secure = followed(one)
    one.page.close()
    typed(secure)
    expect(secure.get_by_role("heading", name="Gotowe")).to_be_visible()
    secure.wait_for_load_state("networkidle")
    expect(secure.get_by_role("link", name="Wróć do rozmowy")).to_be_visible()


def test_a_page_that_may_not_close_says_that_it_is_done(visit: Open) -> None:
    one = visit(to="email")
    one.says("anna@firma.pl")
    one.page.context.add_init_script("window.close = () => {}")
    secure = followed(one)
    typed(secure)
    secure.get_by_role("link", name="Wróć do rozmowy").click()
    secure.wait_for_url("**/chat")


BANK = "http://localhost"
"""The house's other name: to a browser another site."""


def bank(request: Request) -> Response:
    """Its button leads back."""
    back = f"http://127.0.0.1:{request.url.port}/p/{request.path_params['token']}/return"
    return HTMLResponse(f"<a href='{back}'>Zapłać</a>")


@pytest.mark.parametrize("token", ["paid", "failed"])
def test_a_payer_s_page_gets_no_opener_and_closes_once_the_bank_has_answered(visit: Open, token: str) -> None:
    one = visit("about:blank")
    one.server.stop()
    one.server.start(one.house.app([Route("/bank/{token}", bank)]))
    one.house.payments.provider = f"{BANK}:{one.server.port}/bank/{token}"
    one.begin()
    one.go()  # nothing of the customer's has led to the payment then: its way waits to be pressed
    one.house.payments.chat = next(iter(one.house.desk.by_address))
    link = ReplyLink("payment", f"{one.server.url}/p/{token}", "Przejdź do płatności", "0a1b")
    due = Place("payment", "payment", "payment", 6, 8, "Płatność")
    one.is_told(Said("Zapłać.", links=(link,)), due)
    paying = followed(one)
    pay = paying.get_by_role("link", name="Zapłać")
    expect(pay).to_be_visible()
    assert paying.evaluate("window.opener === null")
    with paying.expect_event("close"):
        pay.click()


def test_an_address_is_confirmed_by_one_button_and_not_by_opening(visit: Open) -> None:
    one = visit("/s/confirm")
    one.page.reload()
    assert one.house.links.used == set()
    one.button("Potwierdzam adres").click()
    expect(one.page.get_by_text("Adres e-mail jest potwierdzony")).to_be_visible()
    one.go("/s/confirm")
    expect(one.page.get_by_role("heading", name="Adres już potwierdzony")).to_be_visible()


def test_only_what_is_missing_is_listed_while_one_types(visit: Open) -> None:
    one = visit("/s/vectra")
    password, repeated = one.page.get_by_label("Hasło", exact=True), one.page.get_by_label("Powtórz hasło", exact=True)

    def missing() -> set[str]:
        return set(
            one.page.locator(".rules li:visible").evaluate_all("rules => rules.map((rule) => rule.dataset.rule)")
        )

    assert missing() == {"min_length", "upper", "lower", "digit", "allowed"}, "the rest only the desk can tell"
    password.fill("Zażółć1")
    assert missing() == {"min_length", "allowed"}, "the desk takes a to z only"
    repeated.fill("Zazolc12")
    assert missing() == {"min_length", "allowed", "match"}
    password.fill("Zazolc12")
    assert missing() == set()
    password.fill("Zazolc12 €")
    assert missing() == {"allowed", "match"}

    values = set[str]()
    for _ in range(2):
        one.button("Zaproponuj").click()
        assert missing() == set(), "what is proposed meets the rules"
        assert repeated.input_value() == password.input_value()
        values.add(password.input_value())
        expect(password).to_have_attribute("type", "text")
        expect(one.button("Zapisz hasło")).to_be_focused()
    assert len(values) == 2, "drawn anew"


def test_without_scripts_all_rules_are_listed(visit: Open) -> None:
    expect(visit("/s/vectra", java_script_enabled=False).page.locator("[data-rule=not_guessable]")).to_be_visible()


def test_a_password_can_be_shown_and_is_hidden_before_it_is_sent(visit: Open) -> None:
    one = visit("/s/log-in")
    field = one.page.get_by_label("Hasło", exact=True)
    expect(field).to_have_attribute("autocomplete", "current-password")
    one.button("Pokaż hasło").click()
    expect(field).to_have_attribute("type", "text")
    one.button("Ukryj hasło").click()
    expect(field).to_have_attribute("type", "password")
    one.page.get_by_label("Login lub e-mail").fill("anna@firma.pl")
    field.fill("wrong")
    one.button("Zaloguj się").click()
    expect(one.page.get_by_role("alert")).to_contain_text("Login lub hasło się nie zgadza")
    expect(one.page.get_by_label("Login lub e-mail")).to_have_value("anna@firma.pl")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_questions_open_beside_the_log_in_by_keyboard_and_run_nothing(visit: Open, scripts: bool) -> None:
    one = visit("/s/log-in", java_script_enabled=scripts)
    asked = one.page.get_by_role("region", name="Częste pytania")
    link = asked.get_by_role("link", name="https://play.google.com/store/apps")
    expect(link).to_be_hidden()
    asked.get_by_text("Google Play").focus()
    one.page.keyboard.press("Enter")
    expect(link).to_have_attribute("href", "https://play.google.com/store/apps")
    expect(link).to_have_attribute("target", "_blank")
    asked.get_by_text("Co to <b>jest</b>?").click()
    expect(asked.get_by_text("To & <script>alert(1)</script>")).to_be_visible()
    one.page.goto(one.server.url + "/s/set")
    expect(one.page.get_by_role("region", name="Częste pytania")).to_have_count(0)


def test_a_payer_who_comes_back_sees_the_page_ask_by_itself(visit: Open) -> None:
    one = visit("/p/checking/return", java_script_enabled=False)
    expect(one.page.get_by_role("heading", name="Sprawdzamy płatność")).to_be_visible()
    one.page.wait_for_url("**/p/checking/return?n=1")


def test_with_scripts_the_page_stays_until_there_is_news(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    one = visit("/p/failed/return")
    url = one.server.url
    one.page.clock.install()
    one.go("/p/checking/return")
    for asked in (1, 2):
        with one.page.expect_response(f"{url}/p/checking/return?n={asked}"):
            one.page.clock.run_for(3000)
        one.page.wait_for_load_state("networkidle")
    assert one.page.url == url + "/p/checking/return"
    monkeypatch.setitem(STATUSES, "checking", "paid")
    with one.page.expect_response(f"{url}/p/checking/return?n=3"):
        one.page.clock.run_for(3000)
    expect(one.page.get_by_role("heading", name="Zapłacone")).to_be_visible()
