"""Cards in Chromium: the order as one card, changed in place; what binds is a step of the hand's own."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from msgspec import structs
from playwright.sync_api import Locator, Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from bot.conversation.inbound import Text
from bot.conversation.outbound import CardChoice, CardRow, ReplyLink
from tests.kit.visit import Visit
from tests.web.conftest import PHONE
from tests.web.counter import ASIDE, COMPANY, NEXT, RECEIPT, Counter, consents
from tests.web.recorder import Place, Said

LOW = {"width": 320, "height": 568}
EINVOICES = "Zgadzam się wystawiać i otrzymywać e-faktury przez FakturaSmart."
ACTIVATE = "einvoice:activate"
MORE = (("E-faktury", "zone:einvoice"), ("Moje dane", "zone:my_data"))
TERMS, CLAUSES, BOTH = "Akceptuję regulamin", "Znam i przyjmuję klauzule", "Akceptuję regulamin i klauzule"
LACKS, WORDS = ".order", ".slip > .words"
DOCUMENTS_LACK = "Brakuje jeszcze: regulaminu, klauzul"
READY, NEXT_WAY = "Wszystko gotowe. Zamawiasz?", "Przejdź do płatności"


class Opened(Counter):
    """A conversation that begins with a certain message, and asks for consents as long as they are sent."""

    def __init__(self, url: str, first: Callable[["Opened"], Said]) -> None:
        super().__init__(url)
        self.first = first

    def answer(self, words: str) -> list[Said]:
        """The first message, then the counter's."""
        again = words.startswith("/start") or words == "consents:done"
        return [self.first(self)] if again else super().answer(words)


Open = Callable[..., Visit]


@pytest.fixture
def at(visit: Callable[..., Visit]) -> Open:
    """The chat at this message, awake, or with its clock in the test's hands."""

    def opened(first: Callable[[Opened], Said] = Counter.order, *, clock: bool = False, **how: Any) -> Visit:
        one = visit("about:blank", **how)
        one.house.desk._script = lambda _: Opened(one.server.url, first)
        one.begin()
        if clock:
            one.page.clock.install()
            with one.page.expect_response("**/webchat/events"):
                one.go()
            return one
        one.go()
        expect(one.page.locator("[data-payload]").first).to_be_visible()
        one.counts("[data-asleep]", 0)
        return one

    return opened


def company(talk: Opened) -> Said:
    """The company's card, to be confirmed."""
    talk.place = Place("company", "confirm_data", "confirm_data", 4, 8, "Dane firmy")
    return Said("Zgadza się?", (("Zgadza się", "confirm:yes"), *ASIDE), card=COMPANY)


def ticking(talk: Opened) -> Said:
    """The consents."""
    talk.place = Place("account", "consents", "consents", 1, 8, "Zgody")
    return consents()


def judged(talk: Opened) -> Said:
    """The order's card below an answer, of which is asked whether it helped."""
    card = talk.order()
    return replace(card, buttons=(*card.buttons, ("Pomogło", "helpful:yes"), ("Nie pomogło", "helpful:no")))


def failed(talk: Opened) -> Said:
    """A payment that failed: to be tried again behind its link, or paid another way."""
    talk.place = Place("payment", "payment", "payment", 6, 8, "Płatność")
    again = (("Spróbuj jeszcze raz", "pay:now"), ("Karta", "method:card"), ("PayPal", "method:paypal"))
    return Said(
        "Spróbujesz jeszcze raz?", again, (ReplyLink("payment", "http://127.0.0.1/p/failed", "Zapłać", "0a1b"),)
    )


def waiting(talk: Opened) -> Said:
    """A payment that is waited for, with all else that may be done."""
    others = (("Zmień na: Karta", "method:card"), ("Zmień na: PayPal", "method:paypal"))
    return replace(talk.pays(), buttons=(("Sprawdź płatność", "payment:check"), *others))


def joint(talk: Opened) -> Said:
    """The order's card of a seller with terms and clauses."""
    talk.joint = True
    return talk.order()


def paid(talk: Opened) -> Said:
    """The receipt, with the consent to e-invoices in a row of its own."""
    agreed = CardRow("einvoice", "E-faktury", EINVOICES, choices=(CardChoice("Włącz e-faktury", ACTIVATE, binds=True),))
    talk.place = Place("einvoice", "einvoice", "choice", 7, 8, "E-faktury")
    ways = (("Włącz e-faktury", ACTIVATE), ("Szczegóły", "einvoice:details"), ("Później", "einvoice:later"))
    return Said("Dziękujemy.", ways, card=structs.replace(RECEIPT, rows=(*RECEIPT.rows, agreed)))


def after_paying(talk: Opened) -> Said:
    """The receipt, and what else may be done from now on."""
    talk.place = Place("zone", "zone", "nothing", 8, 8, "Strefa klienta")
    home = (("Moje konto", "zone:my_account"), ("Kup ponownie", "start:buy"))
    return Said("E-faktury włączone.", (*home, *MORE), card=RECEIPT)


def order(page: Page) -> Locator:
    """The button that places the order."""
    return page.locator("#act .order", has_text=re.compile("^Zamawiam z obowiązkiem zapłaty367,77\xa0zł"))


def chosen_at_once(one: Visit) -> None:
    """A way to pay, terms and clauses, each pressed without waiting for the answer to the one before."""
    one.button("BLIK").click()
    one.tick(TERMS).check()
    one.tick(CLAUSES).check()


def filled(one: Visit) -> None:
    """Terms and clauses are given; nothing is missing any more."""
    one.tick(TERMS).check()
    one.tick(CLAUSES).check()
    one.sees(WORDS, READY)


def place(one: Visit, part: str) -> dict[str, float]:
    """Where a part of the page is."""
    found = one.page.locator(part).bounding_box()
    assert found
    return {"y": found["y"], "height": found["height"], "end": found["y"] + found["height"]}


def test_above_the_order_whether_an_answer_helped_is_asked_quietly(at: Open) -> None:
    one = at(judged)
    one.counts("#tray > [data-payload]", 0)
    one.sees("#tray .rest", "PomogłoNie pomogłoWróćPomoc")
    expect(order(one.page)).to_be_visible()


def test_a_row_that_can_be_changed_is_one_large_button(at: Open) -> None:
    one = at(company)
    row = one.button("Zmień: Nazwa. Pracownia Bursztyn sp. z o.o.")
    box = row.bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["width"] > 300
    expect(one.page.locator(".card .row", has_text="czynny podatnik").get_by_role("button")).to_have_count(0)
    row.click()
    expect(one.box).to_be_focused()
    one.sees(".spent", "✓ Zmień: Nazwa")
    one.counts(".card button", 0)  # what is over can't be pressed any more
    assert one.pressed == ["edit:company_name"]


def pays_above_all_else(one: Visit) -> None:
    """The way to pay stands between the talk and all else, in the lowest window and in a phone's."""
    for size in (LOW, PHONE):
        one.page.set_viewport_size(size)  # pyright: ignore[reportArgumentType]
        way, others, log = (place(one, part) for part in ("#act a", "#tray", "#log"))
        assert log["end"] <= way["y"]
        assert way["end"] <= others["y"]
        assert log["height"] >= size["height"] / 2 or size == PHONE


def test_after_a_failed_payment_one_way_stands_out(at: Open) -> None:
    one = at(failed, size=LOW)
    pays_above_all_else(one)
    one.reads("#act a", "Spróbuj jeszcze raz")
    one.sees("#tray > button", ["Karta", "PayPal"])


def test_below_the_way_to_pay_all_else_is_one_quiet_line(at: Open) -> None:
    one = at(waiting, size=LOW)
    pays_above_all_else(one)
    one.reads("#act a", "Przejdź do płatności\xa0·\xa0367,77\xa0zł")
    one.sees("#tray .rest button", ["Sprawdź płatność", "Inny sposób"])
    one.page.locator("#act a").focus()
    one.page.keyboard.press("Tab")
    expect(one.button("Sprawdź płatność")).to_be_focused()
    one.button("Inny sposób").click()
    expect(one.button("Zmień na: Karta")).to_be_focused()
    one.sees("#tray .rest button", ["Sprawdź płatność", "Zmień na: Karta", "Zmień na: PayPal"])
    one.counts("#tray > button", 0)


def test_nothing_is_chosen_before_the_customer_chooses_and_the_order_leads_to_what_is_missing(at: Open) -> None:
    one = at()
    one.counts(".card [aria-pressed=true], .card [aria-checked=true], .card :checked", 0)
    one.sees("#tray [data-payload]", ["Wróć", "Pomoc"])
    one.counts(".tray .likely", 0)
    # A tick says what is agreed to; the rest is read in the sheet.
    one.sees(".card .tick label", [f"{TERMS} w wersji 2026-09", f"{CLAUSES} w wersji 2026-09."])
    expect(order(one.page)).to_have_text(
        "Zamawiam z obowiązkiem zapłaty367,77\xa0złBrakuje jeszcze: metody, regulaminu, klauzul"
    )
    expect(order(one.page).locator("small")).to_be_hidden()
    order(one.page).click()
    expect(one.button("BLIK")).to_be_focused()
    expect(order(one.page).locator("small")).to_be_visible()
    expect(one.page.locator("#log")).to_have_attribute("aria-live", "off")
    one.button("BLIK").click()
    expect(order(one.page)).to_contain_text("Brakuje jeszcze: regulaminu")
    # A screen reader hears only what has changed.
    told = "Metoda płatności: BLIK. Brakuje jeszcze: regulaminu, klauzul. Przeczytaj i zaakceptuj regulamin."
    expect(one.page.locator("#announcer p").last).to_have_text(told)
    expect(one.page.locator("[aria-current=step]")).to_have_attribute("data-row", "terms")
    order(one.page).click()
    expect(one.tick(TERMS)).to_be_focused()
    assert one.pressed == ["method:blik"]


def test_the_order_is_filled_in_on_one_card_that_stays_in_its_place(at: Open) -> None:
    one = at()
    blik, renewal, terms = one.button("BLIK"), one.page.get_by_role("switch", name="Odnawianie co rok"), one.tick(TERMS)
    blik.focus()
    one.page.keyboard.press("Enter")
    expect(blik).to_have_attribute("aria-pressed", "true")
    expect(blik).to_be_focused()
    one.sees(WORDS, "Przeczytaj i zaakceptuj regulamin.")
    renewal.click()
    expect(renewal).to_be_checked()
    renewal.click()
    expect(renewal).not_to_be_checked()
    terms.check()
    expect(one.page.locator(LACKS)).not_to_contain_text("regulaminu")
    terms.uncheck()  # a chosen answer pressed again is taken back
    one.reads(LACKS, "regulaminu")
    expect(terms).not_to_be_checked()
    filled(one)
    one.counts(".slip", 1)
    one.counts(".slip.customer, .spent", 0)
    expect(order(one.page)).not_to_have_attribute("aria-disabled", "true")
    order(one.page).click()
    expect(one.link(NEXT_WAY)).to_be_visible()
    one.counts(".slip", 1)  # the card goes on as what is to be paid
    given = ["method:blik", "auto_renewal:yes", "auto_renewal:no", "terms:accept", "terms:withdraw"]
    assert one.pressed == [*given, "terms:accept", "clauses:accept", "pay:now"]


def test_the_order_sleeps_for_a_moment_where_it_comes_or_moves_and_so_does_the_way_to_pay(at: Open) -> None:
    one = at(clock=True)
    page, terms = one.page, one.tick(TERMS)
    expect(page.locator(".card")).to_be_visible()
    page.clock.fast_forward(1100)
    one.button("BLIK").click()
    filled(one)
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 5)
    page.clock.run_for(2000)
    expect(order(page)).not_to_have_attribute("aria-disabled", "true")
    look = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color].join()"
    awake = order(page).evaluate(look)
    terms.uncheck()
    expect(order(page)).to_contain_text("Brakuje")
    terms.check()
    expect(order(page)).not_to_contain_text("Brakuje")
    assert order(page).evaluate(look) == awake, "asleep or not, it looks the same"
    order(page).dispatch_event("click")
    page.clock.run_for(550)
    order(page).dispatch_event("click")
    assert "pay:now" not in one.pressed
    page.clock.run_for(100)
    expect(order(page)).not_to_have_attribute("data-asleep", "")
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"] - 90})
    expect(order(page)).to_have_attribute("data-asleep", "")
    order(page).dispatch_event("click")
    assert "pay:now" not in one.pressed
    page.clock.run_for(1000)
    expect(order(page)).not_to_have_attribute("data-asleep", "")
    order(page).focus()
    page.keyboard.press("Enter")
    way = one.link(NEXT_WAY)
    expect(way).to_be_visible()
    expect(way).not_to_be_focused()
    expect(one.box).not_to_be_focused()
    way.dispatch_event("click")
    page.clock.run_for(1000)
    expect(way).not_to_have_attribute("aria-disabled", "true")
    assert len(page.context.pages) == 1
    assert one.pressed[-1] == "pay:now"


def test_terms_and_clauses_are_one_tick_that_leads_to_both(at: Open) -> None:
    one = at(joint)
    both = one.tick(BOTH)
    one.counts(".card .tick", 1)
    for name, shown in (("terms", "regulamin"), ("clauses", "klauzule")):
        word = one.page.locator(".tick").get_by_role("link", name=shown)
        expect(word).to_have_attribute("href", re.compile(f"/documents/{name}$"))
    one.button("BLIK").click()
    expect(one.page.locator("[aria-current=step]")).to_have_attribute("data-row", "terms_clauses")
    both.check()
    expect(order(one.page)).not_to_contain_text("Brakuje")
    both.uncheck()
    expect(order(one.page)).to_contain_text(DOCUMENTS_LACK)
    order(one.page).click()
    expect(both).to_be_focused()
    assert one.pressed == ["method:blik", "terms_clauses:accept", "terms_clauses:withdraw"]
    one.is_answered("terms:accept")  # given by words, it leaves a tick of its own for the other
    one.counts(".card .tick", 2)
    expect(one.tick(CLAUSES)).not_to_be_checked()
    one.counts(".card :checked", 1)


@pytest.mark.parametrize(("first", "ticks"), [(joint, [BOTH]), (Counter.order, [TERMS, CLAUSES])], ids=["one", "two"])
def test_no_consent_is_given_to_words_that_changed_after_the_tick(at: Open, first: Any, ticks: list[str]) -> None:
    one = at(first)
    with one.kept_waiting():
        one.button("BLIK").click()
        for tick in ticks:
            one.tick(tick).check()
        one.server.do(lambda: setattr(one.talk.script, "version", "2026-12"))
    one.reads(LACKS, DOCUMENTS_LACK)
    if first is not joint:
        expect(one.tick("wersji 2026-12")).to_have_count(2)
    one.counts(".card :checked", 0)
    assert one.pressed == ["method:blik"]


def test_nothing_moves_under_the_finger_while_a_choice_is_under_way(at: Open) -> None:
    one = at(clock=True)
    expect(one.button("BLIK")).to_be_visible()
    one.page.clock.run_for(1000)  # awake
    with one.kept_waiting():
        one.button("BLIK").click()
        before = place(one, ".card")
        one.page.clock.run_for(3000)
        assert place(one, ".card") == before


@pytest.mark.parametrize("typed", [False, True], ids=["alone", "beside words"])
def test_no_press_during_another_s_answer_is_lost(at: Open, typed: bool) -> None:
    one = at()
    with one.kept_waiting():
        chosen_at_once(one)
        if typed:
            one.says("czym się różni BLIK?")
        else:
            order(one.page).dispatch_event("click")  # not yet
    expect(order(one.page)).not_to_contain_text("Brakuje")
    if typed:
        one.reads(".slip.customer", "czym się różni BLIK?")
        expect(one.page.get_by_text("BLIK działa od ręki.", exact=True)).to_be_visible()
    else:
        one.sees(WORDS, READY)
    one.counts(".card :checked", 2)
    assert one.pressed == ["method:blik", "terms:accept", "clauses:accept"]


def test_what_waits_to_be_sent_stays_as_it_was_pressed(at: Open) -> None:
    one = at()
    with one.kept_waiting():
        chosen_at_once(one)
        one.page.route("**/webchat/press", lambda route: route.abort())  # breaks once the first press is through
    one.sees(WORDS, "Przeczytaj i zaakceptuj regulamin.")
    one.reads("#progress-words", "Zamówienie")
    expect(one.button("BLIK")).to_have_attribute("aria-pressed", "true")
    one.counts(".card :checked", 2)
    one.page.unroute("**/webchat/press")
    one.sees(WORDS, READY)
    assert one.pressed == ["method:blik", "terms:accept", "clauses:accept"]


def test_what_another_tab_is_answered_takes_no_tick_off(at: Open) -> None:
    one = at()
    here, there = one.page, one.page.context.new_page()
    there.goto(one.server.url + "/chat")
    expect(there.locator("[data-asleep]")).to_have_count(0)
    here.route("**/webchat/press", lambda route: route.abort())
    one.tick(TERMS).check()
    there.get_by_role("checkbox", name=CLAUSES).check()
    one.sees(LACKS, re.compile("Brakuje jeszcze: metody, regulaminu$"))
    one.counts(".card :checked", 2)
    here.unroute("**/webchat/press")
    for page in (here, there):
        expect(page.locator(LACKS)).to_have_text(re.compile("Brakuje jeszcze: metody$"))
        expect(page.locator(".card :checked")).to_have_count(2)
    assert one.pressed == ["clauses:accept", "terms:accept"]


def test_what_waits_when_an_agent_takes_over_is_not_pressed_later(at: Open) -> None:
    one = at()
    taken = Place("order", "method", "choice", 5, 8, "Zamówienie", mode="agent")
    with one.kept_waiting():
        one.button("BLIK").click()
        one.tick(TERMS).check()
        one.stands(taken)
        expect(one.box).to_have_attribute("placeholder", "Napisz do konsultanta")
        one.stands(replace(taken, mode="bot"))
    one.reads(LACKS, DOCUMENTS_LACK)
    one.counts(".card :checked", 0)
    assert one.pressed == ["method:blik"]


def test_what_is_taken_back_before_it_was_answered_is_taken_back(at: Open) -> None:
    one = at()
    with one.kept_waiting():
        one.tick(TERMS).check()
        one.tick(TERMS).uncheck()
        one.tick(CLAUSES).check()
        one.tick(CLAUSES).uncheck()
        one.button("BLIK").click()
        one.button("PayPal").click()
    one.reads(LACKS, DOCUMENTS_LACK)
    expect(one.button("PayPal")).to_have_attribute("aria-pressed", "true")
    one.counts(".card :checked", 0)
    assert one.pressed == ["terms:accept", "terms:withdraw", "method:paypal"]


def test_a_switch_stands_as_it_was_left_while_an_answer_is_due(at: Open) -> None:
    one = at()
    renewal = one.page.get_by_role("switch", name="Odnawianie co rok")
    with one.kept_waiting():
        renewal.click()
        expect(renewal).to_be_checked()
        renewal.click()
        expect(renewal).not_to_be_checked()
        one.button("BLIK").click()
    one.reads(LACKS, DOCUMENTS_LACK)
    expect(renewal).not_to_be_checked()
    assert one.pressed == ["auto_renewal:yes", "auto_renewal:no", "method:blik"]


def test_a_held_key_presses_a_row_once(at: Open) -> None:
    one = at()
    renewal = one.page.get_by_role("switch")
    renewal.focus()
    one.page.keyboard.down("Enter")
    expect(renewal).to_be_checked()
    for _ in range(5):
        one.page.keyboard.down("Enter")
    one.page.keyboard.up("Enter")
    one.button("BLIK").click()
    expect(one.button("BLIK")).to_have_attribute("aria-pressed", "true")
    expect(one.page.locator(LACKS)).not_to_contain_text("metody")
    assert one.pressed == ["auto_renewal:yes", "method:blik"]


def test_what_is_asked_beside_the_card_stays_where_it_was_said_and_a_code_is_typed_in_it(at: Open) -> None:
    one = at()
    slips, question = ".slip > p:last-of-type", ["czym się różni BLIK?", "BLIK działa od ręki."]
    one.says("czym się różni BLIK?")
    one.sees(slips, [*question, "Jak chcesz zapłacić?"])
    one.counts("[data-asleep]", 0)
    one.button("BLIK").click()
    one.sees(slips, [*question, "Przeczytaj i zaakceptuj regulamin."])
    one.page.reload()
    one.sees(slips, [*question, "Przeczytaj i zaakceptuj regulamin."])
    one.button("Mam kod rabatowy").click()
    field = one.page.get_by_label("Mam kod rabatowy")
    expect(field).to_be_focused()
    field.fill("START20")
    field.press("Enter")
    expect(one.button("Zmień: Kod rabatowy. START20")).to_be_visible()
    one.counts(".slip", 3)
    assert one.heard[-1] == Text("START20")


def words(request: Request) -> Response:
    """A document's page, as the desk serves it."""
    heading = f"Regulamin {request.path_params['name']}"
    return HTMLResponse(f"<main><h1>{heading}</h1><p>Wersja 2026-09.</p><script>document.title='x'</script></main>")


def test_terms_open_in_a_sheet_that_survives_a_change_of_the_card(at: Open) -> None:
    one = at()
    link = one.link("Przeczytaj: Regulamin FakturaSmart")
    link.click()  # it can't be fetched here: it is one link away
    expect(one.page.get_by_role("alert")).to_contain_text("na osobnej stronie")
    one.button("Zamknij tekst").click()
    expect(one.page.get_by_role("dialog")).to_have_count(0)
    one.server.do(one.house.streams.close)
    one.server.stop()
    one.server.do(one.house.renew)
    one.server.start(one.house.app([Route("/documents/{name}", words)]))
    one.go()
    one.counts("[data-asleep]", 0)
    expect(link).to_have_attribute("href", f"{one.server.url}/documents/terms")
    link.click()
    sheet = one.page.get_by_role("dialog", name="Regulamin FakturaSmart")
    expect(sheet).to_contain_text("Wersja 2026-09.")
    expect(sheet.get_by_role("link")).to_have_attribute("href", f"{one.server.url}/documents/terms")
    one.is_answered("terms:accept")
    expect(one.page.locator(LACKS)).not_to_contain_text("regulaminu")
    expect(sheet).to_be_visible()
    one.page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    assert one.page.title() != "x"


def test_the_receipt_takes_the_payment_s_place(at: Open) -> None:
    one = at(Counter.pays)
    one.counts(".slip", 1)
    one.is_told(Said(NEXT, ASIDE, card=RECEIPT), Place("einvoice", "einvoice", "choice", 7, 8, "E-faktury"))
    one.sees(".stamp", "Opłacone 367,77\xa0zł")
    one.counts(".slip", 1)
    expect(one.link(NEXT_WAY)).to_have_count(0)
    one.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    one.button("Kopiuj: FS/2026/000123").click()
    assert one.page.evaluate("navigator.clipboard.readText()") == "FS/2026/000123"
    one.page.emulate_media(reduced_motion="reduce")
    assert one.page.locator(".stamp").evaluate("stamp => getComputedStyle(stamp).animationName") == "none"


def test_a_receipt_leads_on_by_one_button_below_the_words_that_it_agrees_to(at: Open) -> None:
    one = at(paid)
    one.reads(".card", EINVOICES)
    one.counts(".card :is(input, button:not(.copy))", 0)
    one.sees("#tray button", ["Włącz e-faktury", "Szczegóły", "Później"])
    one.sees(".likely", "Włącz e-faktury")
    one.button("Włącz e-faktury").click()
    one.answered()
    assert one.pressed == [ACTIVATE]


def test_below_a_receipt_the_likeliest_ways_on_are_in_view_and_the_rest_one_press_away(at: Open) -> None:
    one = at(after_paying)
    one.sees("#tray button", ["Moje konto", "Kup ponownie", "Więcej"])
    one.page.locator("#tray .more").click()
    one.sees("#tray button", ["Moje konto", "Kup ponownie", "E-faktury", "Moje dane"])


@pytest.mark.parametrize("size", [PHONE, LOW], ids=["phone", "low"])
def test_the_top_of_a_tall_slip_is_in_view_and_the_rest_is_announced(at: Open, size: Any) -> None:
    one = at(company, size=size)
    one.is_told(Said("Pierwszy wiersz\n" + "wiersz\n" * 40, ASIDE))
    expect(one.page.get_by_text("Pierwszy wiersz").last).to_be_in_viewport()
    top = one.page.locator(".slip").last.bounding_box()
    assert top
    assert 0 <= top["y"] - place(one, "#log")["y"] < 16
    one.button("Niżej jest więcej").click()
    expect(one.button("Niżej jest więcej")).to_be_hidden()


def test_consents_say_their_words_in_their_boxes_and_those_required_are_marked(at: Open) -> None:
    def ticked(talk: Opened) -> Said:
        said = ticking(talk)
        first, *others = said.offered
        return Said(said.text, (structs.replace(first, title="☑ " + first.title[2:]), *others))

    one = at(ticking, size=LOW)
    for size in (LOW, {"width": 640, "height": 400}):  # the second is a zoom of 200 %
        one.page.set_viewport_size(size)  # pyright: ignore[reportArgumentType]
        assert place(one, "#log")["height"] >= size["height"] / 2, "half of a low window belongs to the talk"
        assert one.page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]
    boxes = one.page.locator("#tray label")
    expect(boxes.first).to_contain_text("Zgadzam się, żeby FakturaSmart przetwarzał")
    expect(boxes.filter(has_text="(wymagane)")).to_have_count(0)
    one.sees("#tray > button", ["Tylko wymagane", re.compile(r"^Dobrowolne \(\d\)$")])
    one.page.locator("#tray .more").click()
    expect(boxes.filter(has_text="(wymagane)")).to_have_count(2)
    expect(boxes.last).to_have_text("Chcę dostawać e-mailem informacje o nowościach i promocjach.")
    one.sees(".likely", "Tylko wymagane")
    missing = "#tray input[aria-invalid=true]"
    one.counts(missing, 0)
    one.page.locator("#tray").get_by_role("button", name="Zaznaczone, dalej").click()
    one.counts(missing, 2)
    one.is_told(ticked(Opened("", ticking)), Place("account", "consents", "consents", 1, 8, "Zgody"))
    one.sees(".likely", "Zaznaczone, dalej")


@pytest.mark.parametrize("size", [PHONE, LOW], ids=["phone", "low"])
def test_what_places_the_order_and_leads_to_paying_is_always_in_view(at: Open, size: Any) -> None:
    one = at(size=size)
    inside(order(one.page))
    one.page.locator("#log").evaluate("log => log.scrollTo(0, 0)")
    inside(order(one.page))
    one.is_answered("method:blik", "terms:accept", "clauses:accept")
    expect(order(one.page)).not_to_have_attribute("aria-disabled", "true")
    inside(order(one.page))
    expect(order(one.page)).to_have_count(1)
    order(one.page).click()
    way = one.link("Przejdź do płatności\xa0·\xa0367,77\xa0zł")
    expect(way).to_have_count(1)
    inside(way)
    expect(order(one.page)).to_have_count(0)


def inside(control: Locator) -> None:
    """A finger reaches all of it without scrolling: nothing covers its corners."""
    reached = """one => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      const at = (x, y) => one.contains(document.elementFromPoint(x, y));
      return [left + 9, right - 9].every((x) => [top + 9, bottom - 9].every((y) => at(x, y)));
    }"""
    expect(control).to_be_visible()
    assert control.evaluate(reached)
