"""The stance of a clause: asserted by the customer, of themselves, now; or denied, past, asked, somebody else's.

The one judgement for whatever acts outward, wipes or binds: an SMS, a letter, an order's card, a consent, a hand-over.
Belongs here: how a clause, or a value in it, is meant. Must not know: what is done with it, steps, intents.
"""

from nlu.stance.clauses import clauses
from nlu.stance.cues import doubts
from nlu.stance.judged import asserted, stance, stances
from nlu.stance.polarity import HARMLESS, ONLY, Polarity, between_denials, denies, polarity, spared
from nlu.stance.stances import POLITE, TOLD_OF, Stance
from nlu.stance.unknowing import names_what_is_unknown, surely_told
from nlu.stance.values import is_given, is_told_of, not_given, stance_at, withheld

__all__ = [
    "HARMLESS",
    "ONLY",
    "POLITE",
    "TOLD_OF",
    "Polarity",
    "Stance",
    "asserted",
    "between_denials",
    "clauses",
    "denies",
    "doubts",
    "is_given",
    "is_told_of",
    "names_what_is_unknown",
    "not_given",
    "polarity",
    "spared",
    "stance",
    "stance_at",
    "stances",
    "surely_told",
    "withheld",
]
