"""Masks of conversations without a desk: of a seller who asks a question of each kind that has a mask."""

from typing import get_args

from msgspec.structs import replace

from bot.usecases.agents.masking import ContactMasks
from dialogs.journey import journey_of
from tests.dialogs.driver import SELLER
from values.kinds import MASKS
from values.question import OwnQuestion, QuestionKind


def own_question(kind: QuestionKind) -> OwnQuestion:
    return OwnQuestion(f"own_{kind}", kind, "company", "company")


MASKED: tuple[QuestionKind, ...] = tuple(kind for kind in get_args(QuestionKind) if own_question(kind).expects in MASKS)
"""Kinds of own questions whose answers are masked."""
_JOURNEY = journey_of(replace(SELLER, own_questions=tuple(map(own_question, MASKED))))


def masks_of_contacts(*known: str, own: tuple[str, ...] = (), locale: str = "pl") -> ContactMasks:
    """Masks of a conversation that has these contacts."""
    return ContactMasks(_JOURNEY, known, frozenset(own), locale)
