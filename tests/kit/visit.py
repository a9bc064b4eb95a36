"""One who visits the chat in a browser, with the desk behind the page at hand."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FrameLocator, Locator, Page, expect

from bot.conversation.inbound import Body, ButtonPressed
from tests.web.house import House, Served
from tests.web.recorder import Conversation, Place, Said

Where = Page | FrameLocator


def greeted(page: Where) -> None:
    """The first question is there."""
    expect(page.locator(".slip.desk")).to_contain_text(["Od czego zaczynamy?"])
    expect(page.get_by_role("button", name="Kup teraz")).to_be_visible()


def say(page: Where, text: str) -> None:
    """Types and sends by Enter."""
    page.get_by_label("Wiadomość").fill(text)
    page.get_by_label("Wiadomość").press("Enter")


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


def begun(page: Page, url: str) -> None:
    """Has the page's browser begin a conversation, so that the chat at `url` opens in the middle of it."""
    sent = {"text": "/start", "message_id": "start", "locale": "pl"}
    page.context.request.get(f"{url}/chat")
    assert page.context.request.post(f"{url}/webchat/messages", data=sent, headers={"okienko-chat": "1"}).ok


def only(served: tuple[Served, House, Any]) -> Conversation:
    """The one conversation there is."""
    (conversation,) = served[1].desk.by_address.values()
    return conversation


@dataclass
class Visit:
    """A page of the desk's; the desk behind it says and stands as it is told to."""

    page: Page
    server: Served
    house: House
    sandbox: Any = None

    @property
    def talk(self) -> Conversation:
        """The one conversation there is."""
        return only((self.server, self.house, self.sandbox))

    @property
    def heard(self) -> list[Body]:
        """What the desk has heard, in order."""
        return [turn.body for turn in self.house.desk.turns]

    @property
    def pressed(self) -> list[str]:
        """What the desk was sent by presses."""
        return [body.payload for body in self.heard if isinstance(body, ButtonPressed)]

    @property
    def box(self) -> Locator:
        """The line to write in."""
        return self.page.get_by_label("Wiadomość")

    @property
    def last(self) -> Locator:
        """The desk's last bubble."""
        return self.page.locator(".slip.desk").last

    def button(self, name: str, **how: Any) -> Locator:
        """A button by its words."""
        return self.page.get_by_role("button", name=name, **how)

    def link(self, name: str) -> Locator:
        """A link by its words."""
        return self.page.get_by_role("link", name=name)

    def tick(self, name: str) -> Locator:
        """A box to tick, by its words."""
        return self.page.get_by_role("checkbox", name=name)

    def sees(self, where: str, text: Any, **how: Any) -> None:
        """It reads exactly so, soon."""
        expect(self.page.locator(where)).to_have_text(text, **how)

    def reads(self, where: str, text: Any, **how: Any) -> None:
        """It reads so among else, soon."""
        expect(self.page.locator(where)).to_contain_text(text, **how)

    def counts(self, where: str, number: int, **how: Any) -> None:
        """There are so many of it, soon."""
        expect(self.page.locator(where)).to_have_count(number, **how)

    def says(self, text: str) -> None:
        """The customer types and sends."""
        say(self.page, text)

    def answered(self) -> None:
        """Wait until a press is answered; while no turn is taken there is nothing to wait for."""
        if self.house.desk.gate.is_set():
            self.counts("#tray[aria-busy=true]", 0)

    def is_told(self, said: Said, place: Place | None = None) -> None:
        """The desk says something without being asked, after what it was asked."""
        self.answered()
        self.server.do(lambda: self.house.desk.say(self.talk, said, place))

    def is_answered(self, *words: str) -> None:
        """The desk says what it answers to these words, which came by another way."""
        for one in words:
            self.server.do(lambda one=one: self.house.desk.say(self.talk, self.talk.script.answer(one)[0]))

    def stands(self, place: Place) -> None:
        """The conversation stands there now, without words, after what was asked is answered."""
        self.answered()
        self.server.do(lambda: self.house.desk.stand(self.talk, place))

    @contextmanager
    def kept_waiting(self) -> Iterator[None]:
        """Meanwhile no turn is taken; then all of them are."""
        self.server.do(self.house.desk.gate.clear)
        yield
        self.server.do(self.house.desk.gate.set)

    def begin(self) -> None:
        """Begin a conversation, so that the chat opens in the middle of it."""
        begun(self.page, self.server.url)

    def go(self, path: str = "/chat") -> None:
        """Open a page of the desk's."""
        self.page.goto(self.server.url + path)

    def known(self) -> None:
        """One-time pages belong to this conversation."""
        self.house.links.chat = next(iter(self.house.desk.by_address))
