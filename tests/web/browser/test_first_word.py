"""The greeting before any conversation, and what becomes of a first word: offline, in two tabs, over a reload."""

from collections.abc import Callable

from playwright.sync_api import expect

from bot.conversation.inbound import ButtonPressed, Text
from tests.kit.visit import Visit, greeted, lines, say, to_email
from tests.web.recorder import Said

Open = Callable[..., Visit]
OFFLINE = "Brak połączenia"


def test_a_visit_is_two_requests_of_ours_the_second_time_and_begins_nothing(visit: Open) -> None:
    one = visit(to="greeting")
    assert one.house.desk.brought == []
    to_email(one.page)
    asked: list[str] = []
    one.page.context.on("request", lambda request: asked.append(request.url.removeprefix(one.server.url)))
    one.go()  # as one comes back; a reload looks at all files again
    expect(one.last).to_contain_text("Na jaki adres e-mail")
    one.box.fill("anna@firma.pl")
    one.is_told(Said("Jeszcze tu jestem."))
    expect(one.last).to_contain_text("Jeszcze tu jestem.")
    assert [one for one in asked if not one.startswith("/static/bundle/")] == ["/chat", "/webchat/events"]


def test_a_first_press_without_a_network_is_told_survives_a_reload_and_is_sent_once(visit: Open) -> None:
    one = visit(to="greeting")
    one.page.context.set_offline(True)
    one.button("Kup teraz").click()
    one.reads("#notice", OFFLINE, timeout=2_000)
    expect(one.page.locator("#typing")).to_be_hidden()
    one.reads(".spent.waiting", "Jeszcze nie dotarło")
    one.says("anna@firma.pl")
    one.reads(".slip.customer", "anna@firma.pl")
    expect(one.page.locator("#typing")).to_be_hidden()
    one.page.context.set_offline(False)
    one.house.desk.down = True  # the network is back, the desk isn't: nothing gets through before the reload
    one.page.reload()
    one.house.desk.down = False
    expect(one.link("Ustaw hasło")).to_be_visible()
    expect(one.page.locator("#notice")).to_be_empty()
    assert lines(one.page).count("anna@firma.pl") == 1
    assert one.heard == [Text("/start"), ButtonPressed("start:buy", 1), Text("anna@firma.pl")]
    assert one.page.evaluate("sessionStorage.getItem('okienko.unsent')") is None


def test_in_the_middle_of_a_talk_it_is_told_as_well_and_all_goes_in_order(visit: Open) -> None:
    one = visit(to="email")
    one.page.context.set_offline(True)
    one.says("anna@firma.pl")
    one.reads("#notice", OFFLINE, timeout=2_000)
    one.says("gotowe")
    expect(one.page.locator("#typing")).to_be_hidden()
    one.page.context.set_offline(False)
    expect(one.page.get_by_role("checkbox").first).to_be_visible()
    assert one.heard[-2:] == [Text("anna@firma.pl"), Text("gotowe")]


def test_another_tab_that_shows_the_greeting_follows_once_it_has_begun(visit: Open) -> None:
    one = visit()
    other = one.page.context.new_page()
    other.goto(one.server.url + "/chat")
    greeted(other)
    to_email(one.page)
    expect(other.locator(".slip.desk").last).to_contain_text("Na jaki adres e-mail")
    assert lines(other) == lines(one.page)
    say(other, "anna@firma.pl")
    expect(one.link("Ustaw hasło")).to_be_visible()
    assert one.heard.count(Text("/start")) == 1


def test_a_reload_while_the_first_word_is_on_its_way_loses_and_doubles_nothing(visit: Open) -> None:
    one = visit(to="greeting")
    with one.kept_waiting():
        one.button("Kup teraz").click()
        one.page.reload()
    expect(one.last).to_contain_text("Na jaki adres e-mail")
    one.counts(".slip.desk", 2)
    assert one.heard == [Text("/start"), ButtonPressed("start:buy", 1)]
