"""The agents' log-in in a real browser: without JavaScript, at both widths, by day and by night."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pyotp.totp import TOTP

from services.agents import password_links
from services.store import migrate
from services.store.database import open_store
from tests.bot.handlers.console.house import House
from tests.services.agents.conftest import put
from tests.web.browser.test_accessibility import clean
from tests.web.conftest import DESKTOP, PHONE
from tests.web.house import Served

Open = Callable[..., Page]
PASSWORD = "Dwa-rowery-i-hulajnoga"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Served, House]]:
    """The agents' pages under uvicorn, where a second factor is obligatory."""
    url = f"sqlite:///{tmp_path}/desk.db"
    migrate.upgrade(url)
    server = Served()
    house = server.do(lambda: House(open_store(url), url=server.url, obligatory=True))
    server.wait(house.store.write(put))
    server.start(house.app())
    yield server, house
    server.close()


def log_in(page: Page, login: str = "ola", password: str = "right") -> None:
    page.get_by_label("Login").fill(login)
    page.get_by_label("Hasło", exact=True).fill(password)
    page.get_by_role("button", name="Zaloguj się").click()


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without"])
def test_from_the_link_to_the_desk_and_out(desk: tuple[Served, House], open_page: Open, scripts: bool) -> None:
    server, house = desk
    now = house.clock.now()
    server.wait(house.store.write(lambda c: password_links.issue(c, token="L" * 43, agent_id="id of ola", now=now)))
    page = open_page(f"{server.url}/desk/password/{'L' * 43}", java_script_enabled=scripts)
    page.get_by_label("Nowe hasło", exact=True).fill(PASSWORD)
    page.locator("#password_repeat").fill(PASSWORD)
    page.get_by_role("button", name="Zapisz hasło").click()
    page.get_by_role("link", name="Zaloguj się").click()
    log_in(page, password="wrong")
    expect(page.get_by_role("alert")).to_contain_text("nie pasują")
    log_in(page, password=PASSWORD)
    expect(page.get_by_role("heading")).to_have_text("Drugi krok logowania")
    app = TOTP((page.locator(".copied").text_content() or "").replace(" ", ""))
    page.get_by_label("Kod", exact=True).fill(app.at(now))
    page.get_by_role("button", name="Włącz").click()
    expect(page.locator(".codes li")).to_have_count(8)
    page.get_by_role("link", name="Kody są zapisane").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klawisze pulpitu")
    page.get_by_role("link", name="Moje konto").click()
    page.get_by_role("button", name="Wyloguj", exact=True).click()
    expect(page).to_have_url(f"{server.url}/desk/login")
    page.goto(f"{server.url}/desk/profile")
    expect(page).to_have_url(f"{server.url}/desk/login?next=%2Fdesk%2Fprofile")


def test_nothing_in_anybodys_way(desk: tuple[Served, House], open_page: Open) -> None:
    server, house = desk
    page = open_page(f"{server.url}/desk/login")
    clean(page)
    log_in(page, password="wrong")
    clean(page)
    log_in(page)
    clean(page)
    app = TOTP((page.locator(".copied").text_content() or "").replace(" ", ""))
    page.get_by_label("Kod", exact=True).fill(app.at(house.clock.now()))
    page.get_by_role("button", name="Włącz").click()
    clean(page)
    for path in ("/desk", "/desk/profile", "/desk/login?again=1", "/desk/funnel", "/desk/password/gone"):
        page.goto(server.url + path)
        clean(page)
    page.goto(f"{server.url}/desk/login?again=1")
    log_in(page)
    expect(page).to_have_url(f"{server.url}/desk/login/code")
    clean(page)


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_nothing_is_wider_than_the_screen(desk: tuple[Served, House], open_page: Open, size: object) -> None:
    server, house = desk
    page = open_page(f"{server.url}/desk/login", size=size)
    log_in(page)
    app = TOTP((page.locator(".copied").text_content() or "").replace(" ", ""))
    for path in ("/desk/second-factor", "/desk/login", "/desk/profile"):
        page.goto(server.url + path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        if path == "/desk/second-factor":
            page.get_by_label("Kod", exact=True).fill(app.at(house.clock.now()))
            page.get_by_role("button", name="Włącz").click()
