"""What becomes of a pressed message: its answer stays, or the reply takes its place; and when writing is shown."""

from collections.abc import AsyncIterator

import pytest

from bot.conversation.inbound import ButtonPressed, Inbound
from bot.conversation.outbound import Button
from bot.handlers.telegram.buttons import Markup, with_ticks
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.reception import Reception
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram.typing_shown import TypingShown
from tests.bot.handlers.scripted_desk import Draft, ScriptedDesk
from tests.bot.handlers.telegram.bot_api import BotApi, until
from tests.kit.cases import cases

CHAT = 5
ASKED = Draft(
    "Jak zapłacisz?",
    (
        Button("BLIK", "method:blik"),
        Button("☐ Oferty", "consents:toggle:offers"),
        Button("☑ Regulamin", "terms:accept"),
        Button("✎ NIP", "edit:tax_number"),
        Button("✓ Karta", "method:card"),
        Button("Wstecz", "/back"),
        Button("Długa nazwa", "edit:" + "ż" * 40),
    ),
)


@pytest.fixture
async def reception(client: BotClient, desk: ScriptedDesk, sender: TelegramSender) -> AsyncIterator[Reception]:
    await sender.deliver(str(CHAT), desk.say(desk.talk("telegram", str(CHAT)), ASKED))
    found = Reception(client, desk, sender)
    yield found
    await found.close()


async def press(api: BotApi, reception: Reception, title: str) -> None:
    """Presses a button of the only message, and waits for what is done on the side."""
    shown = api.sent[CHAT][0]
    rows = shown["reply_markup"]["inline_keyboard"]
    data = next(key["callback_data"] for row in rows for key in row if key["text"] == title)
    assert await reception.take(api.press(CHAT, data, dict(shown)))
    await reception.close()


@pytest.mark.parametrize(("title", "trace"), cases(__file__, "presses.pressed"))
async def test_what_was_pressed_stays_below_its_question(
    title: str, trace: str, api: BotApi, reception: Reception
) -> None:
    await press(api, reception, title)
    assert api.texts(CHAT) == [f"Jak zapłacisz?\n\n{trace}"]
    assert api.last(CHAT)["reply_markup"] is None


@pytest.mark.parametrize("key", ["kit.not_now", "kit.chosen_before", "kit.chosen_fixed"])
async def test_a_press_that_changed_nothing_leaves_no_answer(
    key: str, api: BotApi, reception: Reception, desk: ScriptedDesk
) -> None:
    desk.says = (key,)
    await press(api, reception, "BLIK")
    assert (api.texts(CHAT), api.last(CHAT)["reply_markup"]) == ([ASKED.text], None)


async def test_a_reply_in_its_place_leaves_the_message_to_it(
    api: BotApi, reception: Reception, desk: ScriptedDesk
) -> None:
    def in_place(inbound: Inbound) -> list[Draft]:
        assert isinstance(inbound.body, ButtonPressed)
        assert inbound.body.place == str(api.sent[CHAT][0]["message_id"])
        return [Draft("Jak zapłacisz?", place=inbound.body.place)]

    desk.answers = in_place
    for title in ("BLIK", "Długa nazwa"):
        await press(api, reception, title)
    assert not api.made("editMessageText")
    assert not api.made("editMessageReplyMarkup")


async def test_a_press_that_another_one_answers_leaves_the_message_as_well(
    api: BotApi, reception: Reception, desk: ScriptedDesk
) -> None:
    desk.answers = lambda _: []
    await press(api, reception, "☐ Oferty")
    assert api.last(CHAT)["reply_markup"] is not None
    update = api.press(CHAT, "1|method:blik", dict(api.sent[CHAT][0]))
    desk.answers = lambda _: [Draft("BLIK.")]
    assert await reception.take(update)
    await reception.close()
    assert len(api.made("editMessageText")) == 1
    assert await reception.take(update), "brought again"
    await reception.close()
    assert len(api.made("editMessageText")) == 1


async def test_writing_is_shown_while_a_machine_s_result_is_due(
    api: BotApi, reception: Reception, desk: ScriptedDesk, sender: TelegramSender, client: BotClient
) -> None:
    sender.typing = TypingShown(client, after_s=0, again_after_s=0.01)
    desk.machine = True
    assert await reception.take(api.text(CHAT, "1234563218"))
    await until(lambda: not sender.typing.at_work)
    assert not api.made("sendChatAction"), "answered in that very moment"
    desk.answers = lambda _: [Draft("Sprawdzam.")]
    desk.unsettled.add("r1")
    assert await reception.take(api.text(CHAT, "1234563218"))
    await until(lambda: len(api.made("sendChatAction")) > 1)
    desk.unsettled.clear()
    await until(lambda: not sender.typing.at_work)


def test_boxes_are_redrawn_as_they_were_given_and_nothing_else_moves() -> None:
    markup: Markup = {
        "inline_keyboard": [
            [{"text": "☑ Oferty", "callback_data": "1|consents:toggle:offers"}],
            [{"text": "☐ Dane (wymagane)", "callback_data": "1|consents:toggle:data"}],
            [{"text": "Tylko wymagane", "callback_data": "1|consents:required"}],
        ]
    }
    text = "Na co się zgadzasz?\n\n☑ Oferty: ☐ tak właśnie.\n☐ Dane (wymagane): Zgadzam się."
    assert with_ticks(text, markup, ("data",)) == (
        "Na co się zgadzasz?\n\n☐ Oferty: ☐ tak właśnie.\n☑ Dane (wymagane): Zgadzam się."
    )
