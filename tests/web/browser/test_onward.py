"""Who orders is led on to pay in the chat's own tab, and back once the money is there."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.kit.visit import begun, only
from tests.web.counter import ASIDE, NEXT, ORDER, RECEIPT, Counter
from tests.web.house import House, Served
from tests.web.recorder import Place, Said

Open = Callable[..., Page]
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


def test_what_was_not_paid_says_so_and_leads_back_by_its_button(served: At, open_page: Open) -> None:
    page = ordering(served, open_page, "failed")
    page.get_by_role("button", name=ORDER).click()
    page.get_by_role("link", name="Zapłać").click()
    expect(page.get_by_role("link", name="Spróbuj")).to_be_visible()
    page.get_by_role("link", name="Wróć do rozmowy").click()
    page.wait_for_url("**/chat")


def test_who_has_begun_to_write_stays(served: At, open_page: Open) -> None:
    page = ordering(served, open_page, "paid")
    page.get_by_label("Wiadomość").fill("a czy")
    page.get_by_role("button", name=ORDER).click()
    expect(page.get_by_role("link", name=PAY)).to_be_visible()
    expect(page.get_by_label("Wiadomość")).to_have_value("a czy")
    assert page.url.endswith("/chat")


def test_a_payment_that_nobody_here_has_just_asked_for_waits(served: At, open_page: Open) -> None:
    server, house, _ = served
    page = ordering(served, open_page, "paid")
    held = only(served)
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
