"""The desk is killed and started again while the web chat is open: the page goes on, nothing lost and nothing twice."""

from pathlib import Path

from playwright.async_api import Browser, expect

from services.store.journal import CUSTOMER
from tests.crash.process import free_port
from tests.desk.killed import killed_desk
from tests.desk.mortal import MortalDesk
from tests.desk.running import Running
from tests.desk.stubborn import Insistent
from tests.desk.visitor import Visitor
from tests.kit.browsers import window, with_a_company

EMAIL = "jan.nowak@example.com"


async def test_the_chat_connects_again_and_shows_the_same(tmp_path: Path, chromium: Browser) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    async with window(chromium, 390) as context, Insistent(url) as http:
        desk = MortalDesk(tmp_path, port)
        try:
            assert await desk.live()
            page = await context.new_page()
            await page.goto(f"{url}/chat")
            visitor = Visitor(Running(None, http), context, page)  # type: ignore[arg-type]
            visitor.chat = page  # type: ignore[assignment]  # the page itself, not a frame of it
            await visitor.press("Utwórz konto")
            await visitor.sees("adres e-mail")
            before = await lines(visitor)

            await desk.bury()
            await visitor.write("jan.nowak@example.com")  # into the gap
            desk = MortalDesk(tmp_path, port)
            assert await desk.live()
            await visitor.sees("Ustaw teraz hasło")
            after = await lines(visitor)
            assert [line[: len(now)] for line, now in zip(before, after, strict=False)] == after[: len(before)]
            assert len([line for line in after if "jan.nowak@example.com" in line]) == 1
            assert len(set(after)) == len(after), after

            await desk.bury()
            desk = MortalDesk(tmp_path, port)
            assert await desk.live()
            await page.reload()
            await expect(visitor.chat.get_by_text("jan.nowak@example.com")).to_have_count(1)
            # The page is compared once its stream has joined: that adds the link.
            await expect(visitor.chat.locator("#slips > *")).to_have_text(after, use_inner_text=True)
        finally:
            await desk.bury()


async def test_all_presses_on_the_card_while_the_desk_is_away_count(tmp_path: Path, chromium: Browser) -> None:
    async with killed_desk(tmp_path) as desk, window(chromium, 390) as context:
        visitor = await with_a_company(desk.running, context, EMAIL)
        await visitor.types_the_letters_code()
        await expect(visitor.chat.get_by_role("button", name="BLIK", exact=True)).to_be_enabled()
        async with desk.away():
            await visitor.press("PayPal", "BLIK")
            await visitor.tick("Akceptuję regulamin i klauzule")
            await expect(visitor.chat.locator(".card :checked")).to_have_count(1)
        await expect(visitor.chat.locator(".order")).not_to_contain_text("Brakuje")
        await expect(visitor.chat.locator(".card :checked")).to_have_count(1)
        await visitor.orders()
        await visitor.sees("Do zapłaty")
        (talk,) = (await desk.running.card(EMAIL))["conversations"]
        said = [line.data.get("payload") for line in desk.lines(talk["id"]) if line.kind == CUSTOMER]
        assert said[-4:] == ["method:paypal", "method:blik", "terms_clauses:accept", "pay:now"]


async def lines(visitor: Visitor) -> list[str]:
    """What the chat shows, line by line."""
    return await visitor.chat.locator("#slips > *").all_inner_texts()
