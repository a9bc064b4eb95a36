"""Values that aren't taken yet: named as somebody else's, old or denied, or told among words that may say otherwise.

One may be put in by its button; one that was only doubted also by a yes, or by saying it again.
"""

from msgspec.structs import replace

from dialogs.kit import AsidePressed, Came, Decision, Dialog, Option, OtherNamed, Say, TakeFacts, Unheard, then
from dialogs.kit.harvest import word_value
from dialogs.state import Ctx, Offered
from values.address import is_bare_yes
from values.meaning import Answer, Fact, Intent, Meaning, Press

TAKE = "offered:take"


def _open(s: Offered, _ctx: Ctx) -> tuple[Option, ...]:
    return () if s.value is None else (Option(TAKE, "option.offered.take", {"what": word_value(s.value)}, aside=True),)


dialog = Dialog("offered", Offered, shown_as="handoff", asides=_open)


@dialog.always(OtherNamed)
def offer_named_value(_s: Offered, e: OtherNamed, ctx: Ctx) -> Decision[Offered]:
    """Say that the value isn't taken, and offer to take it."""
    offered = Offered(e.value, e.said)
    key = "offered.doubted" if e.said else "offered.not_taken"
    return then(offered, Say(key, {"what": word_value(e.value), "instead": e.instead}, _open(offered, ctx)))


@dialog.always(AsidePressed)
def take_offered_value(s: Offered, e: AsidePressed, _ctx: Ctx) -> Decision[Offered]:
    """Take the value where it belongs."""
    if e.payload != TAKE or s.value is None:
        return then(s)
    return then(Offered(), TakeFacts((s.value.fact,)))


@dialog.always(Came)
def settle_offered_value(s: Offered, _e: Came, ctx: Ctx) -> Decision[Offered]:
    """Take the value that the customer says again or says yes to; forget it once something else is said."""
    meaning = ctx.said.meaning if ctx.said is not None else None
    if s.value is None or meaning == Press(TAKE):
        return then(s)
    meant = _meant(s, s.value.fact, meaning) if meaning is not None else None
    return then(Offered()) if meant is None else then(Offered(), TakeFacts((meant,)), Unheard())


def _meant(s: Offered, doubted: Fact, said: Meaning) -> Fact | None:
    """Return the value that an answer to the doubt gives: the one offered, or all the words once more."""
    match said:
        case Answer():
            words = said.words
        case Intent(text=text) | Press(words=text):
            words = text
        case _:
            return None
    if s.said and words.strip() == s.said.strip():
        return replace(doubted, text=words.strip())
    return doubted if s.said and is_bare_yes(words) else None
