"""axe-core finds nothing on any page, by day and by night, at phone and desktop width."""

import os
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.handlers.pages.landing import SampleReceipt
from sandbox.attempts import ProviderAttempt
from tests.kit.browsers import AXE, FAULTS, LOOKS, TOUCHED
from tests.kit.visit import only, say, to_consents
from tests.machine import FONTS
from tests.web.counter import Counter
from tests.web.house import House, Served
from tests.web.recorder import Place, Said

Open = Callable[..., Page]
At = tuple[Served, House, Any]


def clean(page: Page, touched: str = "none") -> None:
    """As in the desk's own tests (tests/kit/browsers.py)."""
    page.evaluate(AXE)
    for size, light in LOOKS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=light)
        assert page.evaluate(FAULTS, touched) == [], f"{page.url}, {size['width']}, {light}"


def test_letters_are_those_of_the_run(browser: Browser) -> None:
    """None of the machine's other fonts is seen (tests/machine.py)."""
    page = browser.new_page()
    page.set_content("Zażółć")
    session = page.context.new_cdp_session(page)
    for domain in ("DOM", "CSS"):
        session.send(f"{domain}.enable")
    document = session.send("DOM.getDocument")["root"]["nodeId"]
    body = session.send("DOM.querySelector", {"nodeId": document, "selector": "body"})
    for family in ("sans-serif", "Arial", "Helvetica"):
        page.evaluate("family => { document.body.style.fontFamily = family; }", family)
        (font,) = session.send("CSS.getPlatformFontsForNode", body)["fonts"]
        assert font["familyName"] == ("Liberation Sans" if os.environ.get(FONTS) else "DejaVu Sans"), family
    page.close()


def test_the_chat(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_consents(page)
    page.get_by_role("checkbox").first.check()
    expect(page.locator("#tray")).to_have_attribute("aria-busy", "false")
    clean(page)
    page.get_by_role("button", name="Więcej").click()
    clean(page)
    page.keyboard.press("Escape")
    house.desk.down = True
    say(page, "halo")
    expect(page.locator(".slip.waiting")).to_be_visible()
    agent, held = Place("account", "email", "agent", 1, 8, "Konto", mode="agent"), only(served)
    server.do(lambda: house.desk.say(held, Said("Tu Anna. https://example.com/regulamin", author="agent"), agent))
    expect(page.locator(".slip.agent")).to_be_visible()
    clean(page)


def test_a_field_and_a_document_of_a_card(served: At, open_page: Open) -> None:
    """The cards themselves are looked at where they are bought by (tests/desk/test_browser_journey.py)."""
    served[1].desk._script = lambda _: Counter(served[0].url)
    page = open_page(served[0].url + "/chat")
    page.get_by_role("button", name="Mam kod rabatowy").click()
    page.get_by_role("link", name="Przeczytaj").first.click()
    expect(page.get_by_role("alert")).to_be_visible()
    clean(page)


def test_the_one_time_pages(served: At, open_page: Open) -> None:
    page = open_page("about:blank")
    for path in (
        *("/s/vectra", "/s/log-in", "/s/confirm", "/s/stop", "/s/expired"),
        *("/p/failed/return", "/p/checking/return", "/p/checking/return?n=20", "/p/transfer"),
    ):
        page.goto(served[0].url + path)
        if path == "/s/vectra":
            page.get_by_label("Powtórz hasło", exact=True).fill("x")
            page.evaluate("document.querySelector('form').submit()")
            expect(page.get_by_role("alert")).to_be_visible()
            page.get_by_label("Hasło", exact=True).fill("Zażółć12")
        if path == "/s/log-in":
            page.get_by_text("Google Play").click()
        clean(page, TOUCHED)


@pytest.mark.parametrize("path", ["/", "/sandbox"])
def test_the_instruments(served: At, open_page: Open, path: str) -> None:
    server, house, sandbox = served
    house.receipt = SampleReceipt("FS/2026/000001", "FakturaSmart Standard, 1 rok", "367,77\xa0zł")
    ledger, now = sandbox.world.ledger, datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
    ledger.store_message("sms", "+48512000111", "FakturaSmart: kod 493027. Wazny 10 min.", now)
    ledger.store_message("email", "a@b.pl", "Link", now, subject="Potwierdź adres", links=[server.url + "/s/confirm"])
    for n, status in enumerate(("pending", "paid", "failed")):
        stamp = "2026-11-20T09:05:00+00:00"
        attempt = ProviderAttempt("paypal", f"{n}-1", f"o{n}", f"t{n}", "paypal", 36777, "PLN", stamp, status=status)
        sandbox.world.book.open(attempt)
    page = open_page(server.url + path)
    expect(page.locator(".receipt")).to_have_count(3)
    expect(page.locator("#registers")).to_contain_text("1234563218")
    page.locator("#mailbox summary").click()
    clean(page)
