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

from bot.conversation.inbound import ButtonPressed, Text
from bot.conversation.outbound import CardChoice, CardRow, ReplyLink
from tests.web.browser.steps import begun, only, say
from tests.web.conftest import PHONE
from tests.web.counter import ASIDE, COMPANY, NEXT, RECEIPT, Counter, consents
from tests.web.house import House, Served
from tests.web.recorder import Place, Said

Open = Callable[..., Page]
At = tuple[Served, House, Any]
LOW = {"width": 320, "height": 568}
EINVOICES = "Zgadzam się wystawiać i otrzymywać e-faktury przez FakturaSmart."
ACTIVATE = "einvoice:activate"


class Opened(Counter):
    """A conversation that begins with a certain message, and asks for consents as long as they are sent."""

    def __init__(self, url: str, first: Callable[["Opened"], Said]) -> None:
        super().__init__(url)
        self.first = first

    def answer(self, words: str) -> list[Said]:
        """The first message, then the counter's."""
        again = words.startswith("/start") or words == "consents:done"
        return [self.first(self)] if again else super().answer(words)


def company(talk: Opened) -> Said:
    """The company's card, to be confirmed."""
    talk.place = Place("company", "confirm_data", "confirm_data", 4, 8, "Dane firmy")
    return Said("Zgadza się?", (("Zgadza się", "confirm:yes"), *ASIDE), card=COMPANY)


def ticking(talk: Opened) -> Said:
    """The consents."""
    talk.place = Place("account", "consents", "consents", 1, 8, "Zgody")
    return consents()


def at(served: At, open_page: Open, first: Callable[[Opened], Said] = Counter.order, **how: Any) -> Page:
    """The chat at this message, awake."""
    server, house, _ = served
    house.desk._script = lambda _: Opened(server.url, first)
    page = open_page("about:blank", **how)
    begun(page, server.url)
    page.goto(server.url + "/chat")
    expect(page.locator("[data-payload]").first).to_be_visible()
    expect(page.locator("[data-asleep]")).to_have_count(0)
    return page


def pressed(house: House) -> list[str]:
    """What the desk was sent by presses."""
    return [turn.body.payload for turn in house.desk.turns if isinstance(turn.body, ButtonPressed)]


def order(page: Page) -> Locator:
    """The button that places the order."""
    return page.get_by_role("button", name="Zamawiam z obowiązkiem zapłaty\xa0·\xa0367,77\xa0zł")


def chosen_at_once(page: Page) -> None:
    """A way to pay, terms and clauses, each pressed without waiting for the answer to the one before."""
    page.get_by_role("button", name="BLIK").click()
    page.get_by_role("checkbox", name="Akceptuję regulamin").check()
    page.get_by_role("checkbox", name="Znam i przyjmuję klauzule").check()


def filled(page: Page) -> None:
    """Terms and clauses are given; nothing is missing any more."""
    page.get_by_role("checkbox", name="Akceptuję regulamin").check()
    page.get_by_role("checkbox", name="Znam i przyjmuję klauzule").check()
    expect(page.locator(".slip > .words")).to_have_text("Wszystko gotowe. Zamawiasz?")


def judged(talk: Opened) -> Said:
    """The order's card below an answer, of which is asked whether it helped."""
    card = talk.order()
    return replace(card, buttons=(*card.buttons, ("Pomogło", "helpful:yes"), ("Nie pomogło", "helpful:no")))


def test_above_the_order_whether_an_answer_helped_is_asked_quietly(served: At, open_page: Open) -> None:
    page = at(served, open_page, judged)
    expect(page.locator("#tray > [data-payload]")).to_have_count(0)
    expect(page.locator("#tray .rest")).to_have_text("PomogłoNie pomogłoWróćPomoc")
    expect(order(page)).to_be_visible()


def test_a_row_that_can_be_changed_is_one_large_button(served: At, open_page: Open) -> None:
    page = at(served, open_page, company)
    row = page.get_by_role("button", name="Zmień: Nazwa. Pracownia Bursztyn sp. z o.o.")
    box = row.bounding_box()
    assert box
    assert box["height"] >= 44
    assert box["width"] > 300
    expect(page.locator(".card .row", has_text="czynny podatnik").get_by_role("button")).to_have_count(0)
    row.click()
    expect(page.get_by_label("Wiadomość")).to_be_focused()
    expect(page.locator(".spent")).to_have_text("✓ Zmień: Nazwa")
    expect(page.locator(".card button")).to_have_count(0)  # what is over can't be pressed any more
    assert pressed(served[1]) == ["edit:company_name"]


def failed(talk: Opened) -> Said:
    """A payment that failed: to be tried again behind its link, or paid another way."""
    talk.place = Place("payment", "payment", "payment", 6, 8, "Płatność")
    again = (("Spróbuj jeszcze raz", "pay:now"), ("Karta", "method:card"), ("PayPal", "method:paypal"))
    return Said(
        "Spróbujesz jeszcze raz?", again, (ReplyLink("payment", "http://127.0.0.1/p/failed", "Zapłać", "0a1b"),)
    )


def test_after_a_failed_payment_one_way_stands_out(served: At, open_page: Open) -> None:
    page = at(served, open_page, failed)
    expect(page.locator("#act a")).to_contain_text("Spróbuj jeszcze raz")
    expect(page.locator("#tray > button")).to_have_text(["Karta", "PayPal"])


def waiting(talk: Opened) -> Said:
    """A payment that is waited for, with all else that may be done."""
    said = talk.pays()
    ways = (
        ("Sprawdź płatność", "payment:check"),
        ("Zmień na: Karta", "method:card"),
        ("Zmień na: PayPal", "method:paypal"),
    )
    return replace(said, buttons=ways)


def test_below_the_way_to_pay_all_else_is_one_quiet_line(served: At, open_page: Open) -> None:
    page = at(served, open_page, waiting)
    expect(page.locator("#act a")).to_contain_text("Przejdź do płatności\xa0·\xa0367,77\xa0zł")
    expect(page.locator("#tray .rest button")).to_have_text(["Sprawdź płatność", "Inny sposób"])
    page.locator("#act a").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Sprawdź płatność")).to_be_focused()
    page.get_by_role("button", name="Inny sposób").click()
    expect(page.get_by_role("button", name="Zmień na: Karta")).to_be_focused()
    ways = ["Sprawdź płatność", "Zmień na: Karta", "Zmień na: PayPal"]
    expect(page.locator("#tray .rest button")).to_have_text(ways)
    expect(page.locator("#tray > button")).to_have_count(0)


@pytest.mark.parametrize("first", [waiting, failed])
@pytest.mark.parametrize("size", [PHONE, LOW], ids=["phone", "low"])
def test_the_way_to_pay_stands_above_all_else(
    served: At, open_page: Open, size: Any, first: Callable[[Opened], Said]
) -> None:
    page = at(served, open_page, first, size=size)
    way, others, log = (page.locator(one).bounding_box() for one in ("#act a", "#tray", "#log"))
    assert way
    assert others
    assert log
    assert log["y"] + log["height"] <= way["y"]
    assert way["y"] + way["height"] <= others["y"]
    assert log["height"] >= size["height"] / 2 or size == PHONE


def test_nothing_is_chosen_before_the_customer_chooses(served: At, open_page: Open) -> None:
    page = at(served, open_page)
    expect(page.locator(".card [aria-pressed=true], .card [aria-checked=true], .card :checked")).to_have_count(0)
    expect(page.locator("#tray [data-payload]")).to_have_text(["Wróć", "Pomoc"])
    expect(page.locator(".tray .likely")).to_have_count(0)


def test_the_order_is_filled_in_on_one_card_that_stays_in_its_place(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page)
    blik = page.get_by_role("button", name="BLIK")
    blik.focus()
    page.keyboard.press("Enter")
    expect(blik).to_have_attribute("aria-pressed", "true")
    expect(blik).to_be_focused()
    expect(page.locator(".slip > .words")).to_have_text("Przeczytaj i zaakceptuj regulamin.")
    renewal = page.get_by_role("switch", name="Odnawianie co rok")
    renewal.click()
    expect(renewal).to_be_checked()
    renewal.click()
    expect(renewal).not_to_be_checked()
    filled(page)
    expect(page.locator(".slip")).to_have_count(1)
    expect(page.locator(".slip.customer, .spent")).to_have_count(0)
    expect(order(page)).not_to_have_attribute("aria-disabled", "true")
    order(page).click()
    expect(page.get_by_role("link", name="Przejdź do płatności")).to_be_visible()
    expect(page.locator(".spent")).to_contain_text("Zamawiam z obowiązkiem zapłaty")
    taken = ["method:blik", "auto_renewal:yes", "auto_renewal:no", "terms:accept", "clauses:accept", "pay:now"]
    assert pressed(house) == taken
    assert server.port


def test_a_tick_says_what_is_agreed_to_and_the_rest_is_read_in_the_sheet(served: At, open_page: Open) -> None:
    page = at(served, open_page)
    rows = page.locator(".card .tick label")
    expect(rows).to_have_text(["Akceptuję regulamin w wersji 2026-09", "Znam i przyjmuję klauzule w wersji 2026-09."])


def test_a_chosen_answer_pressed_again_is_taken_back(served: At, open_page: Open) -> None:
    page = at(served, open_page)
    terms = page.get_by_role("checkbox", name="Akceptuję regulamin")
    terms.check()
    expect(page.locator(".order")).not_to_contain_text("regulaminu")
    terms.uncheck()
    expect(page.locator(".order")).to_contain_text("regulaminu")
    expect(terms).not_to_be_checked()


def test_the_order_waits_for_what_is_missing_and_leads_there(served: At, open_page: Open) -> None:
    page = at(served, open_page)
    expect(order(page)).to_have_text(
        "Zamawiam z obowiązkiem zapłaty\xa0·\xa0367,77\xa0złBrakuje jeszcze: metody, regulaminu, klauzul"
    )
    order(page).click()
    expect(page.get_by_role("button", name="BLIK")).to_be_focused()
    page.get_by_role("button", name="BLIK").click()
    expect(order(page)).to_contain_text("Brakuje jeszcze: regulaminu")
    expect(page.locator("[aria-current=step]")).to_have_attribute("data-row", "terms")
    order(page).click()
    expect(page.get_by_role("checkbox", name="Akceptuję regulamin")).to_be_focused()
    assert pressed(served[1]) == ["method:blik"]


def at_the_order(served: At, open_page: Open) -> Page:
    """The card with nothing missing, awake, its clock standing still."""
    server, house, _ = served
    house.desk._script = lambda _: Opened(server.url, Counter.order)
    page = open_page("about:blank")
    begun(page, server.url)
    page.clock.install()
    with page.expect_response("**/webchat/events"):
        page.goto(server.url + "/chat")
    expect(page.locator(".card")).to_be_visible()
    page.clock.fast_forward(1100)
    page.get_by_role("button", name="BLIK").click()
    filled(page)
    page.clock.pause_at(page.evaluate("Date.now() / 1000") + 5)
    page.clock.run_for(2000)
    expect(order(page)).not_to_have_attribute("aria-disabled", "true")
    return page


def test_the_order_sleeps_for_a_moment_once_nothing_is_missing(served: At, open_page: Open) -> None:
    house = served[1]
    page = at_the_order(served, open_page)
    look = "one => [getComputedStyle(one).backgroundColor, getComputedStyle(one).color].join()"
    awake = order(page).evaluate(look)
    page.get_by_role("checkbox", name="Akceptuję regulamin").uncheck()
    expect(order(page)).to_contain_text("Brakuje")
    page.get_by_role("checkbox", name="Akceptuję regulamin").check()
    expect(order(page)).not_to_contain_text("Brakuje")
    assert order(page).evaluate(look) == awake, "asleep or not, it looks the same"
    order(page).dispatch_event("click")
    page.clock.run_for(550)
    order(page).dispatch_event("click")
    assert "pay:now" not in pressed(house)
    page.clock.run_for(100)
    order(page).click()
    expect(page.get_by_role("link", name="Przejdź do płatności")).to_be_visible()


def test_the_order_sleeps_for_a_moment_where_it_has_moved(served: At, open_page: Open) -> None:
    house = served[1]
    page = at_the_order(served, open_page)
    page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"] - 90})
    expect(order(page)).to_have_attribute("data-asleep", "")
    order(page).dispatch_event("click")
    assert "pay:now" not in pressed(house)
    page.clock.run_for(650)
    order(page).click()
    expect(page.get_by_role("link", name="Przejdź do płatności")).to_be_visible()


def joint(talk: Opened) -> Said:
    """The order's card of a seller with terms and clauses."""
    talk.joint = True
    return talk.order()


def test_terms_and_clauses_are_one_tick_that_leads_to_both(served: At, open_page: Open) -> None:
    page = at(served, open_page, joint)
    both = page.get_by_role("checkbox", name="Akceptuję regulamin i klauzule")
    expect(page.locator(".card .tick")).to_have_count(1)
    for name in ("terms", "clauses"):
        word = page.locator(".tick").get_by_role("link", name={"terms": "regulamin", "clauses": "klauzule"}[name])
        expect(word).to_have_attribute("href", re.compile(f"/documents/{name}$"))
    page.get_by_role("button", name="BLIK").click()
    expect(page.locator("[aria-current=step]")).to_have_attribute("data-row", "terms_clauses")
    both.check()
    expect(order(page)).not_to_contain_text("Brakuje")
    both.uncheck()
    expect(order(page)).to_contain_text("Brakuje jeszcze: regulaminu, klauzul")
    order(page).click()
    expect(both).to_be_focused()
    assert pressed(served[1]) == ["method:blik", "terms_clauses:accept", "terms_clauses:withdraw"]


def test_one_given_by_words_leaves_a_tick_of_its_own_for_the_other(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page, joint)
    held = only(served)
    server.do(lambda: house.desk.say(held, held.script.answer("terms:accept")[0]))
    expect(page.locator(".card .tick")).to_have_count(2)
    expect(page.get_by_role("checkbox", name="Znam i przyjmuję klauzule")).not_to_be_checked()
    expect(page.locator(".card :checked")).to_have_count(1)


def test_no_words_that_changed_after_one_press_for_both_are_agreed_to(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page, joint)
    held = only(served)
    server.do(house.desk.gate.clear)
    page.get_by_role("button", name="BLIK").click()
    page.get_by_role("checkbox", name="Akceptuję regulamin i klauzule").check()
    server.do(lambda: setattr(held.script, "version", "2026-12"))
    server.do(house.desk.gate.set)
    expect(page.locator(".order")).to_contain_text("Brakuje jeszcze: regulaminu, klauzul")
    expect(page.locator(".card :checked")).to_have_count(0)
    assert pressed(house) == ["method:blik"]


def test_no_press_during_another_s_answer_is_lost(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page)
    server.do(house.desk.gate.clear)
    chosen_at_once(page)
    order(page).dispatch_event("click")
    server.do(house.desk.gate.set)
    expect(page.locator(".slip > .words")).to_have_text("Wszystko gotowe. Zamawiasz?")
    expect(page.locator(".card :checked")).to_have_count(2)
    assert pressed(house) == ["method:blik", "terms:accept", "clauses:accept"]


def test_what_waits_to_be_sent_stays_as_it_was_pressed(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page)
    server.do(house.desk.gate.clear)
    chosen_at_once(page)
    page.route("**/webchat/press", lambda route: route.abort())  # the line breaks once the first press is through
    server.do(house.desk.gate.set)
    expect(page.locator(".slip > .words")).to_have_text("Przeczytaj i zaakceptuj regulamin.")
    expect(page.locator("#progress-words")).to_contain_text("Zamówienie")
    expect(page.get_by_role("button", name="BLIK")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".card :checked")).to_have_count(2)
    page.unroute("**/webchat/press")
    expect(page.locator(".slip > .words")).to_have_text("Wszystko gotowe. Zamawiasz?")
    assert pressed(house) == ["method:blik", "terms:accept", "clauses:accept"]


def test_what_another_tab_is_answered_takes_no_tick_off(served: At, open_page: Open) -> None:
    server, house, _ = served
    here = at(served, open_page)
    there = here.context.new_page()
    there.goto(server.url + "/chat")
    expect(there.locator("[data-asleep]")).to_have_count(0)
    here.route("**/webchat/press", lambda route: route.abort())
    here.get_by_role("checkbox", name="Akceptuję regulamin").check()
    there.get_by_role("checkbox", name="Znam i przyjmuję klauzule").check()
    expect(here.locator(".order")).to_have_text(re.compile("Brakuje jeszcze: metody, regulaminu$"))
    expect(here.locator(".card :checked")).to_have_count(2)
    here.unroute("**/webchat/press")
    for page in (here, there):
        expect(page.locator(".order")).to_have_text(re.compile("Brakuje jeszcze: metody$"))
        expect(page.locator(".card :checked")).to_have_count(2)
    assert pressed(house) == ["clauses:accept", "terms:accept"]


def test_words_typed_while_presses_wait_lose_none_of_them(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page)
    server.do(house.desk.gate.clear)
    chosen_at_once(page)
    say(page, "czym się różni BLIK?")
    server.do(house.desk.gate.set)
    expect(order(page)).not_to_contain_text("Brakuje")
    expect(page.locator(".slip.customer")).to_contain_text("czym się różni BLIK?")
    expect(page.get_by_text("BLIK działa od ręki.", exact=True)).to_be_visible()
    expect(page.locator(".card :checked")).to_have_count(2)
    assert pressed(house) == ["method:blik", "terms:accept", "clauses:accept"]


def test_what_waits_when_an_agent_takes_over_is_not_pressed_later(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page)
    server.do(house.desk.gate.clear)
    page.get_by_role("button", name="BLIK").click()
    page.get_by_role("checkbox", name="Akceptuję regulamin").check()
    held = only(served)
    taken = Place("order", "method", "choice", 5, 8, "Zamówienie", mode="agent")
    server.do(lambda: house.desk.stand(held, taken))
    expect(page.get_by_label("Wiadomość")).to_have_attribute("placeholder", "Napisz do konsultanta")
    server.do(lambda: house.desk.stand(held, replace(taken, mode="bot")))
    server.do(house.desk.gate.set)
    expect(page.locator(".order")).to_contain_text("Brakuje jeszcze: regulaminu, klauzul")
    expect(page.locator(".card :checked")).to_have_count(0)
    assert pressed(house) == ["method:blik"]


def test_a_tick_taken_back_before_it_was_answered_is_taken_back(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page)
    terms, clauses = page.get_by_role("checkbox", name="Akceptuję regulamin"), page.get_by_role("checkbox", name="Znam")
    server.do(house.desk.gate.clear)
    terms.check()
    terms.uncheck()
    clauses.check()
    clauses.uncheck()
    page.get_by_role("button", name="BLIK").click()
    page.get_by_role("button", name="PayPal").click()
    server.do(house.desk.gate.set)
    expect(page.locator(".order")).to_contain_text("Brakuje jeszcze: regulaminu, klauzul")
    expect(page.get_by_role("button", name="PayPal")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".card :checked")).to_have_count(0)
    assert pressed(house) == ["terms:accept", "terms:withdraw", "method:paypal"]


def test_a_switch_stands_as_it_was_left_while_an_answer_is_due(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page)
    renewal = page.get_by_role("switch", name="Odnawianie co rok")
    server.do(house.desk.gate.clear)
    renewal.click()
    expect(renewal).to_be_checked()
    renewal.click()
    expect(renewal).not_to_be_checked()
    page.get_by_role("button", name="BLIK").click()
    server.do(house.desk.gate.set)
    expect(page.locator(".order")).to_contain_text("Brakuje jeszcze: regulaminu, klauzul")
    expect(renewal).not_to_be_checked()
    assert pressed(house) == ["auto_renewal:yes", "auto_renewal:no", "method:blik"]


def test_no_consent_is_given_to_words_that_changed_after_the_tick(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page)
    server.do(house.desk.gate.clear)
    chosen_at_once(page)
    talk = only(served).script
    assert isinstance(talk, Counter)
    talk.version = "2026-12"
    server.do(house.desk.gate.set)
    expect(page.locator(".order")).to_contain_text("Brakuje jeszcze: regulaminu, klauzul")
    expect(page.get_by_role("checkbox", name="wersji 2026-12")).to_have_count(2)
    expect(page.locator(".card :checked")).to_have_count(0)
    assert pressed(house) == ["method:blik"]


def test_a_held_key_presses_a_row_once(served: At, open_page: Open) -> None:
    page = at(served, open_page)
    page.get_by_role("switch").focus()
    page.keyboard.down("Enter")
    expect(page.get_by_role("switch")).to_be_checked()
    for _ in range(5):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    page.get_by_role("button", name="BLIK").click()
    expect(page.get_by_role("button", name="BLIK")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".order")).not_to_contain_text("metody")
    assert pressed(served[1]) == ["auto_renewal:yes", "method:blik"]


def test_a_code_is_typed_in_the_card(served: At, open_page: Open) -> None:
    _, house, _ = served
    page = at(served, open_page)
    page.get_by_role("button", name="Mam kod rabatowy").click()
    field = page.get_by_label("Mam kod rabatowy")
    expect(field).to_be_focused()
    field.fill("START20")
    field.press("Enter")
    expect(page.get_by_role("button", name="Zmień: Kod rabatowy. START20")).to_be_visible()
    expect(page.locator(".slip")).to_have_count(1)
    assert [turn.body for turn in house.desk.turns][-1] == Text("START20")


def test_what_is_answered_beside_the_card_stays_where_it_was_said(served: At, open_page: Open) -> None:
    page = at(served, open_page)
    slips = page.locator(".slip > p:last-of-type")
    say(page, "czym się różni BLIK?")
    expect(slips).to_have_text(["czym się różni BLIK?", "BLIK działa od ręki.", "Jak chcesz zapłacić?"])
    expect(page.locator("[data-asleep]")).to_have_count(0)
    page.get_by_role("button", name="BLIK").click()
    stays = ["czym się różni BLIK?", "BLIK działa od ręki.", "Przeczytaj i zaakceptuj regulamin."]
    expect(slips).to_have_text(stays)
    page.reload()
    expect(slips).to_have_text(stays)


def test_a_screen_reader_hears_only_what_has_changed(served: At, open_page: Open) -> None:
    page = at(served, open_page)
    told = page.locator("#announcer")
    expect(page.locator("#log")).to_have_attribute("aria-live", "off")
    page.get_by_role("button", name="BLIK").click()
    expect(told.locator("p").last).to_have_text(
        "Metoda płatności: BLIK. Brakuje jeszcze: regulaminu, klauzul. Przeczytaj i zaakceptuj regulamin."
    )


def words(request: Request) -> Response:
    """A document's page, as the desk serves it."""
    heading = f"Regulamin {request.path_params['name']}"
    return HTMLResponse(f"<main><h1>{heading}</h1><p>Wersja 2026-09.</p><script>document.title='x'</script></main>")


def test_terms_open_in_a_sheet_that_survives_a_change_of_the_card(
    served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, house, _ = served
    server.stop()
    server.start(house.app([Route("/documents/{name}", words)]))
    page = at(served, open_page)
    link = page.get_by_role("link", name="Przeczytaj: Regulamin FakturaSmart")
    expect(link).to_have_attribute("href", f"{server.url}/documents/terms")
    link.click()
    sheet = page.get_by_role("dialog", name="Regulamin FakturaSmart")
    expect(sheet).to_contain_text("Wersja 2026-09.")
    expect(sheet.get_by_role("link")).to_have_attribute("href", f"{server.url}/documents/terms")
    held = only(served)
    server.do(lambda: house.desk.say(held, held.script.answer("terms:accept")[0]))
    expect(page.locator(".order")).not_to_contain_text("regulaminu")
    expect(sheet).to_be_visible()
    page.keyboard.press("Escape")
    expect(sheet).to_have_count(0)
    assert page.title() != "x"


def test_a_document_that_cannot_be_fetched_is_one_link_away(served: At, open_page: Open) -> None:
    page = at(served, open_page)
    page.get_by_role("link", name="Przeczytaj: Regulamin FakturaSmart").click()
    expect(page.get_by_role("alert")).to_contain_text("na osobnej stronie")
    page.get_by_role("button", name="Zamknij tekst").click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_receipt_takes_the_payment_s_place(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = at(served, open_page, Counter.pays)
    expect(page.locator(".slip")).to_have_count(1)
    done = Place("einvoice", "einvoice", "choice", 7, 8, "E-faktury")
    server.do(lambda: house.desk.say(only(served), Said(NEXT, ASIDE, card=RECEIPT), done))
    expect(page.locator(".stamp")).to_have_text("Opłacone 367,77\xa0zł")
    expect(page.locator(".slip")).to_have_count(1)
    expect(page.get_by_role("link", name="Przejdź do płatności")).to_have_count(0)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Kopiuj: FS/2026/000123").click()
    assert page.evaluate("navigator.clipboard.readText()") == "FS/2026/000123"
    page.emulate_media(reduced_motion="reduce")
    assert page.locator(".stamp").evaluate("stamp => getComputedStyle(stamp).animationName") == "none"


def paid(talk: Opened) -> Said:
    """The receipt, with the consent to e-invoices in a row of its own."""
    agreed = CardRow("einvoice", "E-faktury", EINVOICES, choices=(CardChoice("Włącz e-faktury", ACTIVATE, binds=True),))
    talk.place = Place("einvoice", "einvoice", "choice", 7, 8, "E-faktury")
    ways = (("Włącz e-faktury", ACTIVATE), ("Szczegóły", "einvoice:details"), ("Później", "einvoice:later"))
    return Said("Dziękujemy.", ways, card=structs.replace(RECEIPT, rows=(*RECEIPT.rows, agreed)))


def test_a_receipt_s_consent_is_one_tick_and_no_other_answer_stands_out(served: At, open_page: Open) -> None:
    page = at(served, open_page, paid)
    tick = page.get_by_role("checkbox", name=EINVOICES)
    expect(tick).not_to_be_checked()
    expect(page.locator("#tray button")).to_have_text(["Szczegóły", "Później"])
    expect(page.locator(".likely")).to_have_count(0)
    tick.click()
    expect(page.locator("#tray")).to_have_attribute("aria-busy", "false")
    assert pressed(served[1]) == [ACTIVATE]


MORE = (("E-faktury", "zone:einvoice"), ("Moje dane", "zone:my_data"))


def after_paying(talk: Opened) -> Said:
    """The receipt, and what else may be done from now on."""
    talk.place = Place("zone", "zone", "nothing", 8, 8, "Strefa klienta")
    home = (("Moje konto", "zone:my_account"), ("Kup ponownie", "start:buy"))
    return Said("E-faktury włączone.", (*home, *MORE), card=RECEIPT)


def test_below_a_receipt_the_likeliest_ways_on_are_in_view_and_the_rest_one_press_away(
    served: At, open_page: Open
) -> None:
    page = at(served, open_page, after_paying)
    expect(page.locator("#tray button")).to_have_text(["Moje konto", "Kup ponownie", "Więcej"])
    page.locator("#tray .more").click()
    expect(page.locator("#tray button")).to_have_text(["Moje konto", "Kup ponownie", "E-faktury", "Moje dane"])


@pytest.mark.parametrize("size", [PHONE, LOW], ids=["phone", "low"])
def test_the_top_of_a_tall_slip_is_in_view_and_the_rest_is_announced(served: At, open_page: Open, size: Any) -> None:
    server, house, _ = served
    page = at(served, open_page, company, size=size)
    tall = Said("Pierwszy wiersz\n" + "wiersz\n" * 40, ASIDE)
    server.do(lambda: house.desk.say(only(served), tall))
    expect(page.get_by_text("Pierwszy wiersz").last).to_be_in_viewport()
    top = page.locator(".slip").last.bounding_box()
    log = page.locator("#log").bounding_box()
    assert top
    assert log
    assert 0 <= top["y"] - log["y"] < 16
    page.get_by_role("button", name="Niżej jest więcej").click()
    expect(page.get_by_role("button", name="Niżej jest więcej")).to_be_hidden()


@pytest.mark.parametrize("size", [LOW, {"width": 640, "height": 400}], ids=["320x568", "zoom 200 %"])
def test_half_of_a_low_window_belongs_to_the_talk(served: At, open_page: Open, size: Any) -> None:
    page = at(served, open_page, ticking, size=size)
    log = page.locator("#log").bounding_box()
    assert log
    assert log["height"] >= size["height"] / 2
    assert page.evaluate("document.scrollingElement.scrollWidth") <= size["width"]


def test_consents_say_their_words_in_their_boxes(served: At, open_page: Open) -> None:
    page = at(served, open_page, ticking)
    boxes = page.locator("#tray label")
    expect(boxes.first).to_contain_text("Zgadzam się, żeby FakturaSmart przetwarzał")
    expect(boxes.filter(has_text="(wymagane)")).to_have_count(2)
    expect(boxes.last).to_have_text("Chcę dostawać e-mailem informacje o nowościach i promocjach.")
    expect(page.locator(".likely")).to_have_text("Tylko wymagane")


def test_required_boxes_that_were_left_out_are_marked(served: At, open_page: Open) -> None:
    page = at(served, open_page, ticking)
    missing = page.locator("#tray input[aria-invalid=true]")
    expect(missing).to_have_count(0)
    page.locator("#tray").get_by_role("button", name="Zaznaczone, dalej").click()
    expect(missing).to_have_count(2)


def test_the_ticked_are_sent_by_the_likely_button_once_something_is_ticked(served: At, open_page: Open) -> None:
    def ticked(talk: Opened) -> Said:
        said = ticking(talk)
        first, *others = said.buttons
        return Said(said.text, (("☑ " + first[0][2:], *first[1:]), *others))

    expect(at(served, open_page, ticked).locator(".likely")).to_have_text("Zaznaczone, dalej")


@pytest.mark.parametrize("size", [PHONE, LOW], ids=["phone", "low"])
def test_what_places_the_order_and_leads_to_paying_is_always_in_view(served: At, open_page: Open, size: Any) -> None:
    server, house, _ = served
    page = at(served, open_page, size=size)
    held = only(served)
    inside(page, order(page))
    page.locator("#log").evaluate("log => log.scrollTo(0, 0)")
    inside(page, order(page))
    server.do(lambda: [house.desk.say(held, held.script.answer(one)[0]) for one in ("method:blik", "terms:accept")])
    server.do(lambda: house.desk.say(held, held.script.answer("clauses:accept")[0]))
    expect(order(page)).not_to_have_attribute("aria-disabled", "true")
    inside(page, order(page))
    expect(order(page)).to_have_count(1)
    order(page).click()
    way = page.get_by_role("link", name="Przejdź do płatności\xa0·\xa0367,77\xa0zł")
    expect(way).to_have_count(1)
    inside(page, way)
    expect(order(page)).to_have_count(0)


def inside(page: Page, control: Locator) -> None:
    """A finger reaches all of it without scrolling: nothing covers its corners."""
    reached = """one => {
      const { left, right, top, bottom } = one.getBoundingClientRect();
      const at = (x, y) => one.contains(document.elementFromPoint(x, y));
      return [left + 9, right - 9].every((x) => [top + 9, bottom - 9].every((y) => at(x, y)));
    }"""
    expect(control).to_be_visible()
    assert control.evaluate(reached)


def test_the_way_to_pay_sleeps_where_the_order_was_pressed(served: At, open_page: Open) -> None:
    page = at_the_order(served, open_page)
    page.clock.run_for(1000)
    expect(order(page)).not_to_have_attribute("data-asleep", "")
    order(page).focus()
    page.keyboard.press("Enter")
    way = page.get_by_role("link", name="Przejdź do płatności")
    expect(way).to_be_visible()
    expect(way).not_to_be_focused()
    expect(page.get_by_label("Wiadomość")).not_to_be_focused()
    way.dispatch_event("click")
    page.clock.run_for(1000)
    expect(way).not_to_have_attribute("aria-disabled", "true")
    assert len(page.context.pages) == 1
