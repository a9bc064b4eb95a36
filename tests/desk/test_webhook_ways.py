"""Both ways of an update into a whole desk: past the application, and through it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from starlette.types import Receive, Scope, Send

from bot.handlers.telegram.webhook import PATH, SECRET_HEADER, Webhook
from tests.desk.telegram_chat import Chat, bot_api, telegram_desk


async def in_pieces(body: bytes) -> AsyncIterator[bytes]:
    yield body[:9]
    yield body[9:]


async def test_whoever_brings_an_update_can_not_tell_by_which_way_it_went(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    by_asgi: list[int] = []
    through = Webhook.__call__

    async def noted(self: Webhook, scope: Scope, receive: Receive, send: Send) -> None:
        by_asgi.append(1)
        await through(self, scope, receive, send)

    monkeypatch.setattr(Webhook, "__call__", noted)
    async with bot_api() as api, telegram_desk(tmp_path, api, webhook=True) as desk:
        assert api.webhook is not None
        secret = {SECRET_HEADER: api.webhook["secret_token"]}
        http, said = desk.http, []
        for update in (b"{}", b"not json"):
            past = await http.post(PATH, content=update, headers=secret)
            assert not by_asgi
            through_it = await http.post(PATH, content=in_pieces(update), headers=secret)
            assert by_asgi.pop()
            assert past.status_code == through_it.status_code == 200
            for answer in (past, through_it):
                assert answer.headers.pop("date")
                said.append(sorted(answer.headers.items()))
        assert all(one == said[0] for one in said)
        assert (await http.post(PATH, json={}, headers=secret | {"X-Forwarded-For": "192.0.2.1"})).status_code == 403
        assert (await http.post(PATH, json={}, headers=secret | {"Host": "desk.example.com"})).status_code == 403
        assert not by_asgi, "a sandbox answers nobody from elsewhere"
        chat = Chat(api, desk, 7, webhook=True)
        await chat.say("/start")
        await chat.sees(lambda: chat.button("start:buy"))
        assert not by_asgi
