"""The greeting before any conversation, and what becomes of a first word: offline, in two tabs, over a reload."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from bot.conversation.inbound import ButtonPressed, Text
from tests.web.browser.steps import greeted, lines, only, say, to_email
from tests.web.house import House, Served
from tests.web.recorder import Said

Open = Callable[..., Page]
At = tuple[Served, House, Any]
OFFLINE = "Brak połączenia"


def test_a_visit_is_two_requests_of_ours_the_second_time_and_begins_nothing(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    greeted(page)
    assert house.desk.received == []
    to_email(page)
    asked: list[str] = []
    page.context.on("request", lambda request: asked.append(request.url.removeprefix(server.url)))
    page.goto(server.url + "/chat")  # as one comes back; a reload looks at all files again
    expect(page.locator(".slip.desk").last).to_contain_text("Na jaki adres e-mail")
    page.get_by_label("Wiadomość").fill("anna@firma.pl")
    server.do(lambda: house.desk.say(only(served), Said("Jeszcze tu jestem.")))
    expect(page.locator(".slip.desk").last).to_contain_text("Jeszcze tu jestem.")
    assert [one for one in asked if not one.startswith("/static/bundle/")] == ["/chat", "/webchat/events"]


def test_a_first_press_without_a_network_is_told_survives_a_reload_and_is_sent_once(
    served: At, open_page: Open
) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    greeted(page)
    page.context.set_offline(True)
    page.get_by_role("button", name="Kup teraz").click()
    expect(page.locator("#notice")).to_contain_text(OFFLINE, timeout=2_000)
    expect(page.locator("#typing")).to_be_hidden()
    expect(page.locator(".spent.waiting")).to_contain_text("Jeszcze nie dotarło")
    say(page, "anna@firma.pl")
    expect(page.locator(".slip.customer")).to_contain_text("anna@firma.pl")
    expect(page.locator("#typing")).to_be_hidden()
    page.context.set_offline(False)
    house.desk.down = True  # the network is back, the desk isn't: nothing gets through before the reload
    page.reload()
    house.desk.down = False
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    expect(page.locator("#notice")).to_be_empty()
    assert lines(page).count("anna@firma.pl") == 1
    said = [turn.body for turn in house.desk.turns]
    assert said == [Text("/start"), ButtonPressed("start:buy", 1), Text("anna@firma.pl")]
    assert page.evaluate("sessionStorage.getItem('okienko.unsent')") is None


def test_in_the_middle_of_a_talk_it_is_told_as_well_and_all_goes_in_order(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    to_email(page)
    page.context.set_offline(True)
    say(page, "anna@firma.pl")
    expect(page.locator("#notice")).to_contain_text(OFFLINE, timeout=2_000)
    say(page, "gotowe")
    expect(page.locator("#typing")).to_be_hidden()
    page.context.set_offline(False)
    expect(page.get_by_role("checkbox").first).to_be_visible()
    assert [turn.body for turn in house.desk.turns][-2:] == [Text("anna@firma.pl"), Text("gotowe")]
    assert server.port


def test_another_tab_that_shows_the_greeting_follows_once_it_has_begun(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    other = page.context.new_page()
    other.goto(server.url + "/chat")
    greeted(other)
    to_email(page)
    expect(other.locator(".slip.desk").last).to_contain_text("Na jaki adres e-mail")
    assert lines(other) == lines(page)
    say(other, "anna@firma.pl")
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    assert [turn.body for turn in house.desk.turns].count(Text("/start")) == 1


def test_a_reload_while_the_first_word_is_on_its_way_loses_and_doubles_nothing(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = open_page(server.url + "/chat")
    greeted(page)
    server.do(house.desk.gate.clear)
    page.get_by_role("button", name="Kup teraz").click()
    page.reload()
    server.do(house.desk.gate.set)
    expect(page.locator(".slip.desk").last).to_contain_text("Na jaki adres e-mail")
    expect(page.locator(".slip.desk")).to_have_count(2)
    assert [turn.body for turn in house.desk.turns] == [Text("/start"), ButtonPressed("start:buy", 1)]
