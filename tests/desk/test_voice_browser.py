"""A customer speaks into the web chat's microphone, on a whole desk: informed, heard, said back, shown."""

from pathlib import Path

from playwright.async_api import expect

from tests.desk.running import running_desk
from tests.desk.visitor import Visitor, browser

FLAGS = ("--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")


async def test_an_address_is_spoken_in_the_browser(tmp_path: Path, chromium_path: str) -> None:
    async with running_desk(tmp_path) as desk, browser(chromium_path, 390, *FLAGS) as context:
        page = await context.new_page()
        await page.goto(f"{desk.url}/chat")
        visitor = Visitor(desk, context, page, framed=False)
        await visitor.press("Utwórz konto")
        await visitor.sees("adres e-mail")
        await desk.http.post("/sandbox/api/recordings", json={"text": "jan małpa example kropka com"})

        await visitor.press("Nagraj wiadomość głosową")
        await expect(visitor.chat.locator(".recorder .seconds")).to_have_text("0:01 z 1:00")
        await visitor.press("Wyślij nagranie")
        await expect(visitor.chat.locator(".slip.customer").last).to_contain_text("Wiadomość głosowa")
        await visitor.sees("usługa rozpoznawania mowy")
        await visitor.press("Odsłuchaj")

        await visitor.sees("Zapisać: jan@example.com?")
        await page.reload()
        await expect(visitor.chat.get_by_text("Wiadomość głosowa", exact=True)).to_have_count(1)
