"""The stance of a clause: asserted by the customer, of themselves, now; or denied, past, asked, somebody else's.

The one judgement for whatever acts outward, wipes or binds: an SMS, a letter, an order's card, a consent, a hand-over.
Belongs here: how a clause, or a value in it, is meant. Must not know: what is done with it, steps, intents.
"""

from nlu.stance.clauses import TOLD_OF as TOLD_OF
from nlu.stance.clauses import Stance as Stance
from nlu.stance.clauses import clauses as clauses
from nlu.stance.cues import doubts as doubts
from nlu.stance.judged import is_asserted as is_asserted
from nlu.stance.judged import stance as stance
from nlu.stance.judged import stances as stances
from nlu.stance.polarity import HARMLESS as HARMLESS
from nlu.stance.polarity import ONLY as ONLY
from nlu.stance.polarity import Polarity as Polarity
from nlu.stance.polarity import between_denials as between_denials
from nlu.stance.polarity import denies as denies
from nlu.stance.polarity import find_spared as find_spared
from nlu.stance.polarity import polarity as polarity
from nlu.stance.polarity import without_denied_acts as without_denied_acts
from nlu.stance.unknowing import names_what_is_unknown as names_what_is_unknown
from nlu.stance.unknowing import surely_told as surely_told
from nlu.stance.values import hide_withheld as hide_withheld
from nlu.stance.values import is_told_of as is_told_of
from nlu.stance.values import not_given as not_given
from nlu.stance.values import stance_at as stance_at
