"""Updates by long polling and by the webhook: one story for both."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from starlette.applications import Starlette

from bot.conversation.inbound import ButtonPressed, Inbound, Text
from bot.conversation.outbound import Button
from bot.handlers.telegram.channel import ByPolling, ByWebhook, TelegramChannel
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.send import TelegramSender
from tests.bot.handlers.scripted_desk import Draft, ScriptedDesk, parrot
from tests.bot.handlers.telegram.bot_api import BotApi, Fault, Hall, Json, no_sleep, until

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
    long = "consents:toggle:" + "ą" * 60
    talk = desk.talk("telegram", "5")
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
