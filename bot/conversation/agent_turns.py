"""An agent's act inside its transaction: the conversation, locked, and the one turn that may come of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from bot.conversation.turn import Cause, ReplyWords, Turn, TurnResult
from dialogs.kit import Event
from dialogs.state import ConversationState
from services.store.conversations import StoredConversation

BY_AGENT = "desk"
"""The channel under which acts are noted as taken, and the kind of their line in the journal."""


@dataclass
class AgentTurn:
    """What an act may use."""

    connection: sa.Connection
    conversation: StoredConversation
    turn: Turn = field(repr=False)
    now: datetime
    turned: TurnResult | None = None

    @property
    def case(self) -> ConversationState:
        """What the conversation knows."""
        return self.turn.case(self.conversation)

    def play(
        self, event: Event, about: dict[str, Any], words: ReplyWords | None = None, *, ask: bool = True
    ) -> TurnResult:
        """Plays the event as the conversation's next turn. `about` is what the journal keeps of it: who did what;
        `ask=False`: the open step stays unasked.

        Errors: RuntimeError for a second one in the same act.
        """
        if self.turned is not None:
            raise RuntimeError("an act is one turn")
        cause = Cause(BY_AGENT, about, None)
        self.turned = self.turn.play(self.connection, self.conversation, event, cause, self.now, words=words, ask=ask)
        return self.turned
