"""A conversation that goes on in another one of its account, with the person who has it and what they said unread.

Where it was and where it goes on are two turns, the second told by the first: no turn holds two conversations.
"""

from msgspec.structs import replace

from dialogs.kit import Decision, Dialog, DropTimer, Say, SetTimer, then
from dialogs.messages.elsewhere import OpenedElsewhere
from dialogs.messages.handoff import MoveTalk, TakeMoved, TalkCame, TalkMoved
from dialogs.state import Ctx, Handoff
from values.rules import GIVE_UP


def add_moving(dialog: Dialog[Handoff], *timers: str) -> None:
    """Declare both sides; `timers` are those of an open request."""

    @dialog.always(OpenedElsewhere)
    def move_talk(s: Handoff, e: OpenedElsewhere, _ctx: Ctx) -> Decision[Handoff]:
        """Send on who has the conversation, and what wasn't read in it."""
        return then(s) if e.to is None else then(s, MoveTalk(e.to))

    @dialog.always(TalkMoved)
    def leave_to_bot(s: Handoff, e: TalkMoved, _ctx: Ctx) -> Decision[Handoff]:
        """Leave the customer to the bot here: the person is where they went."""
        if not e.held:
            return then(s)
        return then(Handoff(email=s.email, invited=s.invited, proposals=s.proposals), *map(DropTimer, timers))

    @dialog.always(TalkCame)
    def show_unread_lines(s: Handoff, e: TalkCame, ctx: Ctx) -> Decision[Handoff]:
        """Show what the customer hasn't read, if it is still they who are logged in; then the person is here.

        A person who has this conversation already stays.
        """
        theirs = e.lines if ctx.case.account.id == e.account_id else ()
        said = tuple(Say("elsewhere.unread", {"name": name, "words": words}) for name, words in theirs)
        if e.request is None or s.mode == "agent":
            return then(s, *said)
        waits = e.request.agent is None
        moved = replace(
            s,
            mode="waiting" if waits else "bot",
            wished=waits,
            told=True,
            asked_at=e.request.asked_at,
            email=s.email or e.request.email,
            unanswered=e.request.unanswered,
        )
        return then(moved, *said, SetTimer(GIVE_UP, ctx.now + ctx.seller.desk.give_up), TakeMoved(e.request))
