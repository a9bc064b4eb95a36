"""The agents' group as a place of the mirror: topics opened and closed, their cards, their next messages.

Each line stands in its topic at least once, in order.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from msgspec import Struct
from msgspec.structs import replace

from bot.conversation.delivery import keep
from bot.conversation.recent import Recent
from bot.handlers.agent_mirror import MirrorPlace
from bot.handlers.telegram_group import group as forum_group
from bot.handlers.telegram_group.card import CardFacts, CardReader, TopicCard, card_of, name_of
from bot.handlers.telegram_group.topic_lines import TopicPost, first_post, lines_of
from bot.usecases.agents.lines_outside import OutsideLine, OutsideSounds, drop_unready_recordings
from bot.web.letter_page import LetterPage
from bot.web.page_texts import PageWords
from services.clock import Clock
from services.crash import crash_point
from services.errors import ServiceError, describe
from services.messaging.mail import Mail
from services.messaging.smtp import SmtpMailer
from services.store.conversations import StoredConversation
from services.store.database import Store
from services.support import topics
from services.support.mirrors import CLOSED, OPENED, MirrorView
from services.support.topics import TOPICS, Topic
from values.channel import Channel
from values.look import Look

log = structlog.get_logger(__name__)

LONGEST_REST = timedelta(minutes=1)
#: Topics of one conversation that are gone as soon as they are made: then something is wrong with the group.
MOST_LOST = 2
#: After that time a card is shown though words wait.
CARD_WAITS = timedelta(seconds=20)
#: Silence of so long is told; shorter ones pass.
SILENCE = timedelta(minutes=10)


class GroupOutage(Struct):
    """A group that can't be written to: an alarm in the log and one e-mail to the seller's support, until it can again.

    `to` is the seller's support, `desk_url` where the conversations wait meanwhile. Each method may raise
    StoreUnavailable.
    """

    store: Store
    clock: Clock
    mail: SmtpMailer
    t: PageWords
    chat_id: int
    to: str
    look: Look
    desk_url: str
    _silent_since: datetime | None = None
    _noted: bool = True  # one of an earlier process may be: looked at once

    async def silent(self) -> None:
        """Note that Telegram didn't answer."""
        now = self.clock.now()
        self._silent_since = self._silent_since or now
        if now - self._silent_since >= SILENCE:
            await self.begin("unreachable")

    async def end(self) -> None:
        """Note that the group can be written to."""
        self._silent_since = None
        if self._noted:
            if await self.store.write(lambda c: topics.end_outage(c, self.chat_id)):
                log.info("forum.outage_over")
            self._noted = False

    async def begin(self, kind: forum_group.OutageKind, number: int | None = None) -> None:
        """Note that the group can't be written to, and why; `number`: its new one."""
        now = self.clock.now()
        log.error("forum_unreachable", alarm=True, kind=kind, group=number)
        self._noted = True
        outage = await self.store.write(lambda c: topics.begin_outage(c, self.chat_id, kind, now))
        if outage.told_at is None and await self._send(kind, number, outage.since):
            await self.store.write(lambda c: topics.note_outage_told(c, self.chat_id, now))

    async def _send(self, kind: forum_group.OutageKind, number: int | None, since: datetime) -> bool:
        t = self.t
        text = t("trouble.text", why=t(f"trouble.{kind}", number=number), desk=self.desk_url)
        subject = t("trouble.subject", seller=self.look.name)
        page = LetterPage(locale=t.locale, title=subject, text=text, foot=self.look.name)
        mail = Mail(self.to, subject, f"{text}\n", page.html(self.look))
        try:
            await self.mail.send(mail, f"forum-{self.chat_id}-{since:%Y%m%d%H%M%S}")
        except ServiceError as error:
            log.warning("forum.outage_not_told", error=error.reason)
            return False
        return True


@dataclass
class GroupTopics(MirrorPlace):
    """`t` are the group's words, `time_zone` is where times are read."""

    name = "forum"
    lease = "telegram.forum"
    most_passes = 50

    store: Store
    group: forum_group.TelegramGroup
    reader: CardReader
    outage: GroupOutage
    t: PageWords
    time_zone: str
    sounds: OutsideSounds
    _lost: Recent[str, int] = field(default_factory=Recent[str, int])
    _cards: dict[str, datetime] | None = None  # conversations whose card may be out of date, and since when

    async def due(self) -> list[str]:
        """Return conversations that lack a message, a topic, or its end; last those whose card may be out of date."""
        found = await self.store.read(lambda c: TOPICS.due(c, self._place))
        if self._cards is None:  # what an earlier process left
            shown = await self.store.read(lambda c: TOPICS.shown(c, self._place))
            self._cards = dict.fromkeys(shown, self.outage.clock.now())
        return [*found, *(id for id in self._cards if id not in found)]

    def lease_missed(self) -> None:
        """Look at all cards again once this process writes: another has done so meanwhile."""
        self._cards = None

    async def bring(self, conversation_id: str) -> None:
        """Write at most one message of the transcript. Raises what `TelegramGroup` does, StoreUnavailable."""
        view = await self._view(conversation_id)
        if view.over:
            await self._remove(conversation_id, view.row)
            return
        here = view.conversation
        if view.request is None and (view.row is None or view.row.thread_id is None):
            await self._keep(lambda c: TOPICS.forget(c, conversation_id))
            return
        facts = await self.reader.read(view)
        if here is None or facts is None:
            return  # gone meanwhile: the next look finds it so
        try:
            topic = await self._bring(view, here, facts)
            if topic is not None:
                await self._finish(conversation_id, topic)
        except forum_group.TopicNotFound:
            await self._was_lost(conversation_id)
        else:
            self._lost.pop(conversation_id)

    async def failed(self, conversation_id: str, error: Exception, failures: int) -> timedelta | None:
        """Rest as long as the group says, and longer each time; one that can't be written to is an outage."""
        match error:
            case forum_group.RetryLater():
                if error.silent:
                    await self.outage.silent()
                return max(error.after, min(timedelta(seconds=0.5) * 2 ** min(failures, 8), LONGEST_REST))
            case forum_group.GroupUnusable():
                await self.outage.begin(error.kind, error.number)
                return LONGEST_REST
            case (
                forum_group.TopicNotFound()
                | forum_group.TopicClosed()
                | forum_group.CardNotFound()
                | forum_group.MessageRefused()
            ):
                log.error("forum_topic_refused", alarm=True, conversation=conversation_id, error=type(error).__name__)
            case _:
                log.error("forum_topic_failed", alarm=True, conversation=conversation_id, **describe(error))
        return None

    async def went_well(self) -> None:
        """End an outage."""
        await self.outage.end()

    async def _bring(self, view: MirrorView[Topic], here: StoredConversation, facts: CardFacts) -> Topic | None:
        """Write the words that the topic lacks; return it where its card is next, None if it has none."""
        topic = await self._open(view, here, name_of(self.t, facts))
        thread = topic.thread_id
        if thread is None:
            return None
        through = max((entry.id for entry in view.entries), default=topic.mirrored_id)
        told = lines_of(self.t, view.entries, view.reason, facts.masks)
        post = first_post(await self._with_sounds(here, told))
        if post is not None and post.text:
            if not await self._play(here, thread, post):
                await self._post(topic, thread, post)
            through = post.through
        if through > topic.mirrored_id:
            topic = await self._note(topic, mirrored_id=through)
        self._owed.setdefault(here.id, self.outage.clock.now())
        return topic

    async def _finish(self, conversation_id: str, topic: Topic) -> None:
        """Show the card, and close the topic once it is over: last, unless words have been first for long.

        It is made when it may be written, so that a state which is over by then is never shown.
        """
        view = await self._view(conversation_id)
        facts = await self.reader.read(view)
        thread = topic.thread_id
        if facts is None or thread is None or view.row is None:
            self._owed.pop(conversation_id, None)
            return
        if self._is_young(conversation_id) and (view.entries or await self._words_wait()):
            return
        if view.row.card_id is None or view.row.shown != card_of(self.t, facts, self.time_zone).mark:
            await self.group.turn()
            view = await self._view(conversation_id)
            facts = await self.reader.read(view)
            if facts is None or view.row is None:
                return
            await self._show_card(view.row, thread, card_of(self.t, facts, self.time_zone))
        self._owed.pop(conversation_id, None)
        if view.request is None and not view.entries and view.row.status == OPENED:
            await self.group.close(thread, name_of(self.t, facts))
            await self._note(view.row, status=CLOSED)

    async def _words_wait(self) -> bool:
        """Tell whether a conversation lacks words, as far as is known: its topic, too."""
        return bool(await self.store.read(lambda c: TOPICS.lacking(c, self._place)))

    def _is_young(self, conversation_id: str) -> bool:
        """Tell whether the card has waited only shortly; a clock set back ends the wait."""
        now = self.outage.clock.now()
        since = self._owed.get(conversation_id, now)
        return since <= now < since + CARD_WAITS

    @property
    def _owed(self) -> dict[str, datetime]:
        if self._cards is None:
            self._cards = {}
        return self._cards

    async def _open(self, view: MirrorView[Topic], here: StoredConversation, name: str) -> Topic:
        """Return the topic, open if a person is wanted."""
        topic = view.row
        if topic is not None and topic.thread_id is not None:
            if topic.status == CLOSED and view.request is not None:
                await self.group.reopen(topic.thread_id, name)
                topic = await self._note(topic, status=OPENED, mirrored_id=max(topic.mirrored_id, view.begins))
            return topic
        thread = await self.group.create(name)
        crash_point("between a topic and the note of it")
        begins = view.begins if topic is None else topic.mirrored_id
        made = Topic(here.id, self.group.chat_id, thread, None, None, begins, OPENED)
        if await self._keep(lambda c: TOPICS.make(c, made)):
            return made
        await self.group.delete(thread)  # another process was quicker: one topic is enough
        return replace(made, thread_id=None)

    async def _show_card(self, topic: Topic, thread: int, card: TopicCard) -> Topic:
        """Return the topic with an up-to-date card."""
        if topic.card_id is not None:
            if topic.shown == card.mark:
                return topic
            try:
                await self.group.edit(topic.card_id, card.text, card.buttons)
                return await self._note(topic, shown=card.mark)
            except forum_group.CardNotFound:
                log.info("forum.card_gone")
        card_id = await self.group.post(thread, card.text, buttons=card.buttons, paced=False)
        crash_point("between a card and the note of it")
        return await self._note(topic, card_id=card_id, shown=card.mark)

    async def _with_sounds(self, here: StoredConversation, lines: list[OutsideLine]) -> list[OutsideLine]:
        """Leave each line its recording that can be passed on now.

        A message on Telegram is copied, so nobody waits until it was fetched. Others have come with their sound.
        """
        if all(line.sound is None for line in lines):
            return lines
        known = await self.sounds.known(here.id)
        return drop_unready_recordings(self.t, lines, known, ("kept", "coming"))

    async def _play(self, here: StoredConversation, thread: int, post: TopicPost) -> bool:
        """Post a recording with its line; return False if there is none, or Telegram refuses it."""
        if (sound := post.sound) is None:
            return False
        if here.channel == Channel.TELEGRAM.value and sound.ref is not None:
            chat, message = int(here.address), int(sound.ref)
            if await self._sent(thread, lambda: self.group.copy(thread, chat, message, post.text, post.entities)):
                return True
        found = await self.sounds.sound(here.id, sound.note)
        if found is None:
            return False
        return await self._sent(thread, lambda: self.group.play(thread, found, post.text, post.entities))

    async def _sent(self, thread: int, send: Callable[[], Awaitable[None]]) -> bool:
        """Send; return False if Telegram refuses it: the words that are written instead say where it is played."""
        try:
            try:
                await send()
            except forum_group.TopicClosed:  # somebody closed it by hand
                await self.group.reopen(thread, "")
                await send()
        except forum_group.MessageRefused as error:
            log.warning("forum.recording_refused", error=str(error))
            return False
        crash_point("between a topic's message and the note of it")
        return True

    async def _post(self, topic: Topic, thread: int, post: TopicPost) -> None:
        try:
            await self.group.post(thread, post.text, entities=post.entities)
        except forum_group.TopicClosed:  # somebody closed it by hand
            await self.group.reopen(thread, "")
            await self.group.post(thread, post.text, entities=post.entities)
        except forum_group.MessageRefused as error:
            log.error("forum_message_refused", alarm=True, conversation=topic.conversation_id, error=str(error))
            await self.group.post(thread, self.t("line.unshown"))
        crash_point("between a topic's message and the note of it")

    async def _remove(self, conversation_id: str, topic: Topic | None) -> None:
        """Delete the topic with all that was said in it."""
        if topic is not None and topic.thread_id is not None:
            try:
                await self.group.delete(topic.thread_id)
            except (forum_group.TopicNotFound, forum_group.MessageRefused) as error:
                log.info("forum.nothing_to_delete", error=type(error).__name__)
        await self._keep(lambda c: TOPICS.forget(c, conversation_id))

    async def _was_lost(self, conversation_id: str) -> None:
        """Forget a topic deleted by hand; another is made at the next look, if one is still wanted."""
        times = (self._lost.get(conversation_id) or 0) + 1
        self._lost.set(conversation_id, times)
        log.warning("forum.topic_gone", conversation=conversation_id)
        topic = (await self._view(conversation_id)).row
        if topic is not None:
            await self._keep(lambda c: TOPICS.lost(c, topic))
        if times >= MOST_LOST:
            self._lost.pop(conversation_id)
            raise forum_group.GroupUnusable("topics")

    @property
    def _place(self) -> tuple[int]:
        return (self.group.chat_id,)

    async def _view(self, conversation_id: str) -> MirrorView[Topic]:
        return await self.store.read(lambda c: TOPICS.view(c, conversation_id, self._place))

    async def _note(self, topic: Topic, **changed: Any) -> Topic:
        await self._keep(lambda c: TOPICS.note(c, topic, **changed))
        return replace(topic, **changed)

    async def _keep(self, work: Callable[[Any], Any]) -> Any:
        return await keep(self.store, work, asyncio.sleep)
