"""Customer on Telegram, agent in the group: stuck at the tax number, helped, given back, paid. On replicas, too."""

from pathlib import Path

import pytest

from tests.desk.databases import on_each_database
from tests.desk.forum import forum_on
from tests.desk.telegram_chat import Chat, soon
from tests.desk.test_telegram_journey import pay, sign_up, to_the_order

pytestmark = pytest.mark.anyio


class OfAnyReplica(Chat):
    """A chat whose links may name any of the desks."""

    async def follows(self, rel: str) -> str:
        text = await self.reads(f"/{rel}/")
        (link,) = [word for word in text.split() if f"/{rel}/" in word]
        return link


@on_each_database
async def test_a_customer_on_telegram_is_helped_in_the_group_and_pays(
    tmp_path: Path, database: str, request: pytest.FixtureRequest
) -> None:
    async with forum_on(database, request, tmp_path) as forum:
        anna = await forum.agent("anna", 71)
        chat, email = OfAnyReplica(forum.api, forum.desk, 501), "jan.nowak@example.com"
        await sign_up(chat, email)
        await chat.reads("NIP")
        await chat.say("123")
        await chat.say("/agent")
        topic = await forum.topic(name="@example.com")
        assert email not in topic.name + topic.whole
        await chat.say("Gdzie znajdę swój NIP?")
        await forum.reads(topic, "Gdzie znajdę swój NIP?")
        before = len(chat.shown)
        await anna.says(topic, "Na każdej fakturze: 123-456-32-18.")
        await chat.reads("Na każdej fakturze: 123-456-32-18.", after=before)
        assert "Tu Anna" in " ".join(chat.texts[before:]), "who speaks is said first"
        silent = len(chat.shown)
        await chat.taken(await chat.say("Dziękuję, mam!"))
        await forum.reads(topic, "Dziękuję, mam!")
        assert len(chat.shown) == silent, "the bot is silent"
        await anna.presses(topic, "done")
        await chat.reads("Anna", after=silent)
        await soon(lambda: not topic.open)
        await to_the_order(chat)
        await pay(chat, email)
        await chat.sees(lambda: chat.button("einvoice:activate"))
        card = await forum.desk.card(email)
        assert [order["status"] for order in card["orders"]] == ["paid"]
        assert len(forum.api.topics) == 1
