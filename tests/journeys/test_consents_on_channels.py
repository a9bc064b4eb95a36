"""A consent is what was ticked or named, on each channel: what its boxes show, and what is kept, follow the presses.

The histories are those of `tests/desk/test_consents_in_words.py`; here each press takes the channel's own way, from the
button as the channel draws it to what comes back, without a desk.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from bot.conversation.inbound import ButtonPressed, Inbound
from bot.conversation.outbound import TICKED, Reply
from bot.conversation.understanding import AskedStep
from bot.handlers.telegram.buttons import Looks, data_of, ticked_as
from bot.handlers.telegram.cards import text_with_links
from bot.handlers.telegram.command_menu import shipped_words
from bot.handlers.telegram.incoming import TelegramPress, parse
from bot.handlers.webchat import wire
from tests.desk.test_consents_in_words import EMAIL, GIVES, PHONE, REQUIRED, TICKS, Ticks
from tests.journeys.scenes import Scene
from values.channel import Channel

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)
CHAT, SEQ = 501, 7
LOOKS = Looks(shipped_words())
Press = Callable[[Reply, str], Inbound]
DONE: Mapping[str, Callable[[Ticks], Ticks]] = {**GIVES, "consents:done": lambda ticked: ticked}


def on_telegram(asked: Reply, payload: str) -> Inbound:
    """What a press below the message comes back as."""
    index = next(at for at, button in enumerate(asked.buttons) if button.payload == payload)
    shown = {"message_id": 3, "date": 0, "chat": {"id": CHAT, "type": "private"}, "text": asked.text}
    sender = {"id": CHAT, "is_bot": False, "first_name": "K", "language_code": "pl"}
    query = {"id": "q", "from": sender, "chat_instance": "c", "message": shown, "data": data_of(asked, index)}
    pressed = parse({"update_id": 1, "callback_query": query})
    assert isinstance(pressed, TelegramPress)
    assert pressed.key is None
    return pressed.inbound


def in_the_web_chat(asked: Reply, payload: str) -> Inbound:
    """What the page sends for one of the buttons that it was given."""
    line: Any = wire.line(asked)
    button = next(one for one in line["buttons"] if one["payload"] == payload)
    return Inbound(Channel.WEB, "session", "key", ButtonPressed(button["payload"], line["seq"]))


class Consenter(Scene):
    """Somebody at the question of consents."""

    def __init__(self) -> None:
        super().__init__("fakturasmart", "pl")
        self.tell("hello")
        self.tap("buy", "new")
        self.write("anna.nowak@example.com")
        self.sets_password()

    @property
    def shown(self) -> Reply:
        """The question as the channels are given it."""
        ctx = self._context(self.case)
        step = self.hearing.journey.position(self.case, ctx)
        assert step.path == "account.consents"
        buttons = self.renderer.options(step.options(self.case.account, ctx), "pl")
        return Reply(1, SEQ, "bot", "Na co się zgadzasz?", buttons, (), AT)

    def takes(self, inbound: Inbound) -> None:
        ctx = self._context(self.case)
        asked = AskedStep("account.consents", {button.payload: button.title for button in self.shown.buttons})
        self._play(self.hearing.hear(inbound, self.hearing.journey.position(self.case, ctx), ctx, asked=asked).said)


def boxes(text: str, titles: Mapping[str, str]) -> Ticks:
    """The ids of those that a text shows ticked."""
    lines = text.split("\n")
    return frozenset(id for id, title in titles.items() if any(line.startswith(f"{TICKED} {title}:") for line in lines))


@pytest.mark.parametrize("press", [on_telegram, in_the_web_chat])
@pytest.mark.parametrize("seed", range(25))
def test_what_is_kept_and_shown_is_what_presses_and_words_gave(seed: int, press: Press) -> None:
    chance, customer, ticked = Random(seed), Consenter(), frozenset[str]()
    toggles = {button.payload.rpartition(":")[2]: button.title[2:] for button in customer.shown.buttons if button.words}
    assert toggles.keys() == REQUIRED | EMAIL | PHONE

    def says(said: str) -> None:
        customer.takes(press(customer.shown, said)) if said.startswith("consents:") else customer.write(said)

    for said in chance.choices(tuple(TICKS), k=chance.randrange(6)):
        says(said)
        ticked = TICKS[said](ticked)
        assert boxes(text_with_links(customer.shown, LOOKS, every=True), toggles) == ticked, said
    before, answer = customer.shown, chance.choice(tuple(DONE))
    says(answer)
    given = DONE[answer](ticked)
    if not given >= REQUIRED:
        assert customer.case.account.consents is None
        assert boxes(text_with_links(customer.shown, LOOKS, every=True), toggles) == ticked
        return
    assert frozenset(customer.case.account.consents or ()) == given, answer
    frozen = text_with_links(ticked_as(before, customer.case.account.ticked), LOOKS, every=True)
    assert boxes(frozen, toggles) == given, "what stays of the question is what was stored"
