"""Telegram as it is on a bad day: limits, refusals, updates twice and in the wrong order, a desk that can't commit."""

from pathlib import Path
from typing import Any

import pytest

from services.store.errors import StoreUnavailable
from tests.bot.handlers.telegram.bot_api import BotApi, Fault
from tests.desk.full_disk import Disk
from tests.desk.telegram_chat import Chat, bot_api, datas, soon, telegram_desk


async def test_who_blocked_the_bot_is_left_in_peace_and_can_come_back(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat = Chat(api, desk, 1)
        await chat.press_after("/start", "start:buy")
        await chat.sees(lambda: chat.button("account:new"))
        api.blocked.add(chat.id)
        await chat.press("account:new")  # still on its way when the door was shut
        await soon(lambda: not api.pending)
        await soon(lambda: sends_to(api, chat) == 3)
        await chat.taken(membership(api, chat, "kicked"))
        await desk.advance(26 * 3600)
        await desk.advance(8 * 24 * 3600)
        assert sends_to(api, chat) == 3, "written to behind a shut door"
        api.blocked.discard(chat.id)
        await chat.taken(membership(api, chat, "member"))
        before = len(chat.shown)
        await chat.say("/start")
        assert "e-mail" in await chat.answered(before), "the step is where it was"


def sends_to(api: BotApi, chat: Chat) -> int:
    return sum(params["chat_id"] == chat.id for params in api.made("sendMessage"))


def membership(api: BotApi, chat: Chat, status: str) -> dict[str, Any]:
    person = {"id": chat.id, "is_bot": False, "first_name": "K"}
    bot = {"id": 123456, "is_bot": True, "first_name": "Okienko"}
    return api.update(
        my_chat_member={
            "chat": {"id": chat.id, "type": "private", "first_name": "K"},
            "from": person,
            "date": 1763629200,
            "old_chat_member": {"user": bot, "status": "member"},
            "new_chat_member": {"user": bot, "status": status, "until_date": 0},
        }
    )


async def test_an_update_taken_before_a_restart_is_not_taken_again(tmp_path: Path) -> None:
    async with bot_api() as api:
        async with telegram_desk(tmp_path, api) as desk:
            chat = Chat(api, desk, 1)
            said = await chat.say("/start")
            await chat.press("start:buy")
            await chat.sees(lambda: chat.button("account:new"))
        async with telegram_desk(tmp_path, api) as desk:
            chat.desk = desk
            await chat.taken(said)
            await chat.press("account:new")
            await chat.reads("Będzie nazwą użytkownika")
            assert len(chat.texts) == 3


async def test_what_was_sent_is_noted_as_soon_as_store_is_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the sweep would send it again and again."""
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat, store = Chat(api, desk, 1), desk.installation.store
        write, refused = store.write, 0

        async def sometimes(work: Any, **how: Any) -> Any:
            nonlocal refused
            if "Delivery._settle" in work.__qualname__ and refused < 3:
                refused += 1
                raise StoreUnavailable("no store")
            return await write(work, **how)

        monkeypatch.setattr(store, "write", sometimes)
        await chat.press_after("/start", "start:buy")
        await chat.sees(lambda: chat.button("account:new"))
        assert refused == 3
        assert len(chat.texts) == 2


async def test_the_full_disk_loses_nothing(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=True) as desk:
        chat = Chat(api, desk, 1, webhook=True)
        assert await api.bring(api.text(1, "/start")) == 200
        disk = Disk(desk)
        await disk.fill()
        updates = [api.text(1, f"{n} {'ą' * 3000}") for n in range(20)]
        statuses = [await api.bring(update) for update in updates]
        assert statuses[-1] == 503, statuses
        assert (await desk.http.get("/healthz")).status_code == 200, "no crash"
        await disk.clear()
        assert {await api.bring(update) for update in updates} == {200}
        await chat.sees(lambda: len(chat.texts) == 21)
        await chat.press("start:buy")
        await chat.sees(lambda: chat.button("account:new"))


async def test_a_secret_is_deleted_though_the_first_try_died_with_its_process(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=True):
        update = api.text(1, "4242 4242 4242 4242")
        assert [await api.bring(update) for _ in range(2)] == [200, 200]
        await soon(lambda: len(api.made("deleteMessage")) == 2)


async def test_a_keyboard_that_cant_be_taken_away_answers_for_itself(tmp_path: Path) -> None:
    async with bot_api() as api, telegram_desk(tmp_path, api) as desk:
        chat = Chat(api, desk, 1)
        api.faults["editMessageText"].extend([Fault(400, "Bad Request: message can't be edited")] * 3)
        await chat.press_after("/start", "start:buy")
        await chat.press("account:new")
        await chat.reads("e-mail")
        assert any(datas(message) for message in chat.shown[:-1])
        before = len(chat.shown)
        await chat.press("start:log_in")
        assert "już za nami" in await chat.answered(before)
