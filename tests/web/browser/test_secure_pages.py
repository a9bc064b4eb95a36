"""The one-time pages in Chromium, with scripts and without."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.conversation.outbound import ReplyLink
from tests.web.browser.steps import only, say, to_email
from tests.web.conftest import DESKTOP, PHONE
from tests.web.doors import STATUSES
from tests.web.house import House, Served
from tests.web.recorder import Place, Said

Open = Callable[..., Page]
At = tuple[Served, House, Any]
PASSWORD = "zielony-rower-42"


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_password_is_set(served: At, open_page: Open, scripts: bool, size: Any) -> None:
    server, house, _ = served
    page = open_page(server.url + "/s/set", size=size, java_script_enabled=scripts)
    page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    page.get_by_label("Powtórz hasło", exact=True).fill("inne")
    page.get_by_role("button", name="Zapisz hasło").click()
    expect(page.get_by_role("alert")).to_contain_text("różnią się od siebie")
    expect(page.get_by_label("Hasło", exact=True)).to_have_value("")
    page.get_by_label("Hasło", exact=True).fill(PASSWORD)
    page.get_by_label("Powtórz hasło", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Zapisz hasło").click()
    expect(page.get_by_role("heading", name="Gotowe")).to_be_visible()
    expect(page.locator(".after")).to_contain_text("Wróć do karty z rozmową: ona już wie.")
    expect(page.get_by_role("link")).to_have_count(0)  # /chat would begin another conversation here
    assert page.context.cookies() == []
    assert [sent["password"] for _, sent, _ in house.links.taken] == [PASSWORD, PASSWORD]


def test_a_page_that_the_chat_opened_closes_and_leaves_the_chat(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    house.links.chat = next(iter(house.desk.by_address))
    say(page, "anna@firma.pl")
    with page.expect_popup() as opened:
        page.get_by_role("link", name="Ustaw hasło").click()
    secure = opened.value
    secure.get_by_label("Hasło", exact=True).fill(PASSWORD)
    secure.get_by_label("Powtórz hasło", exact=True).fill(PASSWORD)
    with secure.expect_event("close"):
        secure.get_by_role("button", name="Zapisz hasło").click()
    secure = page.context.new_page()  # opened by hand: there is nothing behind it
    secure.goto(server.url + "/s/expired")
    secure.get_by_role("link", name="Wróć do rozmowy").click()
    secure.wait_for_url("**/chat")
    expect(secure.locator(".slip.customer").last).to_contain_text("anna@firma.pl")


def followed(served: At, page: Page) -> Page:
    """The page behind the only way that the chat shows."""
    _, house, _ = served
    house.links.chat = next(iter(house.desk.by_address))
    way = page.locator("#act a")
    expect(way).not_to_have_attribute("aria-disabled", "true")
    with page.context.expect_page() as opened:
        way.click()
    return opened.value


def typed(secure: Page) -> None:
    """The password is sent."""
    secure.get_by_label("Hasło", exact=True).fill(PASSWORD)
    secure.get_by_label("Powtórz hasło", exact=True).fill(PASSWORD)
    secure.get_by_role("button", name="Zapisz hasło").click()


def test_a_page_stays_where_its_chat_is_closed(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    to_email(page)
    say(page, "anna@firma.pl")
    secure = followed(served, page)
    page.close()
    typed(secure)
    expect(secure.get_by_role("heading", name="Gotowe")).to_be_visible()
    secure.wait_for_load_state("networkidle")
    expect(secure.get_by_role("link", name="Wróć do rozmowy")).to_be_visible()


def test_a_page_that_may_not_close_says_that_it_is_done(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    to_email(page)
    say(page, "anna@firma.pl")
    page.context.add_init_script("window.close = () => {}")
    secure = followed(served, page)
    typed(secure)
    secure.get_by_role("link", name="Wróć do rozmowy").click()
    secure.wait_for_url("**/chat")


BANK = "http://localhost"
"""The house's other name: to a browser another site."""


def bank(request: Request) -> Response:
    """Its button leads back."""
    back = f"http://127.0.0.1:{request.url.port}/p/{request.path_params['token']}/return"
    return HTMLResponse(f"<a href='{back}'>Zapłać</a>")


@pytest.mark.parametrize(("token", "closes"), [("paid", True), ("failed", False)])
def test_a_payer_s_page_gets_no_opener_and_closes_once_paid(
    served: At, open_page: Open, token: str, closes: bool
) -> None:
    server, house, _ = served
    server.stop()
    server.start(house.app([Route("/bank/{token}", bank)]))
    house.payments.provider = f"{BANK}:{server.port}/bank/{token}"
    page = open_page(server.url + "/chat")
    to_email(page)
    page.reload()  # nothing of the customer's has led to the payment then: its way waits to be pressed
    house.payments.chat = next(iter(house.desk.by_address))
    link = ReplyLink("payment", f"{server.url}/p/{token}", "Przejdź do płatności", "0a1b")
    due = Place("payment", "payment", "payment", 6, 8, "Płatność")
    server.do(lambda: house.desk.say(only(served), Said("Zapłać.", links=(link,)), due))
    paying = followed(served, page)
    pay = paying.get_by_role("link", name="Zapłać")
    expect(pay).to_be_visible()
    assert paying.evaluate("window.opener === null")
    if closes:
        with paying.expect_event("close"):
            pay.click()
        return
    pay.click()
    expect(paying.get_by_role("link", name="Spróbuj")).to_be_visible()
    paying.wait_for_load_state("networkidle")
    assert not paying.is_closed()


def test_an_address_is_confirmed_by_one_button_and_not_by_opening(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/s/confirm")
    page.reload()
    assert house.links.used == set()
    page.get_by_role("button", name="Potwierdzam adres").click()
    expect(page.get_by_text("Adres e-mail jest potwierdzony")).to_be_visible()
    page.goto(server.url + "/s/confirm")
    expect(page.get_by_role("heading", name="Adres już potwierdzony")).to_be_visible()


def test_only_what_is_missing_is_listed_while_one_types(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/s/vectra")
    password, repeated = page.get_by_label("Hasło", exact=True), page.get_by_label("Powtórz hasło", exact=True)

    def missing() -> set[str]:
        return set(page.locator(".rules li:visible").evaluate_all("rules => rules.map((rule) => rule.dataset.rule)"))

    assert missing() == {"min_length", "upper", "lower", "digit", "allowed", "match"}, "the rest only the desk can tell"
    password.fill("Zażółć1")
    assert missing() == {"min_length", "allowed", "match"}, "the desk takes a to z only"
    password.fill("Zazolc12")
    assert missing() == {"match"}
    repeated.fill("Zazolc12")
    assert missing() == set()
    password.fill("Zazolc12 €")
    assert missing() == {"allowed", "match"}


def test_without_scripts_all_rules_are_listed(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/s/vectra", java_script_enabled=False)
    expect(page.locator("[data-rule=not_guessable]")).to_be_visible()


def test_a_password_can_be_shown_and_is_hidden_before_it_is_sent(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/s/log-in")
    field = page.get_by_label("Hasło", exact=True)
    expect(field).to_have_attribute("autocomplete", "current-password")
    page.get_by_role("button", name="Pokaż hasło: Hasło").click()
    expect(field).to_have_attribute("type", "text")
    page.get_by_role("button", name="Ukryj hasło: Hasło").click()
    expect(field).to_have_attribute("type", "password")
    page.get_by_label("Login lub e-mail").fill("anna@firma.pl")
    field.fill("wrong")
    page.get_by_role("button", name="Zaloguj się").click()
    expect(page.get_by_role("alert")).to_contain_text("Login lub hasło się nie zgadza")
    expect(page.get_by_label("Login lub e-mail")).to_have_value("anna@firma.pl")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_questions_open_beside_the_log_in_by_keyboard_and_run_nothing(
    served: At, open_page: Open, scripts: bool
) -> None:
    page = open_page(served[0].url + "/s/log-in", java_script_enabled=scripts)
    asked = page.get_by_role("region", name="Częste pytania")
    link = asked.get_by_role("link", name="https://play.google.com/store/apps")
    expect(link).to_be_hidden()
    asked.get_by_text("Google Play").focus()
    page.keyboard.press("Enter")
    expect(link).to_have_attribute("href", "https://play.google.com/store/apps")
    expect(link).to_have_attribute("target", "_blank")
    asked.get_by_text("Co to <b>jest</b>?").click()
    expect(asked.get_by_text("To & <script>alert(1)</script>")).to_be_visible()
    page.goto(served[0].url + "/s/set")
    expect(page.get_by_role("region", name="Częste pytania")).to_have_count(0)


def test_a_payer_who_comes_back_sees_the_page_ask_by_itself(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/p/checking/return", java_script_enabled=False)
    expect(page.get_by_role("heading", name="Sprawdzamy płatność")).to_be_visible()
    page.wait_for_url("**/p/checking/return?n=1")


def test_with_scripts_the_page_stays_until_there_is_news(
    served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = served[0].url
    page = open_page(url + "/p/failed/return")
    page.clock.install()
    page.goto(url + "/p/checking/return")
    for asked in (1, 2):
        with page.expect_response(f"{url}/p/checking/return?n={asked}"):
            page.clock.run_for(3000)
        page.wait_for_load_state("networkidle")
    assert page.url == url + "/p/checking/return"
    monkeypatch.setitem(STATUSES, "checking", "paid")
    with page.expect_response(f"{url}/p/checking/return?n=3"):
        page.clock.run_for(3000)
    expect(page.get_by_role("heading", name="Zapłacone")).to_be_visible()
