"""The landing page and the sandbox's instruments, over the real sandbox."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import expect

from bot.handlers.pages.landing import SampleReceipt
from sandbox.attempts import KeptMethod, ProviderAttempt
from tests.kit.visit import Visit, greeted, to_email
from tests.web.conftest import DESKTOP, PHONE

Open = Callable[..., Visit]
NOW = datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
STAMP = "2026-11-20T09:05:00+00:00"
LINES = "one => Math.round(one.clientHeight / parseFloat(getComputedStyle(one).lineHeight))"
VOID = "slips => slips.getBoundingClientRect().top - document.querySelector('#about').getBoundingClientRect().bottom"
ATTEMPT = ProviderAttempt("przelewy24", "0a1b2c3d-1", "4300000001", "token", "blik", 36777, "PLN", STAMP)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_chat_works_in_the_page_and_what_is_sent_arrives_beside_it(visit: Open, size: Any) -> None:
    one = visit("about:blank", size=size)
    one.house.receipt = SampleReceipt("FS/2026/000001", "FakturaSmart Standard, 1 year", "PLN\xa0367.77 incl. VAT")
    one.go("/")
    expect(one.page.get_by_role("heading", name="Okienko", exact=True)).to_be_visible()
    chat = one.page.frame_locator("#chat")
    greeted(chat)
    assert one.page.locator(".paid .stamp strong").evaluate(LINES) == 1, "the stamp fits on its paper"
    assert chat.locator("#slips").evaluate(VOID) <= 24, "nothing is empty above the greeting"
    to_email(chat)
    one.reads("#phone", "Tu przyjdą SMS-y")
    one.sandbox.world.ledger.store_message("sms", "+48512000111", "FakturaSmart: kod 493027. Wazny 10 min.", NOW)
    one.reads("#phone article", "kod 493027")
    expect(one.page.locator("#phone-lamp")).to_have_class("lamp lit")
    one.sees("#heard", "Nowy SMS do +48512000111")
    expect(one.page.locator("#mailbox-lamp")).to_have_class("lamp")
    turn = one.page.locator(".instrument.turn h2, #guide [aria-current]")
    expect(turn).to_have_text(["Kod przyjdzie na telefon albo do skrzynki", "Telefon"])
    one.sandbox.world.book.open(ATTEMPT)
    expect(turn).to_have_text(["Zapłać w banku", "Bank"])
    one.button("Zapłać 367,77").click()
    told = re.compile(r"Opłacone w \d+ s\. Dotknięć na tej stronie: [2-9]\.")
    expect(one.page.locator("#outcome")).to_have_text(told)
    expect(turn).to_have_count(0)
    assert one.page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


def test_on_a_phone_the_chat_is_in_reach_and_every_button_wide_enough(visit: Open) -> None:
    one = visit("about:blank", size=PHONE)
    one.sandbox.world.ledger.store_message("sms", "+48512000111", "FakturaSmart: kod 493027", NOW)
    one.go("/")
    greeted(one.page.frame_locator("#chat"))
    one.counts("#phone article", 1)
    expect(one.page.locator("#registers tbody tr").first).to_be_visible()
    window = one.page.locator(".window").bounding_box()
    assert window is not None
    assert window["y"] + window["height"] <= PHONE["height"], "the line to write in is above the fold"
    low = "all => all.map(one => one.getBoundingClientRect().height).filter(height => height && height < 44)"
    assert one.page.locator("button, .languages a, .ways a").evaluate_all(low) == []


def test_links_in_mails_open_in_a_tab_of_their_own(visit: Open) -> None:
    one = visit("about:blank", size=DESKTOP)
    link = one.server.url + "/s/confirm"
    text = f"Dzień dobry,\n\nprosimy potwierdzić adres:\n{link}\n\n<b>FakturaSmart</b>"
    one.sandbox.world.ledger.store_message("email", "anna@firma.pl", text, NOW, subject="Potwierdź adres", links=[link])
    one.go("/")
    mail = one.page.locator("#mailbox .item")
    expect(mail).to_contain_text("Potwierdź adres")
    mail.locator("summary").click()
    expect(mail.locator(".words")).to_contain_text("<b>FakturaSmart</b>")
    with one.page.context.expect_page() as opened:
        mail.get_by_role("link", name="Otwórz link").click()
    expect(opened.value.get_by_role("button", name="Potwierdzam adres")).to_be_visible()
    expect(mail.get_by_role("link", name=link)).to_have_attribute("target", "_blank")


def test_a_payment_is_paid_at_the_bank(visit: Open) -> None:
    one = visit("/sandbox", size=DESKTOP)
    one.reads("#bank", "Tu pojawi się płatność")
    one.sandbox.world.book.open(ATTEMPT)
    receipt = one.page.locator(".receipt")
    expect(receipt).to_contain_text("367,77")
    expect(receipt.locator(".meta").first).to_have_text("BLIK · Przelewy2420 lis, 09:05")
    expect(receipt.locator(".state")).to_have_text("czeka")
    receipt.get_by_role("button", name="Odrzuć płatność").click()
    expect(receipt.locator(".state")).to_have_text("odrzucona")
    receipt.get_by_role("button", name="Zapłać 367,77").click()
    expect(receipt.locator(".state")).to_have_text("zapłacona")
    expect(receipt.get_by_role("button")).to_have_count(0)


def test_a_kept_card_the_clock_a_number_and_a_reset(visit: Open) -> None:
    one = visit("/sandbox", size=PHONE, timezone_id="Europe/Warsaw", permissions=["clipboard-read", "clipboard-write"])
    world = one.sandbox.world
    expect(one.page.locator("#kept")).to_be_hidden()
    world.vault.keep(KeptMethod("stripe", "pm_1", "cus_1", "Visa …4242", STAMP))
    choice = one.page.get_by_label("Co stanie się przy następnym obciążeniu: Visa …4242")
    expect(choice).to_have_value("works")
    with one.page.expect_response("**/sandbox/api/methods/pm_1"):
        choice.select_option("odmowa")
    assert [method.next for method in world.vault.all()] == ["declined"], "from now on"
    assert one.page.evaluate("document.scrollingElement.scrollWidth") <= PHONE["width"]
    one.sees("#clock-now", "pt., 20 listopada 10:00")
    one.button("+1 dzień").click()
    one.sees("#clock-now", "sob., 21 listopada 10:00")
    assert world.clock.now() == datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
    one.reads("#registers", "Pracownia Bursztyn sp. z o.o.")
    one.reads("#registers", "START20")
    expect(one.page.locator("#registers")).not_to_contain_text("10000017")  # another profile's customer
    one.button("Kopiuj 1234563218").click()
    expect(one.button("Kopiuj 1234563218")).to_have_text("Skopiowano")
    assert one.page.evaluate("navigator.clipboard.readText()") == "1234563218"
    world.ledger.store_message("sms", "+48512000111", "kod 493027", NOW)
    one.counts("#phone article", 1)
    one.sandbox.reset()
    one.reads("#phone", "Tu przyjdą SMS-y")
    expect(one.page.locator("#phone-count")).to_be_hidden()


def test_a_sandbox_that_does_not_answer_is_told_and_tried_again(visit: Open) -> None:
    one = visit("/sandbox")
    one.reads("#registers", "1234563218")
    one.server.do(one.house.streams.close)
    one.server.stop()
    one.sees("#trouble", "Piaskownica nie odpowiada, próbuję dalej.")
    one.server.do(one.house.renew)
    one.server.start(one.house.app(list(one.sandbox.app.routes)))
    one.sees("#trouble", "")


def test_the_page_without_the_sandbox_is_the_chat(visit: Open) -> None:
    one = visit("about:blank")
    one.server.do(one.house.streams.close)
    one.server.stop()
    one.server.do(one.house.renew)
    one.server.start(one.house.app())
    one.go("/?start=Tok_en-1")
    greeted(one.page.frame_locator("#chat"))
    assert one.house.desk.turns[0].body.body == "/start Tok_en-1"  # pyright: ignore[reportAttributeAccessIssue]
