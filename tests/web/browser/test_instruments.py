"""The landing page and the sandbox's instruments, over the real sandbox."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from sandbox.attempts import ProviderAttempt
from sandbox.vault import KeptMethod
from tests.web.browser.steps import greeted, to_email
from tests.web.conftest import DESKTOP, PHONE
from tests.web.house import House, Served

Open = Callable[..., Page]
At = tuple[Served, House, Any]
NOW = datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
STAMP = "2026-11-20T09:05:00+00:00"


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_chat_works_in_the_page_and_what_is_sent_arrives_beside_it(served: At, open_page: Open, size: Any) -> None:
    server, _, sandbox = served
    page = open_page(server.url + "/", size=size)
    expect(page.get_by_role("heading", name="Okienko", exact=True)).to_be_visible()
    to_email(page.frame_locator("#chat"))
    expect(page.locator("#phone")).to_contain_text("Tu przyjdą SMS-y")
    sandbox.world.ledger.store_message("sms", "+48512000111", "FakturaSmart: kod 493027. Wazny 10 min.", NOW)
    expect(page.locator("#phone article")).to_contain_text("kod 493027")
    expect(page.locator("#phone-lamp")).to_have_class("lamp lit")
    expect(page.locator("#heard")).to_have_text("Nowy SMS do +48512000111")
    expect(page.locator("#mailbox-lamp")).to_have_class("lamp")
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


def test_on_a_phone_the_chat_is_in_reach_and_every_button_wide_enough(served: At, open_page: Open) -> None:
    server, _, sandbox = served
    sandbox.world.ledger.store_message("sms", "+48512000111", "FakturaSmart: kod 493027", NOW)
    page = open_page(server.url + "/", size=PHONE)
    greeted(page.frame_locator("#chat"))
    expect(page.locator("#phone article")).to_have_count(1)
    expect(page.locator("#registers tbody tr").first).to_be_visible()
    window = page.locator(".window").bounding_box()
    assert window is not None
    assert window["y"] + window["height"] <= PHONE["height"], "the line to write in is above the fold"
    low = "all => all.map(one => one.getBoundingClientRect().height).filter(height => height && height < 44)"
    assert page.locator("button, .languages a, .ways a").evaluate_all(low) == []


def test_links_in_mails_open_in_a_tab_of_their_own(served: At, open_page: Open) -> None:
    server, _, sandbox = served
    link = server.url + "/s/confirm"
    text = f"Dzień dobry,\n\nprosimy potwierdzić adres:\n{link}\n\n<b>FakturaSmart</b>"
    sandbox.world.ledger.store_message("email", "anna@firma.pl", text, NOW, subject="Potwierdź adres", links=[link])
    page = open_page(server.url + "/", size=DESKTOP)
    mail = page.locator("#mailbox .item")
    expect(mail).to_contain_text("Potwierdź adres")
    mail.locator("summary").click()
    expect(mail.locator(".words")).to_contain_text("<b>FakturaSmart</b>")
    with page.context.expect_page() as opened:
        mail.get_by_role("link", name="Otwórz link").click()
    expect(opened.value.get_by_role("button", name="Potwierdzam adres")).to_be_visible()
    expect(mail.get_by_role("link", name=link)).to_have_attribute("target", "_blank")


def test_a_payment_is_paid_at_the_bank(served: At, open_page: Open) -> None:
    server, _, sandbox = served
    page = open_page(server.url + "/sandbox", size=DESKTOP)
    expect(page.locator("#bank")).to_contain_text("Tu pojawi się płatność")
    attempt = ProviderAttempt("przelewy24", "0a1b2c3d-1", "4300000001", "token", "blik", 36777, "PLN", STAMP)
    sandbox.world.book.open(attempt)
    receipt = page.locator(".receipt")
    expect(receipt).to_contain_text("367,77")
    expect(receipt.locator(".meta")).to_have_text("BLIK · Przelewy2420 lis, 09:05")
    expect(receipt.locator(".state")).to_have_text("czeka")
    receipt.get_by_role("button", name="Odrzuć płatność").click()
    expect(receipt.locator(".state")).to_have_text("odrzucona")
    receipt.get_by_role("button", name="Zapłać 367,77").click()
    expect(receipt.locator(".state")).to_have_text("zapłacona")
    expect(receipt.get_by_role("button")).to_have_count(0)


def test_a_kept_card_is_declined_from_now_on(served: At, open_page: Open) -> None:
    server, _, sandbox = served
    page = open_page(server.url + "/sandbox", size=PHONE)
    expect(page.locator("#kept")).to_be_hidden()
    sandbox.world.vault.keep(KeptMethod("stripe", "pm_1", "cus_1", "Visa …4242", STAMP))
    choice = page.get_by_label("Co stanie się przy następnym obciążeniu: Visa …4242")
    expect(choice).to_have_value("works")
    with page.expect_response("**/sandbox/api/methods/pm_1"):
        choice.select_option("odmowa")
    assert [method.next for method in sandbox.world.vault.all()] == ["declined"]
    assert page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]


def test_the_clock_moves_the_sandbox_s_time(served: At, open_page: Open) -> None:
    server, _, sandbox = served
    page = open_page(server.url + "/sandbox", timezone_id="Europe/Warsaw")
    expect(page.locator("#clock-now")).to_have_text("pt., 20 listopada 10:00")
    page.get_by_role("button", name="+1 dzień").click()
    expect(page.locator("#clock-now")).to_have_text("sob., 21 listopada 10:00")
    assert sandbox.world.clock.now() == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)


def test_the_registers_numbers_can_be_copied(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/sandbox", permissions=["clipboard-read", "clipboard-write"])
    expect(page.locator("#registers")).to_contain_text("Pracownia Bursztyn sp. z o.o.")
    expect(page.locator("#registers")).to_contain_text("START20")
    expect(page.locator("#registers")).not_to_contain_text("10000017")  # another profile's customer
    page.get_by_role("button", name="Kopiuj 1234563218").click()
    expect(page.get_by_role("button", name="Kopiuj 1234563218")).to_have_text("Skopiowano")
    assert page.evaluate("navigator.clipboard.readText()") == "1234563218"


def test_a_reset_empties_the_instruments(served: At, open_page: Open) -> None:
    server, _, sandbox = served
    sandbox.world.ledger.store_message("sms", "+48512000111", "kod 493027", NOW)
    page = open_page(server.url + "/sandbox")
    expect(page.locator("#phone article")).to_have_count(1)
    sandbox.reset()
    expect(page.locator("#phone")).to_contain_text("Tu przyjdą SMS-y")
    expect(page.locator("#phone-count")).to_be_hidden()


def test_a_sandbox_that_does_not_answer_is_told_and_tried_again(served: At, open_page: Open) -> None:
    server, house, sandbox = served
    page = open_page(server.url + "/sandbox")
    expect(page.locator("#registers")).to_contain_text("1234563218")
    server.do(house.streams.close)
    server.stop()
    expect(page.locator("#trouble")).to_have_text("Piaskownica nie odpowiada, próbuję dalej.")
    server.do(house.renew)
    server.start(house.app(list(sandbox.app.routes)))
    expect(page.locator("#trouble")).to_have_text("")


def test_the_page_without_the_sandbox_is_the_chat(served: At, open_page: Open) -> None:
    server, house, _ = served
    server.do(house.streams.close)
    server.stop()
    server.do(house.renew)
    server.start(house.app())
    page = open_page(server.url + "/?start=Tok_en-1")
    greeted(page.frame_locator("#chat"))
    assert house.desk.turns[0].body.body == "/start Tok_en-1"  # pyright: ignore[reportAttributeAccessIssue]
