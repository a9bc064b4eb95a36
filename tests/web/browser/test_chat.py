"""The web chat in Chromium, at phone and desktop width."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from bot.conversation.inbound import ButtonPressed, Text
from bot.conversation.outbound import ReplyLink
from tests.web import journey
from tests.web.browser.steps import greeted, lines, only, say, to_consents, to_email
from tests.web.conftest import DESKTOP, PHONE
from tests.web.house import House, Served
from tests.web.recorder import Place, Said

Open = Callable[..., Page]
At = tuple[Served, House, Any]


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_customer_goes_through_the_journey(served: At, open_page: Open, size: Any) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat", size=size)
    to_email(page)
    box = page.get_by_label("Wiadomość")
    expect(box).to_have_attribute("inputmode", "email")
    expect(box).to_have_attribute("autocomplete", "email")
    say(page, "anna")
    expect(page.locator(".slip.desk").last).to_contain_text("brakuje znaku @")
    say(page, "anna@firma.pl")
    way = page.get_by_role("link", name="Ustaw hasło")
    expect(way).to_have_attribute("href", server.url + "/s/set")
    expect(way).to_contain_text(f"otwiera 127.0.0.1:{server.port}")
    expect(page.locator("#hint")).to_be_visible()
    say(page, "gotowe")
    page.get_by_role("button", name="Wszystkie").click()
    expect(box).to_have_attribute("inputmode", "tel")
    say(page, "512 000 111")
    expect(page.get_by_label("Kod z SMS-a")).to_have_attribute("autocomplete", "one-time-code")
    expect(page.get_by_label("Kod z SMS-a")).to_have_attribute("inputmode", "numeric")
    say(page, "493027")
    say(page, "1234563218")
    expect(page.locator("#progress-words")).to_have_text("5 z 8 · Dane firmy")
    expect(page.get_by_role("progressbar")).to_have_attribute("value", "4")
    house.payments.provider = server.url + "/chat"
    with page.expect_request("**/p/paid"):
        page.get_by_role("button", name="Zgadza się").click()
    expect(page.get_by_role("link", name="Zapłać 367,77 zł")).to_be_visible()
    expect(page.locator(".slip.customer.waiting, .slip.customer.refused")).to_have_count(0)
    assert lines(page).count("anna@firma.pl") == 1
    assert len(house.desk.by_address) == 1


def test_a_day_is_picked_in_the_calendar_or_typed(served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = journey.steps("http://127.0.0.1")
    asks = replace(whole[1], place=replace(whole[1].place, expects="date"), takes=bool)
    monkeypatch.setattr(journey, "steps", lambda _page: [whole[0], asks, *whole[3:]])
    page = open_page(served[0].url + "/chat")
    to_email(page)
    calendar, box = page.get_by_label("Dzień z kalendarza"), page.get_by_label("Wiadomość")

    calendar.fill("2027-05-03")
    expect(box).to_have_value("3 maja 2027")
    expect(box).to_be_editable()
    say(page, "jutro")

    expect(page.locator(".slip.customer").last).to_contain_text("jutro")
    expect(calendar).to_have_count(0)


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_sticks_out_at_any_width(served: At, open_page: Open, width: int) -> None:
    page = open_page(served[0].url + "/chat", size={"width": width, "height": 640})
    to_consents(page)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width
    box = page.locator("#input").bounding_box()
    assert box
    assert box["y"] + box["height"] <= 640
    assert box["x"] + box["width"] <= width


def test_a_reload_keeps_what_was_typed_and_not_sent_but_nothing_secret(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    to_email(page)
    box = page.get_by_label("Wiadomość")
    box.fill("anna@firma.pl")
    page.reload()
    expect(box).to_have_value("anna@firma.pl")
    box.press("Enter")
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    box.fill("zielony-rower-42")
    page.reload()
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    expect(box).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('okienko.draft')") is None


def test_who_logs_out_leaves_nothing_typed_behind(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    server.do(lambda: house.desk.say(only(served), Said("Konto", (("Wyloguj się", "zone:log_out"),))))
    page.get_by_label("Wiadomość").fill("anna@fir")
    page.get_by_role("button", name="Wyloguj się").click()
    expect(page.get_by_label("Wiadomość")).to_have_value("")
    assert page.evaluate("sessionStorage.getItem('okienko.draft')") is None


def test_an_answered_question_keeps_the_answer_that_was_pressed(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    to_email(page)
    expect(page.locator(".slip.desk").first.locator(".spent li")).to_have_text(["✓ Kup teraz"])
    expect(page.get_by_role("button", name="Kup teraz")).to_have_count(0)
    expect(page.locator(".slip.customer")).to_have_count(0)  # a press has no bubble of its own
    say(page, "anna@firma.pl")
    expect(page.locator(".slip.customer")).to_contain_text("anna@firma.pl")
    expect(page.locator(".spent")).to_have_count(1)


def test_consents_are_boxes_that_keep_their_state_and_the_focus(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    to_consents(page)
    slips = page.locator(".slip").count()
    expect(page.get_by_role("checkbox").first).to_be_enabled()  # what has just come sleeps
    for n in (0, 2):
        box = page.get_by_role("checkbox").nth(n)
        box.focus()
        page.keyboard.press("Space")
        expect(page.get_by_role("checkbox").nth(n)).to_be_checked()
        expect(page.get_by_role("checkbox").nth(n)).to_be_focused()
        expect(page.locator("#tray")).to_have_attribute("aria-busy", "false")
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox").nth(2)).not_to_be_checked()
    expect(page.locator("#tray")).to_have_attribute("aria-busy", "false")
    assert page.locator(".slip").count() == slips
    page.reload()
    expect(page.get_by_role("checkbox").nth(0)).to_be_checked()
    expect(page.get_by_role("checkbox").nth(2)).not_to_be_checked()
    expect(page.locator("#tray")).to_have_attribute("aria-busy", "false")  # until then a button isn't taken
    assert page.locator(".slip").count() == slips
    page.get_by_role("button", name="Dalej", exact=True).click()
    expect(page.get_by_role("checkbox")).to_have_count(0)
    chosen = page.locator(".slip", has_text="Jeszcze zgody").locator(".spent li")
    expect(chosen).to_have_count(2)
    expect(chosen.first).to_contain_text("Przetwarzanie danych")
    expect(chosen.last).to_contain_text("Dalej")


def test_ticks_made_before_the_last_one_is_answered_are_kept(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_consents(page)
    boxes = page.get_by_role("checkbox")
    expect(boxes.first).to_be_enabled()  # what has just come sleeps
    server.do(house.desk.gate.clear)
    for n in (0, 1, 2):
        boxes.nth(n).check()
    boxes.nth(2).uncheck()
    page.get_by_role("button", name="Dalej", exact=True).dispatch_event("click")  # not before the ticks are in
    server.do(house.desk.gate.set)
    expect(page.locator("#tray")).to_have_attribute("aria-busy", "false")
    expect(page.locator("#tray :checked")).to_have_count(2)
    page.reload()
    expect(page.locator("#tray :checked")).to_have_count(2)
    pressed = [turn.body.payload for turn in house.desk.turns if isinstance(turn.body, ButtonPressed)]
    assert pressed[1:] == ["consents:toggle:rodo", "consents:toggle:regulamin"]


def test_a_reload_goes_on_where_it_was(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    before = lines(page)
    page.reload()
    expect(page.locator(".slip")).to_have_count(len(before))
    assert lines(page) == before
    say(page, "anna@firma.pl")
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    assert [inbound.body for inbound in house.desk.received].count(Text("/start")) == 1


def test_after_a_restart_of_the_server_nothing_is_doubled_or_lost(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    server.stop()
    expect(page.locator("#notice")).to_have_text("Brak połączenia. Łączę ponownie, nic nie zginie.")
    held = only(served)
    server.do(lambda: house.desk.say(held, Said("Powiedziane w czasie przerwy.")))
    say(page, "anna@firma.pl")
    expect(page.locator(".slip.customer").last).to_contain_text("Jeszcze nie dotarło")
    server.do(house.renew)
    server.start(house.app([]))
    expect(page.locator(".slip.desk", has_text="Zakładam konto")).to_be_visible(timeout=20_000)
    expect(page.locator(".slip.customer").last).to_contain_text("✓")
    told = lines(page)
    assert told.count("Powiedziane w czasie przerwy.") == 1
    assert told.count("anna@firma.pl") == 1
    assert len(told) == len(
        [line for _, line in held.lines if not line.text.startswith("/start") and line.payload is None]
    )


def test_streams_that_the_desk_closes_are_opened_again_at_once(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    server.do(house.streams.close)
    server.do(house.streams._closing.clear)
    server.do(lambda: house.desk.say(only(served), Said("Jestem z powrotem.")))
    expect(page.locator(".slip.desk").last).to_contain_text("Jestem z powrotem.")
    expect(page.locator(".slip.desk")).to_have_count(3)


def test_own_words_appear_at_once_and_are_marked_when_acknowledged(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    server.do(house.desk.gate.clear)
    say(page, "anna@firma.pl")
    expect(page.locator(".slip.customer").last).to_contain_text("Wysyłam")
    expect(page.locator("#typing")).to_be_visible()
    expect(page.get_by_label("Wiadomość")).to_be_enabled()
    expect(page.get_by_label("Wiadomość")).to_have_value("")
    server.do(house.desk.gate.set)
    expect(page.locator(".slip.customer").last).to_contain_text("✓")
    expect(page.locator("#typing")).to_be_hidden()


def test_while_nothing_can_be_stored_words_are_kept_and_sent_again(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    house.desk.down = True
    say(page, "anna@firma.pl")
    say(page, "gotowe")
    expect(page.locator(".slip.waiting").first).to_contain_text("Jeszcze nie dotarło")
    expect(page.locator("#notice")).to_contain_text("Chwilowo nie mogę zapisać")
    page.reload()  # even then
    house.desk.down = False
    expect(page.get_by_role("checkbox").first).to_be_visible(timeout=20_000)
    assert lines(page).count("anna@firma.pl") == 1
    assert [turn.body for turn in house.desk.turns][-2:] == [Text("anna@firma.pl"), Text("gotowe")]
    assert server.port


def test_an_answer_that_got_lost_doubles_nothing(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    house.desk.losing = 1
    say(page, "anna@firma.pl")
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    expect(page.locator(".slip.customer").last).to_contain_text("✓", timeout=20_000)
    assert lines(page).count("anna@firma.pl") == 1
    assert [turn.body for turn in house.desk.turns].count(Text("anna@firma.pl")) == 1
    assert server.port


def test_the_next_question_is_answered_before_the_last_answer_is_acknowledged(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)  # the stream is open
    house.desk.losing = 1
    page.get_by_role("button", name="Wróć").click()
    expect(page.locator(".slip.desk", has_text="Tu zawsze można")).to_be_visible()
    expect(page.locator(".spent.waiting")).to_contain_text("Jeszcze nie dotarło")
    page.get_by_role("button", name="Pomoc").click()
    expect(page.locator(".spent.waiting")).to_have_count(0, timeout=20_000)
    pressed = [turn.body.payload for turn in house.desk.turns if isinstance(turn.body, ButtonPressed)]
    assert pressed == ["start:buy", "/back", "/help"]
    assert server.port


def test_what_the_desk_redacted_is_gone_from_the_page(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    house.desk.redact = lambda text: re.sub(r"[\d ]{13,}", "[usunięte]", text)
    say(page, "4242 4242 4242 4242")
    expect(page.locator(".slip.customer").last).to_contain_text("[usunięte]")
    expect(page.locator("body")).not_to_contain_text("4242 4242")
    assert server.port


def test_two_tabs_show_the_same_conversation_once(served: At, open_page: Open) -> None:
    server, house, _ = served
    first = open_page(server.url + "/chat")
    greeted(first)
    second = first.context.new_page()
    second.goto(server.url + "/chat")
    greeted(second)
    first.get_by_role("button", name="Kup teraz").click()
    expect(second.locator(".slip")).to_have_count(2)
    expect(second.locator(".spent")).to_contain_text("Kup teraz")
    assert lines(second) == lines(first)
    say(second, "anna@firma.pl")
    expect(first.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    assert lines(first) == lines(second)
    assert [turn.body for turn in house.desk.turns].count(Text("/start")) == 1


def test_markup_stays_text_and_only_web_addresses_become_links(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    say(page, "<img src=x onerror=alert(1)> https://evil.example")
    expect(page.locator(".slip.customer").last).to_contain_text("<img src=x onerror=alert(1)>")
    expect(page.locator(".slip.desk").last).to_contain_text("brakuje znaku @")  # or it might come after what follows
    bad = ReplyLink("login", "javascript:alert(1)", "Kliknij")
    server.do(lambda: house.desk.say(only(served), Said("<b>x</b> regulamin: https://a.example/r?x=1.", links=(bad,))))
    slip = page.locator(".slip.desk").last
    expect(slip).to_contain_text("<b>x</b> regulamin")
    expect(slip.get_by_role("link")).to_have_count(1)
    expect(slip.get_by_role("link")).to_have_attribute("href", "https://a.example/r?x=1")
    expect(page.locator(".slip img, .slip b, .slip.customer a")).to_have_count(0)


def test_a_colleague_takes_over_and_the_machine_is_waited_for(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    held = only(served)
    server.do(lambda: house.desk.stand(held, Place("company", "wait", "wait", 3, 8, "Dane firmy")))
    expect(page.locator("#typing")).to_contain_text("Czekam na wynik")
    agent = Place("account", "email", "agent", 1, 8, "Konto", mode="agent")
    server.do(lambda: house.desk.say(held, Said("Tu Anna, już pomagam.", author="agent"), agent))
    expect(page.locator("#mode")).to_have_text("Odpowiada konsultant")
    expect(page.locator(".slip.agent .who")).to_have_text("Konsultant")
    expect(page.locator("#tray")).to_be_hidden()
    expect(page.locator("#typing")).to_be_hidden()
    expect(page.get_by_label("Wiadomość")).to_have_attribute("placeholder", "Napisz do konsultanta")


def test_the_page_follows_the_conversation_s_language(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    greeted(page)
    page.get_by_role("button", name="Więcej").click()
    page.get_by_role("button", name="IT", exact=True).click()
    expect(page.locator("html")).to_have_attribute("lang", "it")
    expect(page.locator("#progress-words")).to_have_text(re.compile(r"^1 di 8"))
    expect(page.get_by_label("Messaggio")).to_be_visible()
    page.get_by_role("button", name="Altro").click()
    expect(page.get_by_role("button", name="Parla con un operatore")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Parla con un operatore")).to_be_hidden()


def test_the_first_language_is_the_browser_s(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat?lang=it")
    to_email(page)
    assert [turn.locale_hint for turn in house.desk.turns] == ["it", "it"]


def test_a_start_token_is_used_once_and_leaves_the_address_bar(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat?start=Tok_en-1")
    greeted(page)
    assert house.desk.turns[0].body == Text("/start Tok_en-1")
    assert page.url == server.url + "/chat"
    page.goto(server.url + "/chat?start=Tok_en-1")
    greeted(page)
    page.goto(server.url + "/chat?start=" + "x" * 65)
    greeted(page)
    assert len(house.desk.turns) == 1
    expect(page.locator(".slip.customer")).to_have_count(0)


def test_who_reads_further_up_is_not_torn_away(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    held = only(served)
    for n in range(12):
        server.do(lambda n=n: house.desk.say(held, Said(f"Wiersz {n}\n" * 3)))
    expect(page.locator(".slip.desk").last).to_be_in_viewport()
    page.locator("#log").evaluate("log => log.scrollTo(0, 0)")
    expect(page.locator(".slip.desk").first).to_be_in_viewport()
    server.do(lambda: house.desk.say(held, Said("Nowy wiersz")))
    expect(page.get_by_role("button", name="Nowsze wiadomości")).to_be_visible()
    expect(page.locator(".slip.desk").first).to_be_in_viewport()
    page.get_by_role("button", name="Nowsze wiadomości").click()
    expect(page.locator(".slip.desk").last).to_be_in_viewport()
    expect(page.get_by_role("button", name="Nowsze wiadomości")).to_be_hidden()


def test_everything_can_be_done_by_keyboard(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat", size=DESKTOP)
    greeted(page)
    page.get_by_role("button", name="Więcej").focus()
    order: list[str] = []
    for _ in range(6):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.dataset.payload || document.activeElement.id"))
    assert order == ["log", "start:buy", "start:log_in", "/help", "input", "send"]
    expect(page.get_by_role("button", name="Kup teraz")).to_be_enabled()
    page.get_by_role("button", name="Kup teraz").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".slip.desk").last).to_contain_text("Na jaki adres")
    expect(page.get_by_label("Wiadomość")).to_be_focused()


def test_the_focus_is_never_taken_from_the_input(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    page.get_by_label("Wiadomość").focus()
    page.keyboard.type("anna@")
    server.do(lambda: house.desk.say(only(served), Said("Coś w międzyczasie", (("Tak", "x:y"),))))
    expect(page.get_by_role("button", name="Tak")).to_be_visible()
    page.keyboard.type("firma.pl")
    expect(page.get_by_label("Wiadomość")).to_have_value("anna@firma.pl")


def test_a_message_too_long_is_told_before_it_is_sent(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat")
    to_email(page)
    say(page, "x" * 9000)
    expect(page.locator("#notice")).to_contain_text("za długa: zmieści się 4096 znaków")
    expect(page.get_by_label("Wiadomość")).to_have_value("x" * 9000)


def test_motion_is_left_out_where_it_is_not_wanted(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat", reduced_motion="reduce")
    to_email(page)
    names = page.evaluate("[...document.querySelectorAll('*')].map(e => getComputedStyle(e).animationName)")
    assert set(names) == {"none"}


def test_without_scripts_the_page_says_what_to_do(served: At, open_page: Open) -> None:
    page = open_page(served[0].url + "/chat", java_script_enabled=False)
    greeted(page)  # readable all the same
    expect(page.get_by_role("button", name="Kup teraz")).to_be_disabled()
    expect(page.locator("noscript .notice")).to_contain_text("wymaga JavaScriptu")
    assert served[1].desk.received == []


def test_a_page_for_which_no_stream_is_left_asks_for_the_news(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    greeted(page)
    asked: list[str] = []

    def full(route: Route) -> None:
        asked.append(route.request.url)
        route.fulfill(status=429, json={"error": "too_many"}, headers={"retry-after": "5"})

    page.route("**/webchat/events", full)
    page.reload()
    greeted(page)
    page.get_by_role("button", name="Kup teraz").click()
    expect(page.locator(".slip.desk").last).to_contain_text("e-mail")
    assert asked
    expect(page.locator("#notice")).to_have_text("")
    page.unroute("**/webchat/events")
    say(page, "anna@firma.pl")
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    assert len(house.desk.by_address) == 1


def test_of_many_answers_four_are_shown_and_the_others_unfold(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    titles = ["Moje konto", "Faktury", "Moje dane", "Odnawianie", "Metody", "Kup ponownie"]
    judged = (("Pomogło", "helpful:yes"), ("Nie pomogło", "helpful:no"), ("Pomoc", "/help"))
    ways = tuple((title, f"zone:way{n}") for n, title in enumerate(titles))
    zone = Place("zone", "zone", "nothing", 8, 8, "Strefa klienta")
    server.do(lambda: house.desk.say(only(served), Said("Co dalej?", (*ways, *judged)), zone))
    answers = page.locator("#tray > [data-payload]")
    expect(answers).to_have_text(titles[:4])
    expect(page.locator("#tray .rest")).to_have_text("PomogłoNie pomogłoPomoc")
    more = page.get_by_role("button", name="Więcej: Odpowiedzi do wyboru")
    expect(more).to_have_attribute("aria-expanded", "false")
    more.focus()
    page.keyboard.press("Enter")
    expect(answers).to_have_text(titles)
    expect(more).to_have_count(0)
    fifth = page.get_by_role("button", name="Metody")
    expect(fifth).to_be_focused()
    expect(fifth).not_to_have_attribute("aria-disabled", "true")
    fifth.click()
    expect(page.locator(".spent li").last).to_have_text("✓ Metody")


def test_progress_never_recedes_and_is_gone_where_there_is_no_way(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    held, bar = only(served), page.get_by_role("progressbar")
    server.do(lambda: house.desk.stand(held, Place("company", "tax_number", "tax_number", 4, 8, "Dane firmy")))
    expect(page.locator("#progress-words")).to_have_text("5 z 8 · Dane firmy")
    server.do(lambda: house.desk.stand(held, Place("company", "street", "street", 4, 10, "Dane firmy")))
    expect(page.locator("#progress-words")).to_have_text("5 z 10 · Dane firmy")
    assert bar.evaluate("bar => bar.value / bar.max") == 0.5
    server.do(lambda: house.desk.stand(held, Place("zone", "zone", "nothing", -1, 10, "Strefa klienta")))
    expect(bar).to_be_hidden()


NARROW = {"width": 320, "height": 640}


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("anna.nowak@pracownia-bursztyn.example.com", ["anna", ".nowak@", "pracownia-bursztyn", ".example", ".com"]),
        ("+48 512 000 999", ["+48 512 000 999"]),
        ("1 299,00\xa0zł", ["1 299,00\xa0zł"]),
        ("SMS-y", ["SMS-y"]),
        ("R2P-0001-7788", ["R2P-0001-7788"]),
        ("sp. z o.o.", ["sp. z o.o."]),
    ],
)
def test_what_is_read_as_one_is_not_torn(served: At, open_page: Open, text: str, broken: list[str]) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat", size=NARROW)
    to_email(page)
    ends = (",", ".") if "@" in text else ("", "")  # an address takes along what may not begin a line
    pieces = [piece for end in ends for piece in (*broken[:-1], broken[-1] + end)]
    for width in range(8, 30, 3):  # wherever the line ends
        said = f"{'o ' * width}{text}, {text}."
        server.do(lambda said=said: house.desk.say(only(served), Said(said)))
        slip = page.locator(".slip.desk p.words").last
        expect(slip).to_have_text(said)
        expect(slip.locator(".kept")).to_have_text(pieces)
        assert slip.locator(".kept").evaluate_all("all => all.every(one => one.getClientRects().length === 1)")
    assert page.evaluate("document.querySelector('#log').scrollWidth") <= NARROW["width"]


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


@pytest.mark.parametrize("own", [False, True], ids=["the desk's", "own"])
def test_no_line_begins_with_a_comma_and_no_address_breaks_in_a_word(served: At, open_page: Open, own: bool) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat", size=PHONE)
    to_email(page)
    for width in range(1, 15, 2):
        said = f"{'o ' * width}ala.kowalska.bursztynowa@bursztyn-gdansk.example.com, NIP 123-456-32-18."
        if own:
            house.desk.down = True  # a bubble is drawn before it has arrived
            say(page, said)
        else:
            server.do(lambda said=said: house.desk.say(only(served), Said(said)))
        words = page.locator(".slip.customer p[dir]" if own else ".slip.desk p.words").last
        expect(words).to_have_text(said.strip())
        assert words.evaluate(ORPHANS) == 0
        expect(words.locator(".kept")).not_to_have_count(0)
        assert words.locator(".kept").evaluate_all("all => all.every(one => one.getClientRects().length === 1)")


@pytest.mark.parametrize("mode", ["bot", "waiting", "agent"])
def test_the_header_is_one_line_whoever_speaks(served: At, open_page: Open, mode: str) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat", size=PHONE)
    to_email(page)
    server.do(lambda: house.desk.stand(only(served), Place("account", "email", "email", 1, 8, "Konto", mode=mode)))
    told = {"bot": f"127.0.0.1:{server.port}", "waiting": "Czeka na konsultanta", "agent": "Odpowiada konsultant"}
    expect(page.locator("#mode")).to_have_text(told[mode])
    for part in (page.get_by_role("heading", name="Okienko FakturaSmart"), page.locator("#mode")):
        assert part.evaluate("one => one.scrollWidth <= one.clientWidth"), "all of it is read"
    assert page.locator("header").bounding_box()["height"] == 52  # pyright: ignore[reportOptionalSubscript]


def test_what_is_sold_is_said_in_a_line_that_follows_the_language(served: At, open_page: Open) -> None:
    server, _, _ = served
    page = open_page(server.url + "/chat", size=PHONE)
    greeted(page)
    about = page.locator("#about")
    expect(about).to_have_text("E-faktury przez internet")
    for locale, said in (("en", "E-invoices online"), ("it", "")):
        page.locator("#menu-button").click()
        page.locator("#menu").get_by_role("button", name=locale.upper(), exact=True).click()
        expect(about).to_have_text(said)
    expect(about).to_be_hidden()


def test_the_end_stays_in_view_where_the_answers_over_the_input_go_and_taller_ones_come(
    served: At, open_page: Open
) -> None:
    page = open_page(served[0].url + "/chat", size={"width": 390, "height": 500})
    to_email(page)
    say(page, "anna@firma.pl")
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    at_the_end = """() => {
      const log = document.getElementById("log");
      return log.scrollTop + log.clientHeight > log.scrollHeight - 2;
    }"""
    page.wait_for_function(at_the_end)

    page.evaluate(
        """() => {
          const [log, composer] = ["log", "composer"].map((id) => document.getElementById(id));
          composer.style.display = "none";
          void log.scrollTop; // taller for a moment, the log has moved its scrolling by itself
          composer.style.display = "";
          composer.style.paddingTop = "120px";
        }"""
    )

    page.wait_for_function(at_the_end)
