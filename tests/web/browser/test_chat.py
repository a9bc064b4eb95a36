"""The web chat in Chromium, at phone and desktop width."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from bot.conversation.inbound import Text
from bot.conversation.outbound import ReplyLink
from tests.kit.visit import Visit, greeted, lines, say
from tests.web import journey
from tests.web.conftest import DESKTOP, PHONE
from tests.web.recorder import Place, Said

Open = Callable[..., Visit]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_customer_goes_through_the_journey(visit: Open, size: Any) -> None:
    one = visit(size=size, to="email")
    box = one.box
    expect(box).to_have_attribute("inputmode", "email")
    expect(box).to_have_attribute("autocomplete", "email")
    one.says("anna")
    expect(one.last).to_contain_text("brakuje znaku @")
    one.says("anna@firma.pl")
    way = one.link("Ustaw hasło")
    expect(way).to_have_attribute("href", one.server.url + "/s/set")
    expect(way).to_have_text("Ustaw hasło")
    expect(one.page.locator("#hint")).to_be_visible()
    one.says("gotowe")
    one.button("Wszystkie").click()
    expect(box).to_have_attribute("inputmode", "tel")
    one.says("512 000 111")
    expect(one.page.get_by_label("Kod z SMS-a")).to_have_attribute("autocomplete", "one-time-code")
    expect(one.page.get_by_label("Kod z SMS-a")).to_have_attribute("inputmode", "numeric")
    one.says("493027")
    one.says("1234563218")
    one.sees("#progress-words", "5 z 8 · Dane firmy")
    expect(one.page.get_by_role("progressbar")).to_have_attribute("value", "4")
    one.house.payments.provider = one.server.url + "/chat"
    with one.page.expect_request("**/p/paid"):
        one.button("Zgadza się").click()
    expect(one.link("Zapłać 367,77 zł")).to_be_visible()
    one.counts(".slip.customer.waiting, .slip.customer.refused", 0)
    assert lines(one.page).count("anna@firma.pl") == 1
    assert len(one.house.desk.by_address) == 1


def test_a_day_is_picked_in_the_calendar_or_typed(visit: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = journey.steps("http://127.0.0.1")
    asks = replace(whole[1], place=replace(whole[1].place, expects="date"), takes=bool)
    monkeypatch.setattr(journey, "steps", lambda _page: [whole[0], asks, *whole[3:]])
    one = visit(to="email")
    calendar, box = one.page.get_by_label("Dzień z kalendarza"), one.box

    calendar.fill("2027-05-03")
    expect(box).to_have_value("3 maja 2027")
    expect(box).to_be_editable()
    one.says("jutro")

    expect(one.page.locator(".slip.customer").last).to_contain_text("jutro")
    expect(calendar).to_have_count(0)


@pytest.mark.parametrize("by_words", [False, True])
def test_what_only_confirms_a_press_is_read_out_and_told_to_whoever_typed(
    visit: Open, monkeypatch: pytest.MonkeyPatch, by_words: bool
) -> None:
    whole = journey.steps("http://127.0.0.1")
    told = replace(whole[1], say=replace(whole[1].say, text="Zapisane.\n\nNa jaki adres?", confirms=9))
    monkeypatch.setattr(journey, "steps", lambda _page: [whole[0], told, *whole[2:]])
    one = visit(to="greeting")
    if by_words:
        one.says("Kup teraz")
    else:
        one.button("Kup teraz").click()
    expect(one.last).to_contain_text("Na jaki adres?")
    one.counts(".slip.desk:last-child .words .sr", 0 if by_words else 1)


def test_nothing_sticks_out_at_any_width(visit: Open) -> None:
    one = visit(size={"width": 320, "height": 640}, to="consents")
    for width in (320, 390, 768, 1280):
        one.page.set_viewport_size({"width": width, "height": 640})
        assert one.page.evaluate("document.scrollingElement.scrollWidth") <= width
        box = one.page.locator("#input").bounding_box()
        assert box
        assert box["y"] + box["height"] <= 640
        assert box["x"] + box["width"] <= width


def test_a_reload_goes_on_where_it_was_with_what_was_typed_but_nothing_secret(visit: Open) -> None:
    one = visit(to="email")
    expect(one.page.locator(".slip.desk").first.locator(".spent li")).to_have_text(["✓ Kup teraz"])
    expect(one.button("Kup teraz")).to_have_count(0)
    one.counts(".slip.customer", 0)  # a press has no bubble of its own
    before = lines(one.page)
    one.box.fill("anna@firma.pl")
    one.page.reload()
    expect(one.box).to_have_value("anna@firma.pl")
    one.counts(".slip", len(before))
    assert lines(one.page) == before
    one.box.press("Enter")
    expect(one.link("Ustaw hasło")).to_be_visible()
    one.reads(".slip.customer", "anna@firma.pl")
    one.counts(".spent", 1)
    one.box.fill("zielony-rower-42")
    one.page.reload()
    expect(one.link("Ustaw hasło")).to_be_visible()
    expect(one.box).to_have_value("")
    assert one.page.evaluate("sessionStorage.getItem('okienko.draft')") is None
    assert [inbound.body for inbound in one.house.desk.brought].count(Text("/start")) == 1


def test_who_logs_out_leaves_nothing_typed_behind(visit: Open) -> None:
    one = visit(to="email")
    one.is_told(Said("Konto", (("Wyloguj się", "zone:log_out"),)))
    one.box.fill("anna@fir")
    one.button("Wyloguj się").click()
    expect(one.box).to_have_value("")
    assert one.page.evaluate("sessionStorage.getItem('okienko.draft')") is None


def test_consents_are_boxes_that_keep_their_state_and_the_focus(visit: Open) -> None:
    one = visit(to="consents")
    slips = one.page.locator(".slip").count()
    expect(one.page.get_by_role("checkbox").first).to_be_enabled()  # what has just come sleeps
    for n in (0, 2):
        one.page.get_by_role("checkbox").nth(n).focus()
        one.page.keyboard.press("Space")
        expect(one.page.get_by_role("checkbox").nth(n)).to_be_checked()
        expect(one.page.get_by_role("checkbox").nth(n)).to_be_focused()
        one.answered()
    one.page.keyboard.press("Space")
    expect(one.page.get_by_role("checkbox").nth(2)).not_to_be_checked()
    one.answered()
    one.page.reload()
    expect(one.page.get_by_role("checkbox").nth(0)).to_be_checked()
    expect(one.page.get_by_role("checkbox").nth(2)).not_to_be_checked()
    one.answered()  # until then a button isn't taken
    assert one.page.locator(".slip").count() == slips
    one.button("Dalej", exact=True).click()
    expect(one.page.get_by_role("checkbox")).to_have_count(0)
    chosen = one.page.locator(".slip", has_text="Jeszcze zgody").locator(".spent li")
    expect(chosen).to_have_count(2)
    expect(chosen.first).to_contain_text("Przetwarzanie danych")
    expect(chosen.last).to_contain_text("Dalej")


def test_ticks_made_before_the_last_one_is_answered_are_kept(visit: Open) -> None:
    one = visit(to="consents")
    boxes = one.page.get_by_role("checkbox")
    expect(boxes.first).to_be_enabled()  # what has just come sleeps
    with one.kept_waiting():
        for n in (0, 1, 2):
            boxes.nth(n).check()
        boxes.nth(2).uncheck()
        one.button("Dalej", exact=True).dispatch_event("click")  # not before the ticks are in
    one.answered()
    one.counts("#tray :checked", 2)
    one.page.reload()
    one.counts("#tray :checked", 2)
    assert one.pressed[1:] == ["consents:toggle:rodo", "consents:toggle:regulamin"]


def test_after_a_restart_of_the_server_nothing_is_doubled_or_lost(visit: Open) -> None:
    one = visit(to="email")
    room = one.page.locator("#log").bounding_box()
    one.server.stop()
    one.sees("#notice", "Brak połączenia. Łączę ponownie, nic nie zginie.")
    assert one.page.locator("#log").bounding_box() == room, "nothing moves under the thumb"
    one.is_told(Said("Powiedziane w czasie przerwy."))
    one.says("anna@firma.pl")
    expect(one.page.locator(".slip.customer").last).to_contain_text("Jeszcze nie dotarło")
    one.server.do(one.house.renew)
    one.server.start(one.house.app([]))
    expect(one.page.locator(".slip.desk", has_text="Zakładam konto")).to_be_visible(timeout=20_000)
    expect(one.page.locator(".slip.customer").last).to_contain_text("✓")
    told = lines(one.page)
    assert told.count("Powiedziane w czasie przerwy.") == 1
    assert told.count("anna@firma.pl") == 1
    assert len(told) == len(
        [line for _, line in one.talk.lines if not line.text.startswith("/start") and line.payload is None]
    )


def test_streams_that_the_desk_closes_are_opened_again_at_once(visit: Open) -> None:
    one = visit(to="email")
    one.server.do(one.house.streams.close)
    one.server.do(one.house.streams._closing.clear)
    one.is_told(Said("Jestem z powrotem."))
    expect(one.last).to_contain_text("Jestem z powrotem.")
    one.counts(".slip.desk", 3)


def test_own_words_appear_at_once_and_are_marked_when_acknowledged(visit: Open) -> None:
    one = visit(to="email")
    with one.kept_waiting():
        one.says("anna@firma.pl")
        expect(one.page.locator(".slip.customer").last).to_contain_text("Wysyłam")
        expect(one.page.locator("#typing")).to_be_visible()
        expect(one.box).to_be_enabled()
        expect(one.box).to_have_value("")
    expect(one.page.locator(".slip.customer").last).to_contain_text("✓")
    expect(one.page.locator("#typing")).to_be_hidden()


def test_while_nothing_can_be_stored_words_are_kept_and_sent_again(visit: Open) -> None:
    one = visit(to="email")
    one.house.desk.down = True
    one.says("anna@firma.pl")
    one.says("gotowe")
    expect(one.page.locator(".slip.waiting").first).to_contain_text("Jeszcze nie dotarło")
    one.reads("#notice", "Chwilowo nie mogę zapisać")
    one.page.reload()  # even then
    one.house.desk.down = False
    expect(one.page.get_by_role("checkbox").first).to_be_visible(timeout=20_000)
    assert lines(one.page).count("anna@firma.pl") == 1
    assert one.heard[-2:] == [Text("anna@firma.pl"), Text("gotowe")]


def test_an_answer_that_got_lost_doubles_nothing(visit: Open) -> None:
    one = visit(to="email")
    one.house.desk.losing = 1
    one.says("anna@firma.pl")
    expect(one.link("Ustaw hasło")).to_be_visible()
    expect(one.page.locator(".slip.customer").last).to_contain_text("✓", timeout=20_000)
    assert lines(one.page).count("anna@firma.pl") == 1
    assert one.heard.count(Text("anna@firma.pl")) == 1


def test_the_next_question_is_answered_before_the_last_answer_is_acknowledged(visit: Open) -> None:
    one = visit(to="email")  # the stream is open
    one.house.desk.losing = 1
    one.button("Wróć").click()
    expect(one.page.locator(".slip.desk", has_text="Tu zawsze można")).to_be_visible()
    one.reads(".spent.waiting", "Jeszcze nie dotarło")
    one.button("Pomoc").click()
    one.counts(".spent.waiting", 0, timeout=20_000)
    assert one.pressed == ["start:buy", "/back", "/help"]


def test_what_the_desk_redacted_is_gone_from_the_page(visit: Open) -> None:
    one = visit(to="email")
    one.house.desk.redact = lambda text: re.sub(r"[\d ]{13,}", "[usunięte]", text)
    one.says("4242 4242 4242 4242")
    expect(one.page.locator(".slip.customer").last).to_contain_text("[usunięte]")
    expect(one.page.locator("body")).not_to_contain_text("4242 4242")


def test_two_tabs_show_the_same_conversation_once(visit: Open) -> None:
    one = visit(to="greeting")
    first = one.page
    second = first.context.new_page()
    second.goto(one.server.url + "/chat")
    greeted(second)
    first.get_by_role("button", name="Kup teraz").click()
    expect(second.locator(".slip")).to_have_count(2)
    expect(second.locator(".spent")).to_contain_text("Kup teraz")
    assert lines(second) == lines(first)
    say(second, "anna@firma.pl")
    expect(first.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    assert lines(first) == lines(second)
    assert one.heard.count(Text("/start")) == 1


def test_markup_stays_text_and_only_web_addresses_become_links(visit: Open) -> None:
    one = visit(to="email")
    one.says("<img src=x onerror=alert(1)> https://evil.example")
    expect(one.page.locator(".slip.customer").last).to_contain_text("<img src=x onerror=alert(1)>")
    expect(one.last).to_contain_text("brakuje znaku @")  # or it might come after what follows
    bad = ReplyLink("login", "javascript:alert(1)", "Kliknij")
    one.is_told(Said("<b>x</b> regulamin: https://a.example/r?x=1.", links=(bad,)))
    slip = one.last
    expect(slip).to_contain_text("<b>x</b> regulamin")
    expect(slip.get_by_role("link")).to_have_count(1)
    expect(slip.get_by_role("link")).to_have_attribute("href", "https://a.example/r?x=1")
    one.counts(".slip img, .slip b, .slip.customer a", 0)


def test_what_is_good_for_long_stays_a_link_and_what_is_over_steps_back(visit: Open) -> None:
    one = visit(to="email")
    kinds = ("pay_page", "invoice", "payment", "secure_page")
    one.is_told(Said("Proszę.", links=tuple(ReplyLink(kind, f"https://a.example/{kind}", kind) for kind in kinds)))
    looks = [one.page.get_by_role("link", name=kind) for kind in kinds]
    expect(looks[0]).to_be_visible()
    one.is_told(Said("Co jeszcze?"))
    for look, name in zip(looks, ("way", "way", "way past", "way past"), strict=True):
        expect(look).to_have_class(name)


def test_a_colleague_takes_over_and_the_machine_is_waited_for(visit: Open) -> None:
    one = visit(to="email")
    one.stands(Place("company", "wait", "wait", 3, 8, "Dane firmy"))
    one.reads("#typing", "Czekam na wynik")
    agent = Place("account", "email", "agent", 1, 8, "Konto", mode="agent")
    one.is_told(Said("Tu Anna, już pomagam.", author="agent"), agent)
    one.sees("#mode", "Odpowiada Anna")
    one.sees(".slip.agent .who", "Konsultant")
    expect(one.page.locator("#tray")).to_be_hidden()
    expect(one.page.locator("#typing")).to_be_hidden()
    expect(one.box).to_have_attribute("placeholder", "Napisz do konsultanta")


def test_the_page_and_what_is_sold_follow_the_conversation_s_language(visit: Open) -> None:
    one = visit(size=PHONE, to="greeting")
    about = one.page.locator("#about")
    expect(about).to_have_text("E-faktury przez internet")
    for locale, said in (("en", "E-invoices online"), ("it", "")):
        one.page.locator("#menu-button").click()
        one.page.locator("#menu").get_by_role("button", name=locale.upper(), exact=True).click()
        expect(about).to_have_text(said)
    one.sees(".slip.customer p", ["English", "Italiano"])
    expect(about).to_be_hidden()
    expect(one.page.locator("html")).to_have_attribute("lang", "it")
    one.sees("#progress-words", re.compile(r"^1 di 8"))
    expect(one.page.get_by_label("Messaggio")).to_be_visible()
    one.button("Altro").click()
    expect(one.button("Parla con un operatore")).to_be_visible()
    one.page.keyboard.press("Escape")
    expect(one.button("Parla con un operatore")).to_be_hidden()


def test_the_first_language_is_the_browser_s(visit: Open) -> None:
    assert [turn.locale_hint for turn in visit("/chat?lang=it", to="email").house.desk.turns] == ["it", "it"]


def test_a_start_token_is_used_once_and_leaves_the_address_bar(visit: Open) -> None:
    one = visit("/chat?start=Tok_en-1", to="greeting")
    assert one.house.desk.turns[0].body == Text("/start Tok_en-1")
    assert one.page.url == one.server.url + "/chat"
    one.go("/chat?start=Tok_en-1")
    greeted(one.page)
    one.go("/chat?start=" + "x" * 65)
    greeted(one.page)
    assert len(one.house.desk.turns) == 1
    one.counts(".slip.customer", 0)


# What has become smaller by itself has moved the end up, and tells so later than the next words come.
SHRINK = """() => {
    log.addEventListener("scroll", (event) => event.stopImmediatePropagation(), { capture: true, once: true });
    document.querySelector(".slip.desk").remove();
    return log.scrollTop;
}"""


def test_who_reads_further_up_is_not_torn_away(visit: Open) -> None:
    one = visit(to="email")
    for n in range(12):
        one.is_told(Said(f"Wiersz {n}\n" * 3))
    expect(one.last).to_contain_text("Wiersz 11")  # with fewer there may be nothing to scroll yet
    expect(one.last).to_be_in_viewport()
    one.page.evaluate(SHRINK)
    one.is_told(Said("Dalej\n" * 9))
    expect(one.last).to_contain_text("Dalej")
    expect(one.last).to_be_in_viewport(ratio=1)
    one.page.evaluate("log.scrollTo(0, 0)")
    expect(one.page.locator(".slip.desk").first).to_be_in_viewport()
    one.is_told(Said("Nowy wiersz"))
    expect(one.button("Nowsze wiadomości")).to_be_visible()
    expect(one.page.locator(".slip.desk").first).to_be_in_viewport()
    one.button("Nowsze wiadomości").click()
    expect(one.last).to_be_in_viewport()
    expect(one.button("Nowsze wiadomości")).to_be_hidden()


def test_everything_can_be_done_by_keyboard(visit: Open) -> None:
    one = visit(size=DESKTOP, to="greeting")
    one.button("Więcej").focus()
    order: list[str] = []
    for _ in range(6):
        one.page.keyboard.press("Tab")
        order.append(one.page.evaluate("document.activeElement.dataset.payload || document.activeElement.id"))
    assert order == ["log", "start:buy", "start:log_in", "/help", "input", "send"]
    expect(one.button("Kup teraz")).to_be_enabled()
    one.button("Kup teraz").focus()
    one.page.keyboard.press("Enter")
    expect(one.last).to_contain_text("Na jaki adres")
    expect(one.box).to_be_focused()


def test_the_focus_is_never_taken_and_words_too_long_are_told_before_they_are_sent(visit: Open) -> None:
    one = visit(to="email")
    one.box.focus()
    one.page.keyboard.type("anna@")
    one.is_told(Said("Coś w międzyczasie", (("Tak", "x:y"),)))
    expect(one.button("Tak")).to_be_visible()
    one.page.keyboard.type("firma.pl")
    expect(one.box).to_have_value("anna@firma.pl")
    one.says("x" * 9000)
    one.reads("#notice", "za długa: zmieści się 4096 znaków")
    expect(one.box).to_have_value("x" * 9000)


def test_motion_is_left_out_where_it_is_not_wanted(visit: Open) -> None:
    one = visit(reduced_motion="reduce", to="email")
    names = one.page.evaluate("[...document.querySelectorAll('*')].map(e => getComputedStyle(e).animationName)")
    assert set(names) == {"none"}


def test_without_scripts_the_page_says_what_to_do(visit: Open) -> None:
    one = visit(java_script_enabled=False, to="greeting")  # readable all the same
    expect(one.button("Kup teraz")).to_be_disabled()
    one.reads("noscript .notice", "wymaga JavaScriptu")
    assert one.house.desk.brought == []


def test_a_page_for_which_no_stream_is_left_asks_for_the_news(visit: Open) -> None:
    one = visit(to="greeting")
    asked: list[str] = []

    def full(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=429, json={"error": "too_many"}, headers={"retry-after": "5"})

    one.page.route("**/webchat/events", full)
    one.page.reload()
    greeted(one.page)
    one.button("Kup teraz").click()
    expect(one.last).to_contain_text("e-mail")
    assert asked
    one.sees("#notice", "")
    one.page.unroute("**/webchat/events")
    one.says("anna@firma.pl")
    expect(one.link("Ustaw hasło")).to_be_visible()
    assert len(one.house.desk.by_address) == 1


def test_of_many_answers_four_are_shown_and_the_others_unfold(visit: Open) -> None:
    one = visit(to="email")
    titles = ["Moje konto", "Faktury", "Moje dane", "Odnawianie", "Metody", "Kup ponownie"]
    judged = (("Pomogło", "helpful:yes"), ("Nie pomogło", "helpful:no"), ("Pomoc", "/help"))
    ways = tuple((title, f"zone:way{n}") for n, title in enumerate(titles))
    zone = Place("zone", "zone", "nothing", 8, 8, "Strefa klienta")
    one.is_told(Said("Co dalej?", (*ways, *judged)), zone)
    answers = one.page.locator("#tray > [data-payload]")
    expect(answers).to_have_text(titles[:4])
    one.sees("#tray .rest", "PomogłoNie pomogłoPomoc")
    more = one.button("Więcej: Odpowiedzi do wyboru")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    one.page.keyboard.press("Enter")
    expect(answers).to_have_text(titles)
    expect(more).to_have_count(0)
    fifth = one.button("Metody")
    expect(fifth).to_be_focused()
    expect(fifth).not_to_have_attribute("aria-disabled", "true")
    fifth.click()
    expect(one.page.locator(".spent li").last).to_have_text("✓ Metody")


def test_progress_never_recedes_is_full_at_the_end_and_gone_where_there_is_no_way(visit: Open) -> None:
    one = visit(to="email")
    bar = one.page.get_by_role("progressbar")
    one.stands(Place("company", "tax_number", "tax_number", 4, 8, "Dane firmy"))
    one.sees("#progress-words", "5 z 8 · Dane firmy")
    one.stands(Place("company", "street", "street", 4, 10, "Dane firmy"))
    one.sees("#progress-words", "5 z 10 · Dane firmy")
    assert bar.evaluate("bar => bar.value / bar.max") == 0.5
    one.stands(Place("zone", "zone", "nothing", -1, 10, "Strefa klienta"))
    expect(bar).to_be_hidden()
    one.stands(Place("einvoice", "einvoice", "choice", 4, 5, "E-faktury"))
    one.sees("#progress-words", "5 z 5 · E-faktury")
    one.stands(Place("zone", "zone", "nothing", 5, 5, "Strefa klienta"))
    one.sees("#progress-words", "5 z 5 · E-faktury ✓")
    assert bar.evaluate("bar => bar.value / bar.max") == 1
    expect(bar).to_be_hidden()
    one.stands(Place("zone", "zone", "nothing", 5, 5, "Strefa klienta"))
    expect(bar).to_be_hidden()


WHOLE = (
    ("anna.nowak@pracownia-bursztyn.example.com", "anna", ".nowak@", "pracownia-bursztyn", ".example", ".com"),
    *((one, one) for one in ("+48 512 000 999", "1 299,00\xa0zł", "SMS-y", "R2P-0001-7788", "sp. z o.o.")),
)


def test_what_is_read_as_one_is_not_torn(visit: Open) -> None:
    one = visit(size={"width": 320, "height": 640}, to="email")
    for text, *broken in WHOLE:
        ends = (",", ".") if "@" in text else ("", "")  # an address takes along what may not begin a line
        pieces = [piece for end in ends for piece in (*broken[:-1], broken[-1] + end)]
        for width in range(8, 30, 3):  # wherever the line ends
            said = f"{'o ' * width}{text}, {text}."
            one.is_told(Said(said))
            slip = one.page.locator(".slip.desk p.words").last
            expect(slip).to_have_text(said)
            expect(slip.locator(".kept")).to_have_text(pieces)
            assert slip.locator(".kept").evaluate_all(UNBROKEN)
    assert one.page.evaluate("document.querySelector('#log').scrollWidth") <= 320


UNBROKEN = "all => all.every(one => one.getClientRects().length === 1)"


# The lines on which the signs after each address stand, and those on which the signs before these stand.
ORPHANS = """p => {
    const walker = document.createTreeWalker(p, NodeFilter.SHOW_TEXT), signs = [];
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (let at = 0; at < node.data.length; at++) {
            const range = new Range();
            range.setStart(node, at);
            range.setEnd(node, at + 1);
            signs.push([node.data[at], range.getBoundingClientRect().bottom]);
        }
    return signs.filter(([sign, bottom], at) => at && ",.".includes(sign) && bottom - signs[at - 1][1] > 4).length;
}"""


def test_no_line_begins_with_a_comma_and_no_address_breaks_in_a_word(visit: Open) -> None:
    one = visit(size=PHONE, to="email")
    for own in (False, True):
        one.house.desk.down = own  # a bubble of one's own is drawn before it has arrived
        for width in range(1, 15, 2):
            said = f"{'o ' * width}ala.kowalska.bursztynowa@bursztyn-gdansk.example.com, NIP 123-456-32-18."
            (one.says if own else lambda text: one.is_told(Said(text)))(said)
            words = one.page.locator(".slip.customer p[dir]" if own else ".slip.desk p.words").last
            expect(words).to_have_text(said.strip())
            assert words.evaluate(ORPHANS) == 0
            expect(words.locator(".kept")).not_to_have_count(0)
            assert words.locator(".kept").evaluate_all(UNBROKEN)


def test_the_header_is_one_line_whoever_speaks(visit: Open) -> None:
    one = visit(size=PHONE, to="email")
    told = {"bot": f"127.0.0.1:{one.server.port}", "waiting": "Czeka na konsultanta", "agent": "Odpowiada Anna"}
    for mode, words in told.items():
        one.stands(Place("account", "email", "email", 1, 8, "Konto", mode=mode))
        one.sees("#mode", words)
        for part in (one.page.get_by_role("heading", name="Okienko FakturaSmart"), one.page.locator("#mode")):
            assert part.evaluate("one => one.scrollWidth <= one.clientWidth"), "all of it is read"
        assert one.page.locator("header").bounding_box()["height"] == 52  # pyright: ignore[reportOptionalSubscript]


def test_the_end_stays_in_view_where_the_answers_over_the_input_go_and_taller_ones_come(visit: Open) -> None:
    one = visit(size={"width": 390, "height": 500}, to="email")
    one.says("anna@firma.pl")
    expect(one.link("Ustaw hasło")).to_be_visible()
    at_the_end = "() => log.scrollTop + log.clientHeight > log.scrollHeight - 2"
    one.page.wait_for_function(at_the_end)

    one.page.evaluate(
        """() => {
          composer.style.display = "none";
          void log.scrollTop; // taller for a moment, the log has moved its scrolling by itself
          composer.style.display = "";
          composer.style.paddingTop = "120px";
        }"""
    )

    one.page.wait_for_function(at_the_end)
