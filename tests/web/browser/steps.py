"""What a customer does on the chat page, and what they see."""

from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

from tests.web.house import House, Served
from tests.web.recorder import Conversation

Where = Page | FrameLocator


def greeted(page: Where) -> None:
    """The first question is there."""
    expect(page.locator(".slip.desk")).to_contain_text(["Od czego zaczynamy?"])
    expect(page.get_by_role("button", name="Kup teraz")).to_be_visible()


def say(page: Where, text: str) -> None:
    """Types and sends by Enter."""
    page.get_by_label("Wiadomość").fill(text)
    page.get_by_label("Wiadomość").press("Enter")


def begun(page: Page, url: str) -> None:
    """Has the page's browser begin a conversation, so that the chat at `url` opens in the middle of it."""
    sent = {"text": "/start", "message_id": "start", "locale": "pl"}
    page.context.request.get(f"{url}/chat")
    assert page.context.request.post(f"{url}/webchat/messages", data=sent, headers={"okienko-chat": "1"}).ok


def to_email(page: Where) -> None:
    """From the greeting to the e-mail step."""
    greeted(page)
    page.get_by_role("button", name="Kup teraz").click()
    expect(page.locator(".slip.desk").last).to_contain_text("Na jaki adres e-mail")


def to_consents(page: Where) -> None:
    """From the greeting to the consents."""
    to_email(page)
    say(page, "anna@firma.pl")
    expect(page.get_by_role("link", name="Ustaw hasło")).to_be_visible()
    say(page, "gotowe")
    expect(page.get_by_role("checkbox").first).to_be_visible()


def lines(page: Where) -> list[str]:
    """The transcript as it is read, times left out."""
    return [text.strip() for text in page.locator(".slip > p:last-of-type").all_inner_texts()]


def only(served: tuple[Served, House, Any]) -> Conversation:
    """The one conversation there is."""
    _, house, _ = served
    (conversation,) = house.desk.by_address.values()
    return conversation
