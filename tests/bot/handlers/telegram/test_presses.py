"""What becomes of a pressed message: its answer stays, or the reply takes its place; and when writing is shown.

Updates by long polling and by the webhook: one story for both.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest
from starlette.applications import Starlette

from bot.conversation.inbound import ButtonPressed, Inbound, Text
from bot.conversation.outbound import Button, Outcome, Reply
from bot.handlers.telegram.buttons import screen_of
from bot.handlers.telegram.channel import ByPolling, ByWebhook, TelegramChannel
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.pace import Pace, TypingShown
from bot.handlers.telegram.reception import Reception
from bot.handlers.telegram.send import TelegramSender
from bot.handlers.telegram_group.group import PER_MINUTE
from tests.bot.handlers.scripted_desk import AT, Draft, ScriptedDesk, parrot
from tests.bot.handlers.telegram.bot_api import BotApi, Fault, Hall, Json, no_sleep, until
from tests.kit.rows import each_row

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
    """Presses a button of the only message, behind others if need be, and waits for what is done on the side."""
    pressed, turned = "", set[str]()
    while pressed != title:
        shown = api.sent[CHAT][0]
        keys = [key for row in shown["reply_markup"]["inline_keyboard"] for key in row]
        leads = (key for key in keys if screen_of(key["callback_data"]) and key["callback_data"] not in turned)
        key = next((key for key in keys if key["text"] == title), None) or next(leads)
        turned.add(key["callback_data"])
        assert await reception.take(api.press(CHAT, key["callback_data"], dict(shown)))
        await reception.close()
        pressed = key["text"]


@each_row
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


async def test_a_reply_in_its_place_leaves_message_to_it(api: BotApi, reception: Reception, desk: ScriptedDesk) -> None:
    def in_place(inbound: Inbound) -> list[Draft]:
        assert isinstance(inbound.body, ButtonPressed)
        assert inbound.body.place == str(api.sent[CHAT][0]["message_id"])
        return [Draft("Jak zapłacisz?", place=inbound.body.place)]

    desk.answers = in_place
    for title in ("BLIK", "Długa nazwa"):
        await press(api, reception, title)
    assert not api.made("editMessageText")


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


async def test_a_way_pressed_once_too_often_leaves_a_later_reply(
    api: BotApi, reception: Reception, desk: ScriptedDesk, sender: TelegramSender, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown, look, sending = api.sent[CHAT][0], desk.messages, set[asyncio.Task[Outcome]]()

    async def looked(conversation: str, *, after: int | None = None) -> list[Reply]:
        found = await look(conversation, after=after)
        reply = desk.say(
            desk.by_id[conversation], Draft("Na pewno?", (Button("Tak", "yes"),), place=str(shown["message_id"]))
        )
        sending.add(asyncio.create_task(sender.deliver(str(CHAT), reply)))
        await asyncio.wait(sending, timeout=0.05)
        return found

    monkeypatch.setattr(desk, "messages", looked)
    keys = [key["callback_data"] for row in shown["reply_markup"]["inline_keyboard"] for key in row]
    assert await reception.take(api.press(CHAT, next(filter(screen_of, keys)), dict(shown)))
    await reception.close()
    await asyncio.wait(sending)
    assert [key["text"] for row in api.last(CHAT)["reply_markup"]["inline_keyboard"] for key in row] == ["Tak"]


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


# --- while an answer is made, typing is shown, and no chat is written to faster than Telegram allows ---


SLOW_CHAT = "501"


@pytest.fixture
async def typing(client: BotClient, sender: TelegramSender) -> AsyncIterator[TypingShown]:
    sender.typing = TypingShown(client, after_s=0.02, again_after_s=0.02)
    yield sender.typing
    sender.typing.close()


def shown(api: BotApi) -> int:
    return len(api.made("sendChatAction"))


async def test_a_quick_turn_shows_nothing(api: BotApi, typing: TypingShown) -> None:
    turn = asyncio.get_running_loop().create_future()
    turn.set_result(7)
    assert await typing.during(SLOW_CHAT, turn) == 7
    slow = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(typing.during("502", slow))
    await until(lambda: shown(api))  # by now the first chat's would have come, too
    slow.set_result(8)
    assert await waiting == 8
    assert {call["chat_id"] for call in api.made("sendChatAction")} == {502}


@pytest.mark.parametrize(("topic", "shown_in"), [(None, {}), ("42", {"message_thread_id": 42})])
async def test_a_slow_turn_shows_it_again_and_again_in_the_topic_that_asked(
    api: BotApi, typing: TypingShown, topic: str | None, shown_in: Json
) -> None:
    turn = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(typing.during(SLOW_CHAT, turn, topic))
    await until(lambda: shown(api) > 2)
    turn.set_result(None)
    await waiting
    await until(lambda: not typing.at_work)
    assert api.made("sendChatAction")[0] == {"chat_id": 501, "action": "typing", **shown_in}


async def test_a_result_that_is_due_is_shown_until_its_reply_is_sent(
    api: BotApi, typing: TypingShown, sender: TelegramSender
) -> None:
    due = True

    async def is_due() -> bool:
        return due

    typing.until_answered(SLOW_CHAT, 7, is_due)
    await sender.deliver(SLOW_CHAT, Reply(70, 7, "bot", "Sprawdzam.", (), (), AT))  # the turn's own words end no wait
    await until(lambda: shown(api) > 1)
    await sender.deliver(SLOW_CHAT, Reply(80, 8, "bot", "Mam.", (), (), AT))
    assert not typing.at_work
    typing.until_answered(SLOW_CHAT, 8, is_due)
    await sender.deliver(SLOW_CHAT, Reply(90, 9, "bot", "Od razu.", (), (), AT))
    assert not typing.at_work, "answered before a moment was over"
    due = False
    typing.until_answered(SLOW_CHAT, 9, is_due)
    count = shown(api)
    await until(lambda: not typing.at_work)
    assert shown(api) == count, "another process answered"


async def test_what_telegram_says_to_it_hurts_nobody(api: BotApi, typing: TypingShown) -> None:
    api.faults["sendChatAction"].append(Fault(429, "Too Many Requests", {"retry_after": 9}))
    turn = asyncio.get_running_loop().create_future()
    waiting = asyncio.create_task(typing.during(SLOW_CHAT, turn))
    await until(lambda: shown(api) and not typing.at_work)
    turn.set_result(None)
    await waiting


@dataclass
class Watch:
    """A clock that only waiting moves."""

    now: float = 1000.0
    sent: list[float] = field(default_factory=list[float])

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


async def test_eighteen_a_minute_whatever_came_before() -> None:
    watch = Watch()
    pace = Pace(
        overall_per_s=None,
        chat_per_s=PER_MINUTE / 60,
        chat_burst=6,
        chat_per_minute=PER_MINUTE,
        monotonic=lambda: watch.now,
        sleep=watch.sleep,
    )
    for pause in (0.0, 0.0, 90.0, 7.0, 0.0):
        watch.now += pause
        for _ in range(25):
            await pace.turn("-100")
            watch.sent.append(watch.now)
    assert max(sum(at <= other < at + 60 for other in watch.sent) for at in watch.sent) == PER_MINUTE
    assert watch.sent[5] - watch.sent[0] < 0.01, "a few at once"
    assert watch.sent[49] - watch.sent[0] <= 50 / PER_MINUTE * 60, "and no slower than that in the long run"


Bring = Callable[..., Awaitable[None]]


async def insisted(api: BotApi, *updates: Json) -> None:
    """As Telegram does with a webhook: again until it is told that it was taken."""
    await until(lambda: api.webhook)
    for update in updates:
        while await api.bring(update) != 200:
            pass


async def asked_for(api: BotApi, *updates: Json) -> None:
    """As Telegram does with polling: until the next question confirms them."""
    api.queue(*updates)
    await until(lambda: not api.pending)


@pytest.fixture(params=["polling", "webhook"])
async def bring(
    request: pytest.FixtureRequest,
    api: BotApi,
    desks_host: Hall,
    client: BotClient,
    desk: ScriptedDesk,
    sender: TelegramSender,
) -> AsyncIterator[Bring]:
    """Telegram brings updates by this way; return when it needs them no more."""
    polls = request.param == "polling"
    way = ByPolling(wait_s=1) if polls else ByWebhook(desks_host.address, ("s" * 64,))
    channel = TelegramChannel(client, desk, sender, way=way, locale="pl", sleep=no_sleep)
    desks_host.app = Starlette(routes=channel.routes())
    channel.start()

    async def come(*updates: Json) -> None:
        await (asked_for if polls else insisted)(api, *updates)

    yield come
    await channel.stop()


def words(desk: ScriptedDesk, chat: int) -> list[str]:
    heard = [inbound for inbound in desk.received if inbound.address == str(chat)]
    return [inbound.body.body for inbound in heard if isinstance(inbound.body, Text)]


async def test_the_order_of_each_chat_is_kept(api: BotApi, desk: ScriptedDesk, bring: Bring) -> None:
    await bring(*(api.text(5 + n % 3, str(n)) for n in range(150)))
    for chat in (5, 6, 7):
        assert words(desk, chat) == [str(n) for n in range(150) if 5 + n % 3 == chat]


async def test_while_nothing_can_be_committed_nothing_is_lost(api: BotApi, desk: ScriptedDesk, bring: Bring) -> None:
    desk.unavailable = 7
    await bring(*(api.text(5, str(n)) for n in range(4)))
    assert sorted(words(desk, 5)) == ["0", "1", "2", "3"]


async def test_an_unreadable_update_stands_in_nobodys_way(api: BotApi, desk: ScriptedDesk, bring: Bring) -> None:
    await bring(api.update(message={"text": "no chat"}), api.update(unknown={}), api.text(5, "hej"))
    assert words(desk, 5) == ["hej"]


async def test_an_update_that_always_fails_is_given_up(api: BotApi, desk: ScriptedDesk, bring: Bring) -> None:
    def answers(inbound: Inbound) -> list[Draft]:
        if inbound.body == Text("trucizna"):
            raise ZeroDivisionError
        return parrot(inbound)

    desk.answers = answers
    await bring(api.text(5, "trucizna"), api.text(6, "hej"))
    assert (words(desk, 5), words(desk, 6)) == ([], ["hej"])


async def test_a_press_is_answered_bound_to_its_step_and_its_keyboard_spent(
    api: BotApi, desk: ScriptedDesk, sender: TelegramSender, bring: Bring
) -> None:
    talk = desk.talk("telegram", "5")
    asked = desk.say(talk, Draft("Zgody?", (Button("Newsletter", "consents:toggle:x"), Button("Wstecz", "/back"))))
    await sender.deliver("5", asked)
    await bring(api.press(5, "1|consents:toggle:x", dict(api.last(5))))
    assert desk.received[-1].body == ButtonPressed("consents:toggle:x", 1)
    await until(lambda: api.made("answerCallbackQuery") and api.last(5)["reply_markup"] is None)


async def test_a_press_that_is_too_old_to_be_answered_counts_all_the_same(
    api: BotApi, desk: ScriptedDesk, bring: Bring
) -> None:
    api.faults["answerCallbackQuery"].append(Fault(400, "Bad Request: query is too old"))
    api.faults["editMessageReplyMarkup"].append(Fault(400, "Bad Request: message is not modified"))
    await bring(api.press(5, "1|pay:now"))
    assert desk.received[-1].body == ButtonPressed("pay:now", 1)


async def test_a_short_key_is_looked_up(api: BotApi, desk: ScriptedDesk, bring: Bring) -> None:
    long, talk = "consents:toggle:" + "ą" * 60, desk.talk("telegram", "5")
    desk.say(talk, Draft("Wcześniej."))
    desk.say(talk, Draft("Zgody?", (Button("A", "consents:all"), Button("B", long))))
    await bring(api.press(5, "k:2:1"))
    assert desk.received[-1].body == ButtonPressed(long, 2)
    for gone in ("k:2:9", "k:1:0", "k:77:0"):
        await bring(api.press(5, gone))
        assert desk.received[-1].body == ButtonPressed(gone, int(gone.split(":")[1]))
    await bring(api.press(6, "k:2:1"))
    assert desk.received[-1].body == ButtonPressed("k:2:1", 2), "another chat's buttons are nobody's business"


async def test_a_group_gets_no_turn_but_its_press_an_answer(api: BotApi, desk: ScriptedDesk, bring: Bring) -> None:
    message = api.message(5, text="hej")
    message["chat"] = {"id": -5, "type": "group", "title": "T"}
    await bring(api.update(message=message), api.press(5, "1|pay:now", message))
    await until(lambda: api.made("answerCallbackQuery"))
    assert not desk.received
