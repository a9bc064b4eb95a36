"""Access of agents' views to conversations: the dialogs as they are, and words in the agent's language."""

from contextlib import AbstractContextManager
from datetime import datetime

import sqlalchemy as sa
from msgspec import Struct

from bot.conversation.turn import Turn
from bot.texts.catalogue import MissingText
from bot.usecases.agents.masking import ContactMasks, masks_of
from dialogs.kit import Params
from dialogs.kit.journey import AnyStep, Journey
from dialogs.state import ConversationState, Ctx
from services.store.conversations import StoredConversation
from values.seller import Seller


class Sight(Struct, frozen=True):
    """For one installation; holds nothing of any one conversation."""

    turn: Turn

    @property
    def journey(self) -> Journey:
        """The profile's dialogs."""
        return self.turn.states.journey

    @property
    def seller(self) -> Seller:
        return self.turn.states.seller

    def case(self, connection: sa.Connection, conversation: StoredConversation) -> ConversationState:
        """Return the conversation's state as it stands. Raises StoreUnavailable where a later release was at work."""
        return self.turn.states.current(connection, conversation)

    def context(
        self, connection: sa.Connection, conversation: StoredConversation, case: ConversationState, now: datetime
    ) -> AbstractContextManager[Ctx]:
        """Return the context in which its dialogs would decide now, as long as the books can be read."""
        return self.turn.states.reading(connection, conversation, case, now)

    def masks(self, connection: sa.Connection, here: StoredConversation, case: ConversationState) -> ContactMasks:
        """Return what hides this customer's contact data."""
        return masks_of(self.turn.states, connection, here.account_id, case)

    def tongue(self, wanted: str) -> str:
        """Return the agent's language if the profile speaks it, else the profile's first."""
        locales = self.seller.locales
        return wanted if wanted in locales else locales[0]

    def step(self, step: AnyStep, locale: str) -> str:
        """Return the step's name."""
        part = f"part.{self.journey.shown_dialog(step)}"
        return self._first((f"label.{step.name}", part), locale) or step.name

    def part(self, step: AnyStep, locale: str) -> str:
        """Return the name of the step's dialog; empty where it has none."""
        return self._first((f"part.{self.journey.shown_dialog(step)}",), locale)

    def thing(self, id: str, locale: str) -> str:
        """Return the profile's name of a plan, add-on, program or consent; its id where there is none."""
        return self._first((f"plan.{id}", f"addon.{id}.title", f"program.{id}", f"consent.{id}.title"), locale) or id

    def words(self, key: str, locale: str) -> str:
        """Return a quick reply's words; empty where there are none."""
        return self._first((key,), locale)

    def _first(self, keys: tuple[str, ...], locale: str) -> str:
        """Return the words of the first key that there is, without an alarm for those that there aren't."""
        renderer = self.turn.states.renderer
        params: Params = {"seller": self.seller.name, **renderer.facts}
        for key in keys:
            try:
                return renderer.catalogue.fill(key, params, self.tongue(locale))
            except MissingText:
                continue
        return ""
