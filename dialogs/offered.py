"""Values that are named as somebody else's, old or denied: none is taken, and one may be put in by its button."""

from dialogs.kit import AsidePressed, Came, Decision, Dialog, Option, OtherNamed, Say, TakeFacts, then
from dialogs.kit.harvest import worded
from dialogs.state import Ctx, Offered
from values.meaning import Press

TAKE = "offered:take"


def _open(s: Offered, _ctx: Ctx) -> tuple[Option, ...]:
    return () if s.value is None else (Option(TAKE, "option.offered.take", {"what": worded(s.value)}, aside=True),)


dialog = Dialog("offered", Offered, shown_as="handoff", asides=_open)


@dialog.always(OtherNamed)
def named(_s: Offered, e: OtherNamed, ctx: Ctx) -> Decision[Offered]:
    """Say that the value isn't taken, and offer to take it."""
    offered = Offered(e.value)
    return then(offered, Say("offered.not_taken", {"what": worded(e.value)}, _open(offered, ctx)))


@dialog.always(AsidePressed)
def pressed(s: Offered, e: AsidePressed, _ctx: Ctx) -> Decision[Offered]:
    """Take the value where it belongs."""
    if e.payload != TAKE or s.value is None:
        return then(s)
    return then(Offered(), TakeFacts((s.value.fact,)))


@dialog.always(Came)
def said_else(s: Offered, _e: Came, ctx: Ctx) -> Decision[Offered]:
    """Forget the value once something else is said."""
    presses = ctx.said is not None and ctx.said.meaning == Press(TAKE)
    return then(s if presses or s.value is None else Offered())
