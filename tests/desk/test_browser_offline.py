"""What is written without a connection is an answer to what had been read, whatever has been asked meanwhile."""

from pathlib import Path

from playwright.async_api import expect

from tests.desk.running import running_desk
from tests.desk.visitor import Visitor, browser


async def test_words_written_before_the_order_was_asked_for_order_nothing(tmp_path: Path, chromium_path: str) -> None:
    async with running_desk(tmp_path) as desk, browser(chromium_path, 390) as context:
        page = await context.new_page()
        await page.goto(desk.url)
        visitor = Visitor(desk, context, page)
        await visitor.signs_up("jan.nowak@example.com")
        await visitor.write("1234563218")
        await visitor.sees("Pracownia Bursztyn")
        await visitor.press("Zgadza się")
        await visitor.types_the_letters_code()
        await visitor.press("BLIK")
        await visitor.sees("klauzul")
        await context.set_offline(True)
        await visitor.tick("Akceptuję regulamin i klauzule")
        await visitor.write("zamawiam")
        await context.set_offline(False)
        order = visitor.chat.get_by_role("button", name="Zamawiam z obowiązkiem zapłaty")
        await expect(order).to_be_enabled()
        await expect(visitor.chat.locator(".slip.customer").last).to_contain_text("✓")
        await expect(visitor.chat.locator(".slip.customer").last).to_contain_text("zamawiam")
        await expect(order).to_be_enabled()  # asked again
        assert (await desk.card("jan.nowak@example.com"))["orders"] == []
        await order.click()
        await visitor.sees("Do zapłaty")
