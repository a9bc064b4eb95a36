"""Agents' messages and presses in the group: words to the customer, notes, the card's buttons.

Only what is surely meant for the customer is sent on: no other content, no unknown command, no edit.
"""

from collections.abc import Awaitable
from datetime import timedelta
from functools import partial
from typing import TypeVar

import sqlalchemy as sa
from msgspec import Struct, field

from bot.conversation.recent import Recent
from bot.handlers.agent_mirror import AgentMirror
from bot.handlers.telegram.incoming import Json, OfAgents
from bot.handlers.telegram_group import card, group_updates
from bot.handlers.telegram_group.group import TelegramGroup
from bot.handlers.telegram_group.topic_lines import VIA, words
from bot.usecases.agents.acts import AgentActs, By, HandoffNotTaken, NotFilled, NotSaid, NotYours
from bot.web.page_texts import PageWords
from services.agents import agent_accounts, audit, telegram
from services.clock import Clock
from services.store.database import Store
from services.support import handoffs, notes
from services.support.topics import TOPICS, Topic

T = TypeVar("T")
BLOCKED_FOR = timedelta(days=1)
#: Signs on an agent's message that Telegram lets a bot set.
SENT, NOTED = "👍", "✍"
COMMANDS = {
    "take": card.TAKE,
    "takeover": card.TAKE_OVER,
    "back": card.GIVE_BACK,
    "done": card.DONE,
    "queue": card.PUT_BACK,
    "block": card.BLOCK,
}


class ActRefused(Exception):
    """A command that wasn't run; the words of this key say why."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


class _Here(Struct, frozen=True):
    """The conversation, the agent who does something with it, and the words of the agent's language."""

    conversation_id: str
    by: By
    t: PageWords


class Members(Struct):
    """The group's members; `mirror` writes into the group, whose language `t` speaks."""

    store: Store
    clock: Clock
    acts: AgentActs
    group: TelegramGroup
    t: PageWords
    mirror: AgentMirror
    _told: Recent[tuple[int, int | None], bool] = field(default_factory=Recent[tuple[int, int | None], bool])

    def parse(self, update: Json) -> OfAgents | None:
        """Parse an update of the group; None for a customer's or nobody's. Raises TypeError for nonsense."""
        ours = group_updates.group_update(update, self.group.chat_id)
        return None if ours is None else OfAgents(ours.update_id, ours.door, partial(self.take, ours))

    async def take(self, update: group_updates.GroupUpdate) -> None:
        """Do what a member wants; return after the commit. Raises StoreUnavailable."""
        match update.what:
            case group_updates.Joins(code):
                await self._join(update, code)
            case group_updates.CardPressed():
                await self._press(update, update.what)
            case group_updates.Wrote():
                await self._write(update, update.what)
            case group_updates.Other(rights):
                if rights:
                    self.mirror.mended()

    async def close(self) -> None:
        """Wait for background tasks."""
        await self.group.settle()

    # --- who it is ---

    async def _join(self, update: group_updates.GroupUpdate, code: str) -> None:
        def work(connection: sa.Connection) -> agent_accounts.Agent | None:
            now = self.clock.now()
            agent = telegram.join(connection, code=code, telegram_id=update.by, now=now)
            # Brought again, the code is used up: whoever used it is told the same.
            agent = agent or telegram.agent_of(connection, update.by)
            if agent is not None:
                audit.note(connection, agent_id=agent.id, what="telegram_joined", at=now)
            return agent

        agent = await self.store.write(work)
        t = self.t if agent is None else self._words(agent)
        said = t("said.code_wrong") if agent is None else t("said.joined", name=card.flatten_text(agent.name))
        self.group.reply(update.chat_id, update.message_id, said)

    def _words(self, agent: agent_accounts.Agent) -> PageWords:
        return words(agent.locale) if agent.locale else self.t

    async def _here(self, update: group_updates.GroupUpdate) -> tuple[_Here | None, bool]:
        """Return the conversation, the agent, and whether the topic is one of ours."""

        def look(connection: sa.Connection) -> tuple[Topic | None, agent_accounts.Agent | None]:
            if update.thread_id is not None:
                topic = TOPICS.by_thread(connection, update.chat_id, update.thread_id)
            else:
                topic = TOPICS.by_card(connection, update.chat_id, update.message_id)
            return topic, telegram.agent_of(connection, update.by)

        topic, agent = await self.store.read(look)
        if topic is None or agent is None:
            return None, topic is not None
        t = self._words(agent)
        return _Here(topic.conversation_id, By(agent.id, agent.name, t.locale), t), True

    # --- what is written ---

    async def _write(self, update: group_updates.GroupUpdate, what: group_updates.Wrote) -> None:
        here, ours = await self._here(update)
        if not ours:
            return  # a topic of the members' own
        if here is None or what.anonymous:
            if not self._told.get((update.by, update.thread_id)):
                self._told.set((update.by, update.thread_id), True)
                self.group.reply(update.chat_id, update.message_id, self.t("said.not_joined"))
            return
        try:
            sign = await self._said(here, update, what)
        except ActRefused as refused:
            self.group.reply(update.chat_id, update.message_id, here.t("said." + refused.key, **refused.values))
        else:
            if sign:
                self.group.mark(update.message_id, sign)

    async def _said(self, here: _Here, update: group_updates.GroupUpdate, what: group_updates.Wrote) -> str:
        """Do what the words want and return the sign that says so. Raises ActRefused."""
        ordered = group_updates.command(what.text) if what.text is not None else None
        if what.edited:
            if ordered is None and what.text is not None:
                raise ActRefused("edited")
            return ""
        if what.text is None:
            raise ActRefused("only_text")
        if ordered is None:
            await self._say(here, what.text, update.key)
            return SENT
        name, rest = ordered
        if name == "note":
            await self._note(here, rest, update.key)
            return NOTED
        if (act := COMMANDS.get(name)) is None:
            raise ActRefused("unknown")
        if act == card.BLOCK:
            await self._block(here, update.key, forever=False)
        else:
            await self._run(here, act, update.key)
        return SENT

    async def _say(self, here: _Here, text: str, key: str) -> None:
        """Say the words to the customer, taking the conversation first if no agent holds it."""
        try:
            await self._refusing(self.acts.take(here.conversation_id, here.by, f"{key}:take"), "others")
            await self._refusing(self.acts.say(here.conversation_id, here.by, text, f"{key}:say", via=VIA), "others")
        except NotSaid:
            raise ActRefused("too_long" if text.strip() else "nothing") from None
        except NotFilled as unfilled:
            raise ActRefused("unfilled", places=" ".join(unfilled.places)) from None

    async def _note(self, here: _Here, text: str, key: str) -> None:
        kept = notes.Note(f"{here.conversation_id}:{key}", here.conversation_id, here.by.id, text, self.clock.now())

        def work(connection: sa.Connection) -> None:
            if notes.add(connection, kept):
                who, where = kept.agent_id, kept.conversation_id
                audit.note(connection, agent_id=who, what="noted", at=kept.at, conversation_id=where)

        try:
            await self.store.write(work)
        except notes.NoteRefused as refused:
            raise ActRefused("note_empty" if str(refused) == "empty" else "note_long") from None

    # --- what is pressed ---

    async def _press(self, update: group_updates.GroupUpdate, what: group_updates.CardPressed) -> None:
        here, ours = await self._here(update)
        if here is None:
            self.group.answer(what.query_id, self.t("said.not_joined" if ours else "said.gone"), alert=True)
            return
        try:
            said = await self._pressed(here, update, what.data)
        except ActRefused as refused:
            self.group.answer(what.query_id, here.t("said." + refused.key, **refused.values), alert=True)
        except BaseException:
            self.group.answer(what.query_id, here.t("said.not_now"))  # Telegram brings it again
            raise
        else:
            self.group.answer(what.query_id, here.t("said." + said) if said else "")

    async def _pressed(self, here: _Here, update: group_updates.GroupUpdate, data: str) -> str:
        """Do it and return the key of the words that say so. Raises ActRefused."""
        if data == card.BLOCK:
            self.group.offer(update.message_id, card.sure_buttons(self.t))
            return "block_sure"
        if data not in (card.CANCEL, card.BLOCK_DAY, card.BLOCK_EVER):
            return await self._run(here, data, update.key)
        if data != card.CANCEL:
            await self._block(here, update.key, forever=data == card.BLOCK_EVER)
        request = await self.store.read(lambda c: handoffs.find_open_request(c, here.conversation_id))
        self.group.offer(update.message_id, card.buttons_of(self.t, request))
        return "" if data == card.CANCEL else "blocked"

    async def _run(self, here: _Here, data: str, key: str) -> str:
        """Run a button's command and return the key of the words that say so. Raises ActRefused."""
        commands = {
            card.TAKE: (self.acts.take, "took"),
            card.TAKE_OVER: (self.acts.take_over, "took"),
            card.GIVE_BACK: (self.acts.give_back, "gave_back"),
            card.DONE: (partial(self.acts.give_back, done=True), "done"),
            card.PUT_BACK: (self.acts.put_back, "put_back"),
        }
        if data not in commands:
            raise ActRefused("gone")
        command, done = commands[data]
        await self._refusing(command(here.conversation_id, here.by, key), "others_press")
        return done

    async def _block(self, here: _Here, key: str, *, forever: bool) -> None:
        reason = self.t("said.block_reason")
        await self._refusing(
            self.acts.block(here.conversation_id, here.by, key, reason, None if forever else BLOCKED_FOR), "gone"
        )

    async def _refusing(self, act: Awaitable[T], key: str) -> T:
        """Run the command; if another agent holds the conversation, answer with the words of `key`."""
        try:
            return await act
        except (HandoffNotTaken, NotYours) as refused:
            holder = refused.agent_id
        except LookupError:
            raise ActRefused("gone") from None
        if holder is None:
            raise ActRefused("nobodys")
        agent = await self.store.read(lambda c: agent_accounts.get(c, holder))
        raise ActRefused(key, name=card.flatten_text(agent.name) if agent is not None else "?")
