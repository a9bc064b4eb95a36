"""One conversation's topic brought one step on: made or opened again, its card, its next message, its end."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog

from bot.conversation.delivery import keep
from bot.conversation.recent import Recent
from bot.handlers.telegram_group.card import CardFacts, TopicCard, card_of, name_of
from bot.handlers.telegram_group.faults import CardGone, NotAccepted, Shut, TopicGone, TopicShut
from bot.handlers.telegram_group.group import TelegramGroup
from bot.handlers.telegram_group.lines import lines_of
from bot.handlers.telegram_group.pieces import TopicPost, first_post
from bot.handlers.telegram_group.view import MOST_LINES, TopicView, TopicViews
from bot.web.page_texts import PageWords
from services.crash import crash_point
from services.store.database import Store
from services.support import topics
from services.support.mirrors import CLOSED, OPENED
from services.support.topics import Topic

log = structlog.get_logger(__name__)

#: Topics of one conversation that are gone as soon as they are made: then something is wrong with the group.
MOST_LOST = 2


class TopicWork:
    """What the mirror does with a conversation. `t` are the group's words, `time_zone` where times are read."""

    def __init__(
        self,
        store: Store,
        group: TelegramGroup,
        viewing: TopicViews,
        t: PageWords,
        time_zone: str,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._store = store
        self._group = group
        self._viewing = viewing
        self._t = t
        self._time_zone = time_zone
        self._sleep = sleep
        self._lost: Recent[str, int] = Recent()

    @property
    def chat_id(self) -> int:
        """The group."""
        return self._group.chat_id

    async def bring(self, conversation_id: str) -> None:
        """One step: at most one message of the transcript. Raises what `faults.py` names, StoreUnavailable."""
        view = await self._viewing.look(conversation_id)
        if view.over:
            await self._remove(conversation_id, view.topic)
            return
        gone = view.topic is None or view.topic.thread_id is None
        if gone and view.request is None:
            await self._keep(lambda c: topics.forget(c, conversation_id))
            return
        facts = await self._viewing.facts(view)
        if facts is None:
            return  # gone meanwhile: the next look finds it so
        try:
            await self._bring(view, facts)
        except TopicGone:
            await self._was_lost(conversation_id)
        else:
            self._lost.pop(conversation_id)

    async def _bring(self, view: TopicView, facts: CardFacts) -> None:
        topic = await self._opened(view, facts)
        thread = topic.thread_id
        if thread is None:
            return
        topic = await self._carded(topic, thread, card_of(self._t, facts, self._time_zone))
        lines = lines_of(self._t, view.entries, facts.reason, facts.known)
        through = max((entry.id for entry in view.entries), default=topic.mirrored_id)
        post = first_post(lines)
        if post is not None and post.text:
            await self._said(topic, thread, post)
            through = post.through
        if through > topic.mirrored_id:
            await self._note(topic, mirrored_id=through)
        done = len(view.entries) < MOST_LINES and (not view.entries or through == view.entries[-1].id)
        if view.request is None and done and topic.status == OPENED:
            await self._group.close(thread, name_of(self._t, facts))
            await self._note(topic, status=CLOSED)

    async def _opened(self, view: TopicView, facts: CardFacts) -> Topic:
        """Return the topic, open if a person is wanted."""
        topic, here = view.topic, view.conversation
        name = name_of(self._t, facts)
        if topic is not None and topic.thread_id is not None:
            if topic.status == CLOSED and view.request is not None:
                await self._group.reopen(topic.thread_id, name)
                topic = await self._note(topic, status=OPENED, mirrored_id=max(topic.mirrored_id, view.begins))
            return topic
        conversation_id = here.id if here is not None else ""
        thread = await self._group.create(name)
        crash_point("between a topic and the note of it")
        begins = view.begins if topic is None else topic.mirrored_id
        made = Topic(conversation_id, self.chat_id, thread, None, None, begins, OPENED)
        if await self._keep(lambda c: topics.make(c, made)):
            return made
        await self._group.delete(thread)  # another process was quicker: one topic is enough
        return replace(made, thread_id=None)

    async def _carded(self, topic: Topic, thread: int, card: TopicCard) -> Topic:
        """Return the topic with an up-to-date card."""
        if topic.card_id is not None and topic.shown == card.mark:
            return topic
        if topic.card_id is not None:
            try:
                await self._group.edit(topic.card_id, card.text, card.buttons)
                return await self._note(topic, shown=card.mark)
            except CardGone:
                log.info("forum.card_gone")
        card_id = await self._group.post(thread, card.text, buttons=card.buttons)
        crash_point("between a card and the note of it")
        return await self._note(topic, card_id=card_id, shown=card.mark)

    async def _said(self, topic: Topic, thread: int, post: TopicPost) -> None:
        try:
            await self._group.post(thread, post.text, entities=post.entities)
        except TopicShut:  # somebody closed it by hand
            await self._group.reopen(thread, "")
            await self._group.post(thread, post.text, entities=post.entities)
        except NotAccepted as error:
            log.error("forum_message_refused", alarm=True, conversation=topic.conversation_id, error=str(error))
            await self._group.post(thread, self._t("line.unshown"))
        crash_point("between a topic's message and the note of it")

    async def _remove(self, conversation_id: str, topic: Topic | None) -> None:
        """Delete what was said from the group, too."""
        if topic is not None and topic.thread_id is not None:
            try:
                await self._group.delete(topic.thread_id)
            except (TopicGone, NotAccepted) as error:
                log.info("forum.nothing_to_delete", error=type(error).__name__)
        await self._keep(lambda c: topics.forget(c, conversation_id))

    async def _was_lost(self, conversation_id: str) -> None:
        """Forget a topic deleted by hand; another is made at the next look, if one is still wanted."""
        times = (self._lost.get(conversation_id) or 0) + 1
        self._lost.set(conversation_id, times)
        log.warning("forum.topic_gone", conversation=conversation_id)
        topic = (await self._viewing.look(conversation_id)).topic
        if topic is not None:
            await self._keep(lambda c: topics.lost(c, topic))
        if times >= MOST_LOST:
            self._lost.pop(conversation_id)
            raise Shut("topics")

    async def _note(self, topic: Topic, **changed: Any) -> Topic:
        await self._keep(lambda c: topics.note(c, topic, **changed))
        return replace(topic, **changed)

    async def _keep(self, mark: Callable[[Any], Any]) -> Any:
        return await keep(self._store, mark, self._sleep)
