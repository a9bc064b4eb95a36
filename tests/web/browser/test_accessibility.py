"""axe-core finds nothing on any page, by day and by night, at phone and desktop width."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.handlers.pages.landing import SampleReceipt
from sandbox.attempts import ProviderAttempt
from tests.kit.visit import only, say, to_consents
from tests.web.conftest import DESKTOP, PHONE
from tests.web.counter import COMPANY, NEXT, RECEIPT, Counter, consents
from tests.web.house import House, Served
from tests.web.recorder import Place, Said

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text("utf-8")
Open = Callable[..., Page]
At = tuple[Served, House, Any]
# A slip on its way is half transparent: what ends by itself has to have ended. One that is cancelled rejects, and has.
STILL = """Promise.allSettled(document.getAnimations()
    .filter(one => one.effect.getTiming().iterations !== Infinity).map(one => one.finished))"""


def clean(page: Page) -> None:
    """Runs all of axe's rules, best practices included, on what is seen now, in both lights and at both widths."""
    page.evaluate(AXE)
    told: list[Any] = []
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # pyright: ignore[reportArgumentType]
        for light in ("light", "dark"):
            page.emulate_media(color_scheme=light)
            page.evaluate(STILL)
            found = page.evaluate("axe.run(document, {iframes: false}).then(result => result.violations)")
            told += [(light, size["width"], rule["id"], [node["html"] for node in rule["nodes"]]) for rule in found]
    page.set_viewport_size(PHONE)  # pyright: ignore[reportArgumentType]
    assert told == []


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
    held = only(served)
    agent = Place("account", "email", "agent", 1, 8, "Konto", mode="agent")
    server.do(lambda: house.desk.say(held, Said("Tu Anna. https://example.com/regulamin", author="agent"), agent))
    expect(page.locator(".slip.agent")).to_be_visible()
    clean(page)


@pytest.mark.parametrize("shown", ["consents", "company", "order", "pays", "receipt"])
def test_the_cards(served: At, open_page: Open, shown: str) -> None:
    server, house, _ = served
    talk = Counter(server.url, given={"method": "blik", "auto_renewal": "yes"})
    first = {"consents": consents(), "company": Said("Zgadza się?", card=COMPANY), "receipt": Said(NEXT, card=RECEIPT)}
    said = first.get(shown) or getattr(talk, shown)()
    house.desk._script = lambda _: talk
    talk.answer = lambda words: [said]  # pyright: ignore[reportAttributeAccessIssue]
    page = open_page(server.url + "/chat")
    expect(page.locator(".slip.desk")).to_be_visible()
    expect(page.locator("[data-asleep]")).to_have_count(0)
    clean(page)
    if shown == "order":
        page.get_by_role("button", name="Mam kod rabatowy").click()
        page.get_by_role("link", name="Przeczytaj").first.click()
        expect(page.get_by_role("alert")).to_be_visible()
        clean(page)


ONE_TIME = (
    *("/s/vectra", "/s/log-in", "/s/confirm", "/s/stop", "/s/expired"),
    *("/p/failed/return", "/p/checking/return", "/p/checking/return?n=20", "/p/transfer"),
)


def test_the_one_time_pages(served: At, open_page: Open) -> None:
    page = open_page("about:blank")
    for path in ONE_TIME:
        page.goto(served[0].url + path)
        if path == "/s/vectra":
            page.get_by_label("Powtórz hasło", exact=True).fill("x")
            page.evaluate("document.querySelector('form').submit()")
            expect(page.get_by_role("alert")).to_be_visible()
            page.get_by_label("Hasło", exact=True).fill("Zażółć12")
        if path == "/s/log-in":
            page.get_by_text("Google Play").click()
        clean(page)


@pytest.mark.parametrize("path", ["/", "/sandbox"])
def test_the_instruments(served: At, open_page: Open, path: str) -> None:
    server, house, sandbox = served
    house.receipt = SampleReceipt("FS/2026/000001", "FakturaSmart Standard, 1 rok", "367,77\xa0zł")
    ledger, now = sandbox.world.ledger, datetime(2026, 11, 20, 9, 4, tzinfo=UTC)
    ledger.store_message("sms", "+48512000111", "FakturaSmart: kod 493027. Wazny 10 min.", now)
    links = [server.url + "/s/confirm"]
    ledger.store_message("email", "a@b.pl", "Link: " + links[0], now, subject="Potwierdź adres", links=links)
    for n, status in enumerate(("pending", "paid", "failed")):
        stamp = "2026-11-20T09:05:00+00:00"
        attempt = ProviderAttempt("paypal", f"{n}-1", f"o{n}", f"t{n}", "paypal", 36777, "PLN", stamp, status=status)
        sandbox.world.book.open(attempt)
    page = open_page(server.url + path)
    expect(page.locator(".receipt")).to_have_count(3)
    expect(page.locator("#registers")).to_contain_text("1234563218")
    page.locator("#mailbox summary").click()
    clean(page)


NARROW = {"width": 320, "height": 640}
ZOOMED = {"width": 640, "height": 400}
"""1280 × 800 at 200 %."""
SMALL_TARGETS = """() => [...document.querySelectorAll("main a, main button, main input, main summary")]
    .filter(one => one.checkVisibility() && getComputedStyle(one).display !== "inline")
    .map(one => (one.closest("label") ?? one).getBoundingClientRect().height && [one, one.closest("label") ?? one])
    .filter(Boolean).map(([one, room]) => [one.outerHTML.slice(0, 90), Math.round(room.getBoundingClientRect().height)])
    .filter(([, height]) => height < 44)"""


def test_pages_fit_narrow_windows_and_forced_colours(served: At, open_page: Open) -> None:
    page = open_page("about:blank", size=NARROW)
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    for path in ("/", "/sandbox", "/s/log-in", "/s/vectra", "/p/transfer", "/p/checking/return"):
        for size in (NARROW, ZOOMED):
            page.set_viewport_size(size)  # pyright: ignore[reportArgumentType]
            page.goto(served[0].url + path)
            expect(page.get_by_role("main")).to_be_visible()
            assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"], path
            if path.startswith(("/s/", "/p/")):
                assert page.evaluate(SMALL_TARGETS) == [], path
