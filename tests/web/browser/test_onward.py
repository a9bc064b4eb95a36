"""Who orders is led on to pay in the chat's own tab, and back once the money is there."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from tests.web.browser.steps import only
from tests.web.counter import ORDER, Counter
from tests.web.house import House, Served

Open = Callable[..., Page]
At = tuple[Served, House, Any]
PAY = "Przejdź do płatności"


def bank(request: Request) -> Response:
    """Its link leads back to the desk."""
    return HTMLResponse(
        f"<a href='http://127.0.0.1:{request.url.port}/p/{request.path_params['token']}/return'>Zapłać</a>"
    )


def ordering(served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch, token: str) -> Page:
    """The order's card with nothing missing; what is paid there turns out as the link's token says."""
    server, house, _ = served
    server.stop()
    server.start(house.app([Route("/bank/{token}", bank)]))
    house.payments.provider = f"http://localhost:{server.port}/bank/{token}"
    given = {"method": "blik", "terms": "accept", "clauses": "accept"}
    house.desk._script = lambda _: Counter(server.url, f"{server.url}/p/{token}", given=dict(given))
    page = open_page(server.url + "/chat")
    expect(page.get_by_role("button", name=ORDER)).not_to_have_attribute("data-asleep", "")
    monkeypatch.setattr("tests.web.doors.CHAT", next(iter(house.desk.by_address)))
    return page


def test_who_orders_pays_at_once_and_is_back_by_itself(
    served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ordering(served, open_page, monkeypatch, "paid")
    page.get_by_role("button", name=ORDER).click()
    page.wait_for_url("**/bank/paid")
    page.get_by_role("link", name="Zapłać").click()
    page.wait_for_url("**/chat")
    expect(page.get_by_role("link", name=PAY)).to_be_visible()  # shown anew it leads nowhere by itself
    assert served[1].payments.attempts == ["paid"]
    assert len(page.context.pages) == 1


def test_what_was_not_paid_says_so_and_leads_back_by_its_button(
    served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = ordering(served, open_page, monkeypatch, "failed")
    page.get_by_role("button", name=ORDER).click()
    page.get_by_role("link", name="Zapłać").click()
    expect(page.get_by_role("link", name="Spróbuj")).to_be_visible()
    page.get_by_role("link", name="Wróć do rozmowy").click()
    page.wait_for_url("**/chat")


def test_who_has_begun_to_write_stays(served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    page = ordering(served, open_page, monkeypatch, "paid")
    page.get_by_label("Wiadomość").fill("a czy")
    page.get_by_role("button", name=ORDER).click()
    expect(page.get_by_role("link", name=PAY)).to_be_visible()
    expect(page.get_by_label("Wiadomość")).to_have_value("a czy")
    assert page.url.endswith("/chat")


def test_a_payment_that_nobody_here_has_just_asked_for_waits(
    served: At, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, house, _ = served
    page = ordering(served, open_page, monkeypatch, "paid")
    held = only(served)
    server.do(lambda: house.desk.say(held, held.script.answer("pay:now")[0]))
    expect(page.get_by_role("link", name=PAY)).to_be_visible()
    assert page.url.endswith("/chat")
