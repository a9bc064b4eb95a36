"""A customer on Telegram is helped in the agents' group while the desk is killed between all that the two do."""

from datetime import UTC, datetime
from pathlib import Path

from services.agents import agent_accounts, telegram
from tests.bot.handlers.telegram.bot_api import TOKEN, hall, serve_bot_api
from tests.bot.handlers.telegram.forum_api import GROUP, ForumBotApi, Topic
from tests.desk.forum import brought
from tests.desk.killed import KilledDesk, killed_desk, said_once
from tests.desk.telegram_chat import soon
from tests.desk.test_telegram_journey import order, sign_up, to_the_link
from tests.desk.traced_chat import TracedChat, judged_chat

ANNA = 71
ASKED, ANSWERED = "Gdzie znajdę swój NIP?", "Na każdej fakturze: 123-456-32-18."


async def test_the_desk_is_killed_between_all_acts(tmp_path: Path) -> None:
    async with hall() as telegrams:
        api = ForumBotApi()
        serve_bot_api(telegrams, api)
        given = {"telegram_token": TOKEN, "telegram_base_url": api.base_url, "telegram_desk_chat": str(GROUP)}
        async with killed_desk(tmp_path, **given) as desk:
            await anna_joins(desk, api)
            chat = TracedChat(api, desk.running, 501)
            await sign_up(chat, chat.email, chat.phone)
            await chat.reads("Jaki jest NIP")
            await desk.dies()
            await helped(desk, chat, api)
            await desk.dies()
            await to_the_link(chat)
            await chat.confirm_the_email()
            await order(chat)
            await desk.dies()
            await chat.pay()
            await desk.dies()
            await chat.press("einvoice:activate")
            await chat.sees(lambda: chat.button("zone:my_account"))
            await judged(desk, chat, api)


async def helped(desk: KilledDesk, chat: TracedChat, api: ForumBotApi) -> None:
    """Stuck at the tax number; what is written or pressed while the desk is away, Telegram keeps."""
    async with desk.away():
        await chat.say("/agent")
    await chat.reads("Konsultant odpowie")
    await desk.dies()
    await soon(lambda: with_a_button(api, "desk:take"))
    (topic,) = with_a_button(api, "desk:take")
    async with desk.away():
        api.put(api.presses(ANNA, topic.id, "desk:take"))
    await chat.reads("Tu Anna")
    await desk.dies()
    await chat.say(ASKED)
    await desk.dies()
    await soon(lambda: ASKED in topic.whole)
    await brought(api, api.says(ANNA, topic.id, ANSWERED))
    await desk.dies()
    await chat.reads(ANSWERED)
    async with desk.away():
        await chat.say("Dziękuję, mam!")
    await soon(lambda: "Dziękuję, mam!" in topic.whole)
    await soon(lambda: with_a_button(api, "desk:done"))
    await brought(api, api.presses(ANNA, topic.id, "desk:done"))
    await desk.dies()
    await chat.reads("Anna kończy rozmowę")
    await soon(lambda: not topic.open)


async def anna_joins(desk: KilledDesk, api: ForumBotApi) -> None:
    """One of the sandbox's agents tells the bot her Telegram account, by a code from the console."""
    with desk.store.begin() as connection:
        anna = agent_accounts.by_login(connection, "anna")
        assert anna is not None
        telegram.issue(connection, code="code-of-anna", agent_id=anna.id, now=datetime.now(UTC))
    await brought(api, api.says(ANNA, None, "/join code-of-anna"))


async def judged(desk: KilledDesk, chat: TracedChat, api: ForumBotApi) -> None:
    """Everything happened, and everything once; sent twice is only what a death fell in between with its note."""
    await judged_chat(chat, lambda: desk.deaths)
    (talk,) = (await desk.running.card(chat.email))["conversations"]
    assert [act for act in desk.trail(talk["id"]) if act != "conversation_seen"] == ["taken", "said", "done"]
    said_once(desk.lines(talk["id"]))
    (topic,) = [topic for topic in api.topics.values() if topic.messages]
    for words in (ASKED, "Dziękuję, mam!", "Anna"):
        assert words in topic.whole
    assert twice(topic) <= desk.deaths
    assert desk.deaths >= 10


def with_a_button(api: ForumBotApi, data: str) -> list[Topic]:
    """The topics with the button, which comes with the card, after the customer's words.

    A topic that was made and not noted, for the desk died between, stays empty.
    """
    return [topic for topic in api.topics.values() if data in str(topic.messages)]


def twice(topic: Topic) -> int:
    """How many of the topic's messages say what another one says."""
    return len(topic.texts) - len(set(topic.texts))
