"""A group that can't be written to: an alarm in the log and one e-mail to the seller's support, until it can again."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from bot.handlers.telegram_group.group import GroupUnusable, OutageKind
from bot.usecases.emails.rendering import page
from bot.web.page_texts import PageWords
from services.clock import Clock
from services.errors import ServiceError
from services.messaging.mail import Mail
from services.messaging.smtp import SmtpMailer
from services.store.database import Store
from services.support import topics

log = structlog.get_logger(__name__)

#: Silence of so long is told; shorter ones pass.
SILENCE = timedelta(minutes=10)


@dataclass
class GroupOutage:
    """`to` is the seller's support, `desk_url` where the conversations wait meanwhile. Raises StoreUnavailable."""

    store: Store
    clock: Clock
    mail: SmtpMailer
    t: PageWords
    chat_id: int
    to: str
    seller: str
    desk_url: str
    _silent_since: datetime | None = None
    _noted: bool = True  # one of an earlier process may be: looked at once

    async def unusable(self, error: GroupUnusable) -> None:
        """Note that the group can't be written to, and why."""
        await self._begin(error.kind, error.number)

    async def silent(self) -> None:
        """Note that Telegram didn't answer."""
        now = self.clock.now()
        self._silent_since = self._silent_since or now
        if now - self._silent_since >= SILENCE:
            await self._begin("unreachable", None)

    async def end(self) -> None:
        """Note that the group can be written to."""
        self._silent_since = None
        if self._noted:
            if await self.store.write(lambda c: topics.end_outage(c, self.chat_id)):
                log.info("forum.outage_over")
            self._noted = False

    async def _begin(self, kind: OutageKind, number: int | None) -> None:
        now = self.clock.now()
        log.error("forum_unreachable", alarm=True, kind=kind, group=number)
        self._noted = True
        outage = await self.store.write(lambda c: topics.begin_outage(c, self.chat_id, kind, now))
        if outage.told_at is None and await self._send(kind, number, outage.since):
            await self.store.write(lambda c: topics.note_outage_told(c, self.chat_id, now))

    async def _send(self, kind: OutageKind, number: int | None, since: datetime) -> bool:
        t = self.t
        text = t("trouble.text", why=t(f"trouble.{kind}", number=number), desk=self.desk_url)
        subject = t("trouble.subject", seller=self.seller)
        mail = Mail(self.to, subject, f"{text}\n", page(t.locale, text, self.seller))
        try:
            await self.mail.send(mail, f"forum-{self.chat_id}-{since:%Y%m%d%H%M%S}")
        except ServiceError as error:
            log.warning("forum.outage_not_told", error=error.reason)
            return False
        return True
