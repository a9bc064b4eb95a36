"""The desk is killed and started again while the web chat is open: the page goes on, nothing lost and nothing twice."""

from pathlib import Path

from playwright.async_api import expect

from tests.crash.process import free_port
from tests.desk.mortal import MortalDesk
from tests.desk.running import Running
from tests.desk.stubborn import Insistent
from tests.desk.visitor import Visitor, browser


async def test_the_chat_connects_again_and_shows_the_same(tmp_path: Path, chromium_path: str) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with browser(chromium_path, 390) as context, Insistent(url) as http:
        desk = MortalDesk(tmp_path, port)
        try:
            assert await desk.live()
            page = await context.new_page()
            await page.goto(f"{url}/chat")
            visitor = Visitor(Running(None, http), context, page)  # type: ignore[arg-type]
            visitor.chat = page  # type: ignore[assignment]  # the page itself, not a frame of it
            await visitor.press("Kup teraz", "Nowe konto")
            await visitor.sees("adres e-mail")
            before = await lines(visitor)

            await desk.bury()
            await visitor.write("jan.nowak@example.com")  # into the gap
            desk = MortalDesk(tmp_path, port)
            assert await desk.live()
            await visitor.sees("Ustaw teraz hasło")
            after = await lines(visitor)
            assert after[: len(before)] == before
            assert len([line for line in after if "jan.nowak@example.com" in line]) == 1
            assert len(set(after)) == len(after), after

            await desk.bury()
            desk = MortalDesk(tmp_path, port)
            assert await desk.live()
            await page.reload()
            await expect(visitor.chat.get_by_text("jan.nowak@example.com")).to_have_count(1)
            assert await lines(visitor) == after
        finally:
            await desk.bury()


async def lines(visitor: Visitor) -> list[str]:
    """What the chat shows, line by line."""
    return await visitor.chat.locator("#slips > *").all_inner_texts()
