"""A group that can't be written to: an alarm in the log and one letter to the seller's support, until it can again."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from bot.handlers.telegram_group.faults import Kind, Shut
from bot.usecases.emails.rendering import page
from bot.web.page_texts import PageWords
from services.errors import ServiceError
from services.messaging.mail import Mail
from services.store.database import Store
from services.support import forum_troubles
from services.support.forum_troubles import Trouble

log = structlog.get_logger(__name__)

#: Silence of so long is told; shorter ones pass.
SILENCE = timedelta(minutes=10)


class Mailer(Protocol):
    """Sends letters (`services/messaging/smtp.py`)."""

    def send(self, mail: Mail, key: str) -> Awaitable[None]:
        """Send a mail. Raises ServiceError."""
        ...


class Troubles:
    """`to` is the seller's support, `desk_url` where the conversations wait meanwhile."""

    def __init__(
        self,
        store: Store,
        now: Callable[[], datetime],
        mail: Mailer,
        t: PageWords,
        *,
        chat_id: int,
        to: str,
        seller: str,
        desk_url: str,
    ) -> None:
        self._store = store
        self._now = now
        self._mail = mail
        self._t = t
        self._chat_id = chat_id
        self._to = to
        self._seller = seller
        self._desk_url = desk_url
        self._silent_since: datetime | None = None
        self._known = True  # one of an earlier process may be noted: looked at once

    async def shut(self, shut: Shut) -> None:
        """Note that the group can't be written to, and why. Raises StoreUnavailable."""
        await self._begun(shut.kind, shut.number)

    async def silent(self) -> None:
        """Telegram didn't answer. Raises StoreUnavailable."""
        self._silent_since = self._silent_since or self._now()
        if self._now() - self._silent_since >= SILENCE:
            await self._begun("unreachable", None)

    async def over(self) -> None:
        """All went well. Raises StoreUnavailable."""
        self._silent_since = None
        if self._known:
            if await self._store.write(lambda c: forum_troubles.over(c, self._chat_id)):
                log.info("forum.well_again")
            self._known = False

    async def _begun(self, kind: Kind, number: int | None) -> None:
        now = self._now()
        log.error("forum_unreachable", alarm=True, kind=kind, group=number)
        self._known = True
        trouble = await self._store.write(lambda c: forum_troubles.begin(c, self._chat_id, kind, now))
        if trouble.told_at is None and await self._told(trouble, kind, number):
            await self._store.write(lambda c: forum_troubles.told(c, self._chat_id, now))

    async def _told(self, trouble: Trouble, kind: Kind, number: int | None) -> bool:
        t = self._t
        why = t(f"trouble.{kind}", number=number)
        text = t("trouble.text", why=why, desk=self._desk_url)
        html = page(t.locale, text, self._seller)
        letter = Mail(self._to, t("trouble.subject", seller=self._seller), f"{text}\n", html)
        try:
            await self._mail.send(letter, f"forum-{self._chat_id}-{trouble.since:%Y%m%d%H%M%S}")
        except ServiceError as error:
            log.warning("forum.nobody_told", error=error.reason)
            return False
        return True
