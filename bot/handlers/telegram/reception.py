"""An update, however it came, to the desk: parsed, its button looked up, handed over in the order of the chat."""

import asyncio
import traceback
from collections.abc import Coroutine, Sequence
from functools import partial
from typing import Any
from weakref import WeakValueDictionary

import structlog
from msgspec.structs import replace

from bot.conversation.inbound import ButtonPressed, Channel, Inbound, UnsupportedMedia
from bot.conversation.outbound import TICKED, UNTICKED, Reply
from bot.conversation.port import Desk, TurnReceipt
from bot.conversation.recent import Recent
from bot.handlers.telegram import incoming
from bot.handlers.telegram.buttons import CHANGE, CHOSEN, FOR_SEVERAL, WENT, ShortKey
from bot.handlers.telegram.client import BotClient
from bot.handlers.telegram.send import TelegramSender
from services import tasks
from services.store.errors import ConversationGone, StoreUnavailable
from values.meaning import Expects

log = structlog.get_logger(__name__)

#: An update that fails so often is given up, or it would hold up its chat for a day.
TRIES = 3

#: So long a picture waits for the words that came with its album, which Telegram brings apart.
ALBUM_S = 0.5


class Reception:
    """Takes updates in the Bot API's JSON. Those of the agents' group, if there is one, are told apart first."""

    def __init__(
        self, bot: BotClient, desk: Desk, sender: TelegramSender, agents: incoming.AgentsGroup | None = None
    ) -> None:
        self._bot = bot
        self._desk = desk
        self._sender = sender
        self._agents = agents
        self._failures: Recent[int, int] = Recent()
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._aside: set[asyncio.Task[None]] = set()

    async def take(self, raw: object) -> bool:
        """Return True when this update is done with (its turn is committed); False: nothing is done, give it again."""
        parsed = self._parse(raw)
        if isinstance(parsed, incoming.Stray | incoming.Membership | incoming.Leaf):
            self._set_aside(parsed)
            return True
        try:
            await (self._in_order(parsed) if isinstance(parsed, incoming.OfAgents) else self._hand_over(parsed))
        except StoreUnavailable:
            log.warning("telegram.store_unavailable")
            return False
        except Exception as error:  # whatever it is, it must neither end the loop nor hold up the chat for ever
            update_id = parsed.update_id if isinstance(parsed, incoming.OfAgents) else int(parsed.inbound.key)
            return self._failed(update_id, error)
        return True

    async def close(self) -> None:
        """Wait for what was begun on the side (answers to presses, keyboards taken away)."""
        self._sender.typing.close()
        if self._aside:
            await asyncio.wait(self._aside, timeout=5)
        if self._agents is not None:
            await self._agents.close()

    def _parse(self, raw: object) -> incoming.Parsed | incoming.OfAgents:
        try:
            if not isinstance(raw, dict):
                raise TypeError("not an object")
            of_agents = self._agents.parse(raw) if self._agents is not None else None
            return incoming.parse(raw) if of_agents is None else of_agents
        except Exception as error:  # whatever nonsense raises: KeyError, TypeError, AttributeError …
            log.error("telegram.unreadable_update", alarm=True, update_id=_update_id(raw), error=type(error).__name__)
            return incoming.Stray()

    def _set_aside(self, parsed: incoming.Stray | incoming.Membership | incoming.Leaf) -> None:
        if isinstance(parsed, incoming.Leaf):
            self._start(self._answer(parsed.query_id))
            self._start(self._show_screen(parsed))
        elif isinstance(parsed, incoming.Membership):
            # Nothing to do: the next message that is to go there finds the chat closed.
            log.info("telegram.blocked" if parsed.blocked else "telegram.unblocked")
        elif parsed.query_id:
            self._start(self._answer(parsed.query_id))

    async def _in_order(self, update: incoming.OfAgents) -> None:
        async with self._locks.setdefault(update.door, asyncio.Lock()):
            await update.take()

    async def _hand_over(self, parsed: incoming.TelegramText | incoming.TelegramPress) -> TurnReceipt:
        if isinstance(parsed, incoming.TelegramPress):
            self._start(self._answer(parsed.query_id))
        address, around = parsed.inbound.address, parsed.inbound.provenance
        if around.album is not None and isinstance(parsed.inbound.body, UnsupportedMedia):
            await asyncio.sleep(ALBUM_S)
        async with self._locks.setdefault(address, asyncio.Lock()):
            # Looking a button up takes time; what came after it must not overtake.
            inbound = await self._whole(parsed)
            if isinstance(parsed, incoming.TelegramPress):
                self._sender.pressed(address, str(parsed.message.id))
        # The turns themselves wait for each other in the desk, which sees by its queue that there are several. Nothing
        # comes between the lock and the place in that queue: both are left and taken without a pause.
        receipt = await self._sender.typing.during(address, self._desk.receive(inbound), around.topic)
        if isinstance(parsed, incoming.TelegramPress) and not _spends(parsed, receipt):
            self._sender.pressed(address, None)
        elif isinstance(parsed, incoming.TelegramPress):
            self._start(self._spend(parsed, inbound, receipt))
        if receipt.turned is not None and receipt.turned.issued_any_job:
            due = partial(self._is_due, receipt.conversation_id)
            self._sender.typing.until_answered(address, receipt.turned.conversation.seq, due, around.topic)
        return receipt

    async def _spend(self, press: incoming.TelegramPress, inbound: Inbound, receipt: TurnReceipt) -> None:
        """Take the answers off the pressed message; boxes that the answer ticked show that by themselves."""
        body, case = inbound.body, receipt.turned.case if receipt.turned is not None else None
        if case is not None and isinstance(body, ButtonPressed) and body.payload in FOR_SEVERAL and body.asked_at:
            for asked in (await self._since(inbound.address, body.asked_at))[:1]:
                await self._sender.redraw(inbound.address, str(press.message.id), asked, case.account.ticked)
        else:
            await self._sender.spend(inbound.address, press.message, _trace(press, inbound, receipt))

    async def _is_due(self, conversation_id: str) -> bool:
        """Tell whether a machine's result is still awaited."""
        try:
            return (await self._desk.standing(conversation_id, at_most_wait=True)).expects == Expects.wait
        except (StoreUnavailable, ConversationGone):
            return False

    async def _whole(self, parsed: incoming.TelegramText | incoming.TelegramPress) -> Inbound:
        if isinstance(parsed, incoming.TelegramText) or parsed.key is None:
            return parsed.inbound
        payload = await self._payload(parsed.inbound, parsed.key)
        body = ButtonPressed(payload, parsed.key.seq, str(parsed.message.id)) if payload else parsed.inbound.body
        return replace(parsed.inbound, body=body)

    async def _payload(self, inbound: Inbound, key: ShortKey) -> str | None:
        """Return what the button sends.

        None if the journal has it no more (then its data stands for an old button's).
        """
        message = next(iter(await self._since(inbound.address, key.seq)), None)
        known = message is not None and message.seq == key.seq and key.index < len(message.buttons)
        return message.buttons[key.index].payload if message is not None and known else None

    async def _since(self, address: str, seq: int) -> Sequence[Reply]:
        """Return the messages of the chat from this one on."""
        conversation = await self._desk.conversation(Channel.TELEGRAM, address)
        return await self._desk.messages(conversation, after=seq - 1) if conversation is not None else ()

    async def _show_screen(self, leaf: incoming.Leaf) -> None:
        """Turn the keyboard of the message that is open; any later one with answers has closed it.

        A reply that may take its place is either known by then, or is sent afterwards.
        """
        async with self._sender.hold_replies(leaf.address):
            message, *later = await self._since(leaf.address, leaf.screen.seq) or (None,)
            if message is not None and not any(one.buttons for one in later):
                await self._sender.show_screen(leaf.address, leaf.reference, message, leaf.screen.index)

    async def _answer(self, query_id: str) -> None:
        try:
            await self._bot.call("answerCallbackQuery", callback_query_id=query_id)
        except Exception as error:  # a courtesy, whatever the Bot API answers
            # "Query is too old": the press counts all the same.
            log.debug("telegram.press_unanswered", error=type(error).__name__)

    def _failed(self, update_id: int, error: Exception) -> bool:
        failures = (self._failures.get(update_id) or 0) + 1
        self._failures.set(update_id, failures)
        given_up = failures >= TRIES
        where = traceback.extract_tb(error.__traceback__)[-1]
        log.error(
            "telegram.update_given_up" if given_up else "telegram.update_failed",
            **({"alarm": True} if given_up else {}),
            update_id=update_id,
            error=type(error).__name__,
            where=f"{where.filename}:{where.lineno}",
        )
        return given_up

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = tasks.spawn("telegram-aside", work)
        self._aside.add(task)
        task.add_done_callback(self._aside.discard)


def _spends(press: incoming.TelegramPress, receipt: TurnReceipt) -> bool:
    """Tell whether the pressed message loses its answers: a reply was said, and not in its place.

    A press without a reply of its own has another right behind it, whose reply may stand in that place.
    """
    lines = receipt.turned.lines if receipt.turned is not None else ()
    replies = [line.data for line in lines if line.seq is not None]
    return bool(replies) and all(reply.get("place") != str(press.message.id) for reply in replies)


def _trace(press: incoming.TelegramPress, inbound: Inbound, receipt: TurnReceipt) -> str | None:
    """Return what stays below the question: the answer that was given, or what was done instead; None if it wasn't."""
    title = press.title
    if title is None or receipt.turned is None or receipt.turned.passed_over:
        return None
    for before, after in ((TICKED, UNTICKED), (UNTICKED, TICKED)):
        if title.startswith(before):  # a box shows its new tick
            return after + title.removeprefix(before)
    if title.startswith((CHOSEN, CHANGE)):
        return title
    is_way = isinstance(inbound.body, ButtonPressed) and inbound.body.payload.startswith("/")
    return f"{WENT if is_way else CHOSEN} {title}"


def _update_id(raw: object) -> int | None:
    found = raw.get("update_id") if isinstance(raw, dict) else None
    return found if isinstance(found, int) else None
