"""The ways in which a clause may be meant: asserted, or by which it isn't."""

from enum import StrEnum


class Stance(StrEnum):
    """A clause is asserted by the customer, of themselves, now, or is one of these."""

    asserted = "asserted"
    requested = "requested"
    """Asked for politely: "can I …?", "mogę prosić o …?"; as good as asserted for what neither binds nor wipes."""
    complained = "complained"
    """A complaint that something doesn't work: as good as asserted for what mends it."""
    negated = "negated"
    past = "past"
    asked = "asked"
    conditional = "conditional"
    doubted = "doubted"
    later = "later"
    others = "others"
    """Another person's act or value."""
    besides = "besides"
    """Of a value: one more of the customer's, in nothing's place ("we have another company, too")."""
    quoted = "quoted"
    reserved = "reserved"
    """All but something: "the rest is fine"."""
    filler = "filler"
    """A grunt, or words beside a yes by which it is none: "tak sobie", "sì insomma", "ok, I see"."""


POLITE = frozenset({Stance.asserted, Stance.requested, Stance.complained})
"""As good as asserted for a hand-over, a log-in, the language and a new code."""
TOLD_OF = frozenset({Stance.past, Stance.others, Stance.conditional, Stance.quoted})
"""Stances of what is told of, whether denied or not, and not wished for."""
UNTOLD = TOLD_OF | {Stance.besides, Stance.later, Stance.doubted, Stance.asked}
"""Stances of a value that is named and not given; what is denied is judged by what is put in its place."""
BY_WEIGHT = ("quoted", "conditional", "others", "negated", "reserved", "past", "later", "doubted")
