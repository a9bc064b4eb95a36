"""`/desk/profile/telegram`: the code by which an agent tells the bot which Telegram account is theirs."""

from secrets import token_urlsafe

import sqlalchemy as sa
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.handlers.console.door import DeskDoor, SignedIn
from services.agents import audit, telegram

_FRESH_MINUTES = 10


def new_code() -> str:
    """Return a code that can't be guessed: 22 characters, 128 bits."""
    return token_urlsafe(16)


def routes(door: DeskDoor) -> list[Route]:
    """Return the page's form."""

    async def make(request: Request, me: SignedIn) -> Response:
        code = new_code()

        def work(connection: sa.Connection) -> None:
            now = door.clock.now()
            telegram.issue(connection, code=code, agent_id=me.agent_id, now=now)
            audit.note(connection, agent_id=me.agent_id, what="telegram_code_made", at=now)

        await door.store.write(work)
        minutes = int(telegram.LIFETIME.total_seconds() // 60)
        return door.page(request, me, "desk/telegram_code.html", code=code, minutes=minutes)

    return [Route("/desk/profile/telegram", door.guarded(make, fresh=_FRESH_MINUTES), methods=["POST"])]
