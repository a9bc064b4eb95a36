"""The whole journey in a real browser, as somebody who tries the desk goes through it; an answer without a line."""

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, BrowserContext, expect

from tests.desk.running import Running, running_desk
from tests.kit.browsers import window, with_a_company


@pytest.mark.parametrize("width", [390, 1280], ids=["phone", "desktop"])
async def test_from_the_landing_page_to_active_e_invoices(tmp_path: Path, chromium: Browser, width: int) -> None:
    async with running_desk(tmp_path) as desk, window(chromium, width) as context:
        visitor = await with_a_company(desk, context)
        await visitor.sees("Przed zamówieniem wpisz kod")

        async with context.expect_page() as opened:
            await visitor.page.get_by_role("link", name=re.compile("Otwórz link")).first.click()
        letter = await opened.value
        await letter.get_by_role("button").first.click()
        await expect(letter.get_by_text("potwierdzony")).to_be_visible()
        await letter.close()

        await visitor.fills_the_card("BLIK")
        await visitor.orders()
        bank = await visitor.follow("/p/")
        await bank.get_by_role("button", name="Zapłać", exact=True).click()
        await bank.wait_for_url(re.compile(r"/p/.+/return"))
        await bank.close()
        await visitor.chat.get_by_role("checkbox", name=re.compile("Zgadzam się wystawiać")).click()
        await visitor.sees("E-faktury włączone")
        await expect(visitor.chat.get_by_role("link", name=re.compile("Otwórz panel"))).to_be_visible()

        # A reload shows the same conversation, and nothing twice.
        await visitor.page.reload()
        await expect(visitor.chat.get_by_text("E-faktury włączone")).to_have_count(1)
        card = await desk.card("jan.nowak@example.com")
        assert (card["orders"][0]["status"], card["einvoice"]["status"]) == ("paid", "active")


async def test_words_written_before_the_order_was_asked_for_order_nothing(desk: Running, phone: BrowserContext) -> None:
    visitor = await with_a_company(desk, phone)
    await visitor.types_the_letters_code()
    await visitor.press("BLIK")
    await visitor.sees("klauzul")
    await phone.set_offline(True)
    await visitor.tick("Akceptuję regulamin i klauzule")
    await visitor.write("zamawiam")
    await phone.set_offline(False)
    order = visitor.chat.get_by_role("button", name="Zamawiam z obowiązkiem zapłaty")
    await expect(order).to_be_enabled()
    await expect(visitor.chat.locator(".slip.customer").last).to_contain_text("✓")
    await expect(visitor.chat.locator(".slip.customer").last).to_contain_text("zamawiam")
    await expect(order).to_be_enabled()  # asked again
    assert (await desk.card("jan.nowak@example.com"))["orders"] == []
    await order.click()
    await visitor.sees("Do zapłaty")
