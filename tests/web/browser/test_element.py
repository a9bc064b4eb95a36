"""`<okienko-chat>` on another site: the browser treats `localhost` and `127.0.0.1` as two.

Who orders is led on to pay in the chat's own tab, and back once the money is there.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import Route as RouteHandler
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.kit.visit import begun, greeted, lines, only, say, to_email
from tests.web.conftest import DESKTOP, PHONE
from tests.web.counter import ASIDE, NEXT, ORDER, RECEIPT, Counter
from tests.web.house import House, Served
from tests.web.recorder import Place, Said

Open = Callable[..., Page]
Both = tuple[Served, House, str]


@pytest.fixture
def shop() -> Iterator[Both]:
    """A desk at 127.0.0.1 that allows the shop at localhost; the shop's own policy is strict."""
    desk, site = Served(), Served()
    shop_url = f"http://localhost:{site.port}"

    async def front(request: Request) -> Response:
        del request
        page = (
            f'<!doctype html><title>Shop</title><h1>Shop</h1><script src="{desk.url}/okienko.js" defer></script>'
            f'<okienko-chat lang="pl" accent="#1d4ed8" label="Porozmawiajmy"></okienko-chat>'
        )
        policy = f"default-src 'none'; script-src {desk.url}; frame-src {desk.url}; require-trusted-types-for 'script'"
        return HTMLResponse(page, headers={"content-security-policy": policy})

    house = House(url=desk.url, embedders=(shop_url,))
    desk.start(house.app())
    site.start(Starlette(routes=[Route("/", front)]))
    yield desk, house, shop_url
    desk.do(house.streams.close)
    desk.close()
    site.close()


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_the_chat_opens_on_another_site_and_keeps_its_session(shop: Both, open_page: Open, size: Any) -> None:
    _, house, url = shop
    page = open_page(url, size=size)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    assert house.desk.brought == []  # nothing is loaded before it is wanted
    page.get_by_role("button", name="Porozmawiajmy").click()
    expect(page.locator("okienko-chat iframe")).to_have_attribute("allow", "microphone")
    frame = page.frame_locator("okienko-chat iframe")
    to_email(frame)
    assert not told, "the site's console is the site's"
    before = lines(frame)
    page.reload()
    expect(frame.locator(".slip")).to_have_count(len(before))
    assert lines(frame) == before
    assert len(house.desk.by_address) == 1


def test_a_browser_that_takes_no_cookie_from_a_frame_is_served_as_well(shop: Both, open_page: Open) -> None:
    _, house, url = shop
    page = open_page(url)

    def without_cookie(route: RouteHandler) -> None:
        answer = route.fetch()
        headers = {name: value for name, value in answer.headers.items() if name != "set-cookie"}
        route.fulfill(response=answer, headers=headers)

    page.route("**/chat?*", without_cookie)
    page.get_by_role("button", name="Porozmawiajmy").click()
    frame = page.frame_locator("okienko-chat iframe")
    to_email(frame)
    with page.expect_request("**/webchat/messages") as sent:
        say(frame, "anna@firma.pl")
    assert len(sent.value.headers["okienko-session"]) == 43
    assert len(house.desk.by_address) == 1


def test_it_opens_in_the_shop_s_colours_closes_and_counts_what_is_said_meanwhile(shop: Both, open_page: Open) -> None:
    desk, house, url = shop
    page = open_page(url, size=DESKTOP)
    launcher, iframe = page.get_by_role("button", name="Porozmawiajmy"), page.locator("okienko-chat iframe")
    expect(launcher).to_have_css("background-color", "rgb(29, 78, 216)")
    expect(launcher).to_have_css("color", "rgb(255, 255, 255)")
    launcher.click()
    frame = page.frame_locator("okienko-chat iframe")
    greeted(frame)
    expect(frame.get_by_role("button", name="Kup teraz")).to_have_css("background-color", "rgb(29, 78, 216)")
    page.evaluate("window.postMessage({okienko: 1, kind: 'close'}, '*')")  # from elsewhere: it isn't heard
    page.evaluate("window.postMessage(null, '*')")
    expect(iframe).to_be_visible()
    frame.get_by_role("button", name="Zamknij rozmowę").click()
    expect(iframe).to_be_hidden()
    expect(launcher).to_be_focused()
    expect(launcher).to_have_attribute("aria-expanded", "false")
    launcher.click()
    frame.get_by_label("Wiadomość").press("Escape")
    expect(iframe).to_be_hidden()
    launcher.click()
    to_email(frame)
    launcher.click()
    (held,) = house.desk.by_address.values()
    desk.do(lambda: house.desk.say(held, Said("Halo?")))
    expect(launcher).to_contain_text("1")
    launcher.click()
    expect(launcher.locator(".badge")).to_be_hidden()


def test_it_stays_open_on_the_next_page_of_the_shop_and_closed_where_it_was_closed(shop: Both, open_page: Open) -> None:
    _, house, url = shop
    page = open_page(url, size=DESKTOP)
    told: list[str] = []
    page.on("console", lambda message: told.append(message.text))
    page.get_by_role("button", name="Porozmawiajmy").click()
    frame = page.frame_locator("okienko-chat iframe")
    to_email(frame)
    before = lines(frame)
    page.goto(url + "/?p=2")
    expect(frame.locator(".slip")).to_have_count(len(before))
    expect(page.locator("okienko-chat iframe")).to_be_visible()
    assert not page.evaluate("document.activeElement.localName === 'okienko-chat'"), "the page is the shop's"
    page.locator(".launcher").click()
    page.goto(url + "/?p=3")
    expect(page.locator("okienko-chat iframe")).to_be_attached()  # it looks for what waits
    expect(page.locator("okienko-chat iframe")).to_be_hidden()
    assert len(house.desk.by_address) == 1
    assert not told, "the site's console is the site's"


def test_on_a_phone_it_does_not_cover_another_page(shop: Both, open_page: Open) -> None:
    page = open_page(shop[2], size=PHONE)
    page.get_by_role("button", name="Porozmawiajmy").click()
    greeted(page.frame_locator("okienko-chat iframe"))
    page.reload()
    expect(page.locator("okienko-chat iframe")).to_be_visible()
    page.goto(shop[2] + "/?p=2")
    expect(page.get_by_role("button", name="Porozmawiajmy")).to_be_visible()
    expect(page.locator("okienko-chat iframe")).to_have_count(0)


def test_the_button_says_what_waits_on_every_page(shop: Both, open_page: Open) -> None:
    desk, house, url = shop
    page = open_page(url, size=DESKTOP)
    page.get_by_role("button", name="Porozmawiajmy").click()
    to_email(page.frame_locator("okienko-chat iframe"))
    (held,) = house.desk.by_address.values()
    desk.do(lambda: house.desk.say(held, Said("Jak płacisz?"), Place("order", "method", "choice")))
    launcher = page.get_by_role("button", name="Dokończ zamówienie")
    expect(launcher).to_be_visible()
    launcher.click()  # closed
    page.goto(url + "/?p=2")
    expect(launcher).to_be_visible()
    expect(page.locator(".badge")).to_be_hidden()
    desk.do(lambda: house.desk.say(held, Said("Opłać, proszę."), Place("payment", "payment", "payment")))
    expect(page.get_by_role("button", name="Dokończ płatność")).to_contain_text("1")
    page.goto(url + "/?p=3")
    expect(page.get_by_role("button", name="Dokończ płatność")).to_contain_text("1")
    page.get_by_role("button", name="Dokończ płatność").click()
    expect(page.frame_locator("okienko-chat iframe").locator(".slip.desk").last).to_contain_text("Opłać, proszę.")
    expect(page.locator(".badge")).to_be_hidden()
    desk.do(lambda: house.desk.say(held, Said("Gotowe."), Place("zone", "home", "nothing")))
    expect(page.get_by_role("button", name="Porozmawiajmy")).to_be_visible()


def test_a_secure_page_leads_back_to_the_shop_s_page(shop: Both, open_page: Open) -> None:
    _, house, url = shop
    page = open_page(url + "/?p=1#offer")
    page.get_by_role("button", name="Porozmawiajmy").click()
    frame = page.frame_locator("okienko-chat iframe")
    to_email(frame)
    house.links.chat = next(iter(house.desk.by_address))
    say(frame, "anna@firma.pl")
    way = frame.get_by_role("link", name="Ustaw hasło")
    expect(way).to_have_attribute("href", re.compile(r"/s/set\?from="))
    with page.context.expect_page() as opened:
        way.click()
    secure = opened.value
    secure.add_init_script("window.close = () => {}")  # as where a browser refuses
    for name in ("Hasło", "Powtórz hasło"):
        secure.get_by_label(name, exact=True).fill("zielony-rower-42")
    secure.get_by_role("button", name="Zapisz hasło").click()
    expect(secure.get_by_role("link")).to_have_attribute("href", url + "/?p=1")
    secure.get_by_role("link").click()
    secure.wait_for_url(url + "/?p=1")


def test_a_secure_page_is_a_window_of_its_own_that_closes_itself(shop: Both, open_page: Open) -> None:
    _, house, url = shop
    page = open_page(url, size=DESKTOP)
    page.get_by_role("button", name="Porozmawiajmy").click()
    frame = page.frame_locator("okienko-chat iframe")
    to_email(frame)
    house.links.chat = next(iter(house.desk.by_address))
    say(frame, "anna@firma.pl")
    with page.context.expect_page() as opened:
        frame.get_by_role("link", name="Ustaw hasło").click()
    secure = opened.value
    assert secure.evaluate("window.top === window"), "never in a frame"
    for name in ("Hasło", "Powtórz hasło"):
        secure.get_by_label(name, exact=True).fill("zielony-rower-42")
    with secure.expect_event("close"):
        secure.get_by_role("button", name="Zapisz hasło").click()
    expect(page.locator("okienko-chat iframe")).to_be_visible()


def test_a_site_that_is_not_allowed_can_not_show_the_chat(shop: Both, open_page: Open) -> None:
    desk, house, url = shop
    house.embedders = ()
    desk.stop()
    desk.start(house.app())
    page = open_page(url, blocks=True)
    errors: list[str] = []
    page.on("console", lambda said: errors.append(said.text) if said.type == "error" else None)
    with page.expect_console_message(lambda said: "frame-ancestors" in said.text):
        page.get_by_role("button", name="Porozmawiajmy").click()
    with page.expect_console_message(lambda said: "[brand].embedders" in said.text):
        pass
    assert any(f'"{url}"' in said and "add it" in said for said in errors), errors
    expect(page.frame_locator("okienko-chat iframe").locator("#log")).to_have_count(0)
    assert house.desk.brought == []
    way = page.get_by_role("link", name="Otwórz rozmowę w nowej karcie")
    expect(way).to_have_attribute("href", f"{desk.url}/chat?lang=pl")
    with page.context.expect_page() as opened:
        way.click()
    greeted(opened.value)
    page.get_by_role("button", name="Zamknij", exact=True).click()
    expect(way).to_be_hidden()
    expect(page.get_by_role("button", name="Porozmawiajmy")).to_be_focused()


At = tuple[Served, House, Any]
PAY = "Przejdź do płatności"
SMALL = {"width": 320, "height": 460}


def bank(request: Request) -> Response:
    """Its link leads back to the desk."""
    return HTMLResponse(
        f"<a href='http://127.0.0.1:{request.url.port}/p/{request.path_params['token']}/return'>Zapłać</a>"
    )


GIVEN = {"method": "blik", "terms": "accept", "clauses": "accept"}


def ordering(served: At, open_page: Open, token: str, given: dict[str, str] = GIVEN) -> Page:
    """The order's card with these rows given; what is paid there turns out as the link's token says."""
    server, house, _ = served
    server.stop()
    server.start(house.app([Route("/bank/{token}", bank)]))
    house.payments.provider = f"http://localhost:{server.port}/bank/{token}"
    house.desk._script = lambda _: Counter(server.url, f"{server.url}/p/{token}", given=dict(given))
    page = open_page("about:blank", size=SMALL)
    begun(page, server.url)
    page.goto(server.url + "/chat")
    expect(page.get_by_role("button", name=ORDER)).not_to_have_attribute("data-asleep", "")
    house.payments.chat = next(iter(house.desk.by_address))
    return page


def test_who_orders_pays_at_once_and_is_back_by_itself(served: At, open_page: Open) -> None:
    page = ordering(served, open_page, "paid")
    page.get_by_role("button", name=ORDER).click()
    page.wait_for_url("**/bank/paid")
    page.get_by_role("link", name="Zapłać").click()
    page.wait_for_url("**/chat")
    expect(page.get_by_role("link", name=PAY)).to_be_visible()  # shown anew it leads nowhere by itself
    assert served[1].payments.attempts == ["paid"]
    assert len(page.context.pages) == 1


def test_what_was_not_paid_leads_back_by_itself_as_what_was_paid(served: At, open_page: Open) -> None:
    page = ordering(served, open_page, "failed")
    page.get_by_role("button", name=ORDER).click()
    page.get_by_role("link", name="Zapłać").click()
    page.wait_for_url("**/chat")
    expect(page.get_by_role("link", name=PAY)).to_be_visible()


def test_who_has_begun_to_write_stays(served: At, open_page: Open) -> None:
    page = ordering(served, open_page, "paid")
    page.get_by_label("Wiadomość").fill("a czy")
    page.get_by_role("button", name=ORDER).click()
    expect(page.get_by_role("link", name=PAY)).to_be_visible()
    expect(page.get_by_label("Wiadomość")).to_have_value("a czy")
    assert page.url.endswith("/chat")


def test_a_payment_that_nobody_here_has_just_asked_for_waits(served: At, open_page: Open) -> None:
    server, house, _ = served
    page, held = ordering(served, open_page, "paid"), only(served)
    server.do(lambda: house.desk.say(held, held.script.answer("pay:now")[0]))
    expect(page.get_by_role("link", name=PAY)).to_be_visible()
    assert page.url.endswith("/chat")


def test_whoever_comes_back_sees_what_came_last(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = ordering(served, open_page, "paid", given={})
    page.get_by_role("button", name="BLIK").click()
    page.get_by_role("checkbox", name="Akceptuję regulamin").check()
    page.get_by_role("checkbox", name="Znam i przyjmuję klauzule").check()
    page.get_by_role("button", name=ORDER).click()
    page.wait_for_url("**/bank/paid")
    done = Place("einvoice", "einvoice", "choice", 7, 8, "E-faktury")
    server.do(lambda: house.desk.say(only(served), Said(NEXT, ASIDE, card=RECEIPT), done))
    page.get_by_role("link", name="Zapłać").click()
    page.wait_for_url("**/chat")
    expect(page.locator(".stamp")).to_be_in_viewport()
    expect(page.get_by_text("Nowsze wiadomości")).to_have_count(0)
