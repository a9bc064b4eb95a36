"""Makes the pictures of the documentation from the running program, so that they never go stale: `make pictures`.

A desk with its sandbox is started on a temporary folder; a customer goes through the journey in Chromium. Needs the
tests' tools and a Chromium in PATH.
"""

import argparse
import asyncio
import re
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from playwright.async_api import Browser, FrameLocator, Page, async_playwright, expect

from bot.app import logs
from bot.app.serve import run_desk
from bot.app.settings import Settings
from docs.pictures.animation import animate

HERE = Path(__file__).parent
PROFILE = Path(__file__).parents[2] / "profiles" / "fakturasmart"
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 780}
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--hide-scrollbars"]
CODE = re.compile(r"\b\d{6}\b")
PASSWORD = "Trzy-zielone-parasole-7"

Where = Page | FrameLocator


async def press(chat: Where, name: str) -> None:
    """Presses a quick reply."""
    await chat.get_by_role("button", name=name, exact=True).click()


async def write(chat: Where, text: str) -> None:
    """Types a line and sends it."""
    line = chat.get_by_label("Wiadomość")
    await line.fill(text)
    await line.press("Enter")


async def hears(chat: Where, words: str) -> None:
    """Waits until the desk's last slip says so."""
    await expect(chat.locator(".slip.desk").last).to_contain_text(words)


async def to_password(page: Page, chat: Where, email: str) -> Page:
    """From the greeting to the page where the password is set."""
    await press(chat, "Kup teraz")
    await hears(chat, "Bez konta podaj")
    await write(chat, email)
    async with page.context.expect_page() as opened:
        await chat.get_by_role("link", name="Ustaw hasło").click()
    return await opened.value


async def set_password(secure: Page) -> None:
    """Fills in the one-time page."""
    await secure.get_by_label("Hasło", exact=True).fill(PASSWORD)
    await secure.get_by_label("Powtórz hasło", exact=True).fill(PASSWORD)


async def code_on(instruments: Page, where: str = "#phone") -> str:
    """The code in the newest message on the sandbox's phone, or in its mailbox."""
    code = CODE.search(await instruments.locator(where).get_by_text(CODE).first.inner_text())
    assert code is not None, f"the sandbox's {where} shows no code"
    return code[0]


async def to_company(chat: Where, instruments: Page, number: str) -> None:
    """From the consents to the company's data; the code is read off the sandbox's phone."""
    await press(chat, "Tylko wymagane")
    await hears(chat, "numer komórkowy")
    await write(chat, number)
    await write(chat, await code_on(instruments))
    await hears(chat, "NIP")
    await write(chat, "123-456-32-18")
    await hears(chat, "Pracownia Bursztyn")


async def to_summary(chat: Where, instruments: Page) -> None:
    """From the company's data to an order's card that lacks nothing; the letter's code is read in the mailbox."""
    await press(chat, "Zgadza się")
    await hears(chat, "Przed zamówieniem wpisz kod")
    await write(chat, await code_on(instruments, "#mailbox"))
    await hears(chat, "Jak płacisz")
    await press(chat, "BLIK")
    await hears(chat, "Akceptujesz regulamin")
    await chat.get_by_role("checkbox", name=re.compile("^Akceptuję regulamin i klauzule")).check()
    await hears(chat, "Zamawiasz")


async def take(page: Page, name: str) -> None:
    """Takes a picture of what is seen; all motion has come to rest."""
    await page.evaluate("scrollTo(0, 0)")
    await page.wait_for_timeout(600)
    await page.screenshot(path=HERE / f"{name}.png", animations="disabled")


async def opened(browser: Browser, url: str, size: dict[str, int], locale: str = "pl-PL") -> Page:
    """A page in a context of its own, as a visitor by day sees it."""
    scale = 1 if size is PHONE else 800 / size["width"]  # a file stays below 120 kB
    context = await browser.new_context(
        viewport=size, locale=locale, timezone_id="Europe/Warsaw", device_scale_factor=scale
    )
    page = await context.new_page()
    page.set_default_timeout(15_000)
    await page.goto(url)
    return page


async def pictures_of(url: str, browser: Browser) -> None:
    """All pictures, in the order of the journey."""
    phone = await opened(browser, f"{url}/chat", PHONE)
    instruments = await opened(browser, f"{url}/sandbox", DESKTOP)
    secure = await to_password(phone, phone, "anna@bursztyn.example.com")
    await take(secure, "secure-page")  # a rule goes as soon as it is met
    await set_password(secure)
    await secure.get_by_role("button", name="Zapisz hasło").click()
    await hears(phone, "zgadzasz")
    await to_company(phone, instruments, "512 000 888")
    await take(phone, "chat")
    await to_summary(phone, instruments)
    await take(phone, "summary")
    await instruments.request.post(f"{url}/sandbox/api/reset")

    landing = await opened(browser, url, PHONE)
    await hears(landing.frame_locator("#chat"), "tu bot FakturaSmart")
    await take(landing, "landing-phone")
    landing = await opened(browser, url, DESKTOP)
    chat = landing.frame_locator("#chat")
    secure = await to_password(landing, chat, "jan@bursztyn.example.com")
    await set_password(secure)
    await secure.get_by_role("button", name="Zapisz hasło").click()
    await secure.close()
    await hears(chat, "zgadzasz")
    await to_company(chat, landing, "512 000 999")
    await take(landing, "landing")


async def purchase(url: str, browser: Browser) -> None:
    """A purchase on the landing page in English, from the greeting to active e-invoices, as a moving picture."""
    page = await opened(browser, "about:blank", {"width": 960, "height": 800}, "en-GB")
    await page.request.post(f"{url}/sandbox/api/reset")
    await page.goto(url)
    chat, frames = page.frame_locator("#chat"), list[tuple[bytes, float]]()
    typed = chat.get_by_label("Message", exact=True)

    async def hold(seconds: float, of: Page = page) -> None:
        await of.wait_for_timeout(600)
        frames.append((await of.screenshot(animations="disabled"), seconds))

    await hears(chat, "this is FakturaSmart’s bot")
    await page.locator(".beside").evaluate("one => scrollTo(0, one.offsetTop - 16)")
    await hold(2)
    await press(chat, "Buy now")
    for name, value in {"E-mail": "eva@bursztyn.example.com", "Phone": "512 000 999", "NIP": "123-456-32-18"}.items():
        await chat.get_by_label(name, exact=True).fill(value)
    await hold(2)
    await press(chat, "Continue")
    async with page.context.expect_page() as coming:
        await chat.get_by_role("link", name="Set a password").click()
    secure = await coming.value
    for field in await secure.locator("input[type=password]").all():
        await field.fill(PASSWORD)
    await hold(1.5, secure)
    await secure.get_by_role("button", name="Save the password").click()
    await press(chat, "Required only")
    await expect(page.locator("#phone")).to_contain_text(CODE)
    await hold(1.5)
    await typed.fill(await code_on(page))
    await typed.press("Enter")
    await hears(chat, "Pracownia Bursztyn")
    await hold(2)
    await press(chat, "That’s right")
    await typed.fill(await code_on(page, "#mailbox"))
    await hold(1.5)
    await typed.press("Enter")
    await press(chat, "BLIK")
    await chat.get_by_role("checkbox").first.check()
    await hold(2)
    await chat.get_by_role("button", name=re.compile("^Order with obligation to pay")).click()
    await hold(1.5)
    await page.locator("#bank").get_by_role("button", name=re.compile("^Pay ")).click()
    await expect(chat.locator(".stamp")).to_contain_text("Paid")
    await hold(2)
    await press(chat, "Turn on e-invoices")
    await hold(3)
    blank = await browser.new_page()
    (HERE / "purchase.png").write_bytes(await animate(blank, frames))


async def at_the_desk(url: str, browser: Browser) -> None:
    """The agents' console in the middle of a conversation, at both widths."""
    instruments = await opened(browser, f"{url}/sandbox", DESKTOP)
    await instruments.request.post(f"{url}/sandbox/api/reset")
    await expect(instruments.locator("#phone article")).to_have_count(0)
    phone = await opened(browser, f"{url}/chat", PHONE)
    secure = await to_password(phone, phone, "ewa@bursztyn.example.com")
    await set_password(secure)
    await secure.get_by_role("button", name="Zapisz hasło").click()
    await hears(phone, "zgadzasz")
    await press(phone, "Tylko wymagane")
    await hears(phone, "numer komórkowy")
    await write(phone, "512 000 777")
    await write(phone, await code_on(instruments))
    await hears(phone, "NIP")
    await write(phone, "/agent")
    desk = await opened(browser, f"{url}/desk", DESKTOP)
    await take(desk, "desk-login")
    await desk.get_by_label("Login").fill("marek")
    await desk.get_by_label("Hasło", exact=True).fill("sandbox")
    await desk.get_by_role("button", name="Zaloguj się").click()
    await expect(desk.locator("a.row.waiting")).to_have_count(1)
    await take(desk, "desk-empty")
    await desk.locator("a.row.waiting").first.click()
    await desk.get_by_role("button", name="Przejmij", exact=True).click()
    await write(phone, "Nie wiem, jaki mam NIP. Firma to Pracownia Bursztyn z Gdańska.")
    await expect(desk.locator("#log")).to_contain_text("Pracownia Bursztyn")
    await desk.get_by_label("Wiadomość do klienta").fill("Dzień dobry, sprawdzam w rejestrze.")
    await desk.get_by_role("button", name="Wyślij", exact=True).click()
    await expect(desk.locator("#log")).to_contain_text("sprawdzam w rejestrze")
    await take(desk, "desk")
    await desk.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    await take(desk, "desk-phone")


async def make(port: int, chromium: str) -> None:
    """Starts a desk of its own and takes the pictures."""
    with tempfile.TemporaryDirectory(prefix="okienko-pictures-") as folder:
        given = {"profile": PROFILE, "data_dir": Path(folder), "port": port, "log_level": "error"}
        logs.configure("error")
        settings = Settings(_env_file=None, **given)  # type: ignore[call-arg]
        async with run_desk(settings) as desk, async_playwright() as playwright:
            browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
            await pictures_of(desk.base_url, browser)
            await at_the_desk(desk.base_url, browser)
            await purchase(desk.base_url, browser)
            await browser.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """The script's entry."""
    parser = argparse.ArgumentParser(description="Make the pictures of the documentation.")
    parser.add_argument("--port", type=int, default=8080, help="port of the desk; it is seen in the pictures")
    port: int = parser.parse_args(arguments).port
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        parser.error("no Chromium in PATH (on Debian: apt install chromium)")
    asyncio.run(make(port, found[0]))


if __name__ == "__main__":
    main()
