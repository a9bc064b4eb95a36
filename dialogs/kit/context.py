"""The context of a decision, besides the slots of its own dialog."""

from datetime import datetime
from typing import Generic, TypeVar

from msgspec import Struct

from dialogs.kit.messages import Said
from dialogs.kit.talk import StateBase
from values.seller import Seller

C = TypeVar("C", bound=StateBase, covariant=True)


class Context(Struct, Generic[C], frozen=True):
    """Frozen per decision: the case (all dialogs' slots), the moment, the channel and the seller's offer."""

    case: C
    now: datetime
    channel: str
    seller: Seller
    reach: tuple[str, ...] = ()  # other channels on which the customer could go on
    typed: bool = False  # what is decided on was typed, not pressed
    about: tuple[str, ...] = ()  # plans and add-ons that were named
    said: Said | None = None  # the message that is decided on, where it is one
    asked: str | None = None  # the step that was open when it came, "dialog.step"
    began: datetime | None = None  # when the conversation began
    came_at: datetime | None = None  # when the customer's message before this one came
