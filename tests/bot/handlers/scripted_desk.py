"""A desk in memory that fulfils `bot/conversation/port.py`: it remembers what came in and says what it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

from msgspec.structs import replace

from bot.conversation.inbound import Inbound, Text
from bot.conversation.outbound import Reply, ReplyLink, StatusSnapshot
from bot.conversation.port import Given, TurnReceipt
from bot.conversation.turn import TurnResult, Written
from dialogs.kit import Say
from services.store.conversations import StoredConversation
from services.store.errors import ConversationGone
from services.store.journal import BOT, JournalEntry
from tests.web.recorder import START, Conversation, Place, RecorderDesk, Said
from values.channel import Channel

AT = START
Draft = Said


def parrot(inbound: Inbound) -> list[Draft]:
    """Says what it heard."""
    heard = inbound.body.body[:40] if isinstance(inbound.body, Text) else str(inbound.body)
    return [Draft(f"heard: {heard.encode(errors='replace').decode()}")]


@dataclass
class Standing:
    """Where a conversation of a scripted desk stands, and which of its messages were handed over."""

    locale: str
    place: Place = field(default_factory=lambda: Place(step="start", done=1))
    given: set[int] = field(default_factory=set[int])

    def answer(self, words: str) -> list[Said]:
        """Never asked: the desk's `answers` make the replies."""
        raise NotImplementedError


class ScriptedDesk(RecorderDesk):
    """`answers` makes the replies of a turn. Turns of one conversation run one after the other."""

    def __init__(self, answers: Callable[[Inbound], list[Draft]] = parrot) -> None:
        super().__init__(lambda inbound: Standing(inbound.locale_hint or "pl"))
        self.answers = answers
        self.calls = 0
        self.erasing = False  # while anybody is answered, all of the conversation is erased
        self.unsettled: set[str] = set()  # roots whose results never come
        self.machine = False
        self.says: tuple[str, ...] = ()  # the keys of what the dialogs said
        self.expects = "choice"
        self.mode = "bot"
        self.links: tuple[ReplyLink, ...] = ()

    @property
    def received(self) -> list[Inbound]:
        """Messages that had a turn."""
        return self.turns

    @property
    def talks(self) -> dict[str, Conversation]:
        """All conversations."""
        return self.by_address

    def talk(self, channel: str, address: str) -> Conversation:
        """The one at this address, begun where there is none."""
        return self._open(Inbound(Channel(channel), address, "", Text("")))

    def opening(self, channel: str, locale: str) -> None:
        """Return None: a scripted desk greets nobody beforehand."""

    def _check(self) -> None:
        self.calls += 1
        super()._check()

    def _answers(self, conversation: Conversation, inbound: Inbound, words: str) -> list[Said]:
        return self.answers(inbound)

    def _receipt(self, conversation: Conversation, root: str, answers: list[Said]) -> TurnReceipt:
        """What the turn wrote into the journal; `machine` says whether it asked a machine something."""
        seq, locale = conversation.seq, conversation.script.locale
        kept = StoredConversation(
            conversation.id, "telegram", "", None, locale, self.mode, 1, {}, seq, AT, AT, AT, None
        )
        lines = tuple(
            JournalEntry(number, conversation.id, 1, BOT, root, number, {"place": said.place}, AT, "open", None)
            for number, said in enumerate(answers, seq + 1)
        )
        written = Written(lambda: lines, lambda: False)
        told = tuple(Say(key) for key in self.says)
        turned = TurnResult(kept, (), None, root, "customer", written, issued_any_job=self.machine, says=told)
        return TurnReceipt(conversation.id, root, turned=turned)

    async def holder(self, channel: str, address: str) -> str | None:
        """None: nobody's."""
        self._check()

    async def seen(self, conversation_id: str, seq: int) -> None:
        """Nothing is kept of it."""
        self._there(conversation_id)

    async def answer(self, receipt: TurnReceipt, patience: timedelta) -> Given:
        """What the receipt's root caused."""
        found = [line for root, line in self._there(receipt.conversation_id).lines if root == receipt.root and line.seq]
        return await self._hand(receipt.conversation_id, found, at_most_wait=receipt.root in self.unsettled)

    async def give(self, conversation_id: str, *, after: int | None = None) -> Given:
        """Those above `after`, or those that weren't handed over."""
        given = self._given(self._there(conversation_id))
        found = await self.messages(conversation_id, after=after)
        found = [line for line in found if after is not None or line.id not in given]
        return await self._hand(conversation_id, found, at_most_wait=True)

    def _there(self, conversation_id: str) -> Conversation:
        found = self.by_id[conversation_id]
        if self.erasing:
            self.by_address = {address: one for address, one in self.by_address.items() if one is not found}
            raise ConversationGone(conversation_id)
        return found

    def _given(self, conversation: Conversation) -> set[int]:
        assert isinstance(conversation.script, Standing)
        return conversation.script.given

    async def _hand(self, conversation_id: str, found: list[Reply], *, at_most_wait: bool) -> Given:
        conversation = self.by_id[conversation_id]
        self._given(conversation).update(line.id for line in found)
        return Given(found, conversation.seq, await self.standing(conversation_id, at_most_wait=at_most_wait))

    async def standing(self, conversation_id: str, *, at_most_wait: bool = False) -> StatusSnapshot:
        """As the test says; "wait" while a root's results are due."""
        conversation = self.by_id[conversation_id]
        due = at_most_wait and any(root in self.unsettled for root, _ in conversation.lines)
        standing = self._standing(conversation)
        return replace(standing, expects="wait" if due else self.expects, mode=self.mode, links=self.links)
