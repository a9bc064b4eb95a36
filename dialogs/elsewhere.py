"""Elsewhere: the conversation goes on on another channel, at the same step, by a short-lived link that works once.

Both conversations are the account's from then on. The first one is told, with a way to log the other one out.
"""

from datetime import timedelta

from msgspec.structs import asdict, replace

from dialogs.account.entry import find_login_name
from dialogs.kit import (
    Adopt,
    Answered,
    Decision,
    Dialog,
    DropTimer,
    ElsewhereAsked,
    Event,
    Option,
    Say,
    SetTimer,
    Skipped,
    Tell,
    TimerDue,
    Word,
    then,
)
from dialogs.messages import elsewhere as messages
from dialogs.messages.account import StartLinkTaken
from dialogs.state import Account, ConversationState, Ctx, Elsewhere, Reminder
from values.channel import Channel
from values.rules import GO_ON

dialog = Dialog("elsewhere", Elsewhere, shown_as="zone")
LIFETIME = timedelta(minutes=10)
EXPIRY = "elsewhere"
_NOT_ME = Option("/elsewhere close", "option.elsewhere.not_me")
_over = DropTimer(EXPIRY)


def pages(ctx: Ctx) -> tuple[Option, ...]:
    """Return the zone's option, if there is another channel."""
    known = ctx.case.account.id is not None and bool(ctx.reach)
    return (Option("/elsewhere", f"option.elsewhere.{_named(ctx.reach)}"),) if known else ()


def carry_state_over(case: ConversationState) -> ConversationState:
    """Return the state that another conversation of the same person takes over.

    Left out are pages open here and the hand-off.
    """
    drafts = replace(case.drafts, reminder=Reminder())
    return ConversationState(**asdict(drafts if case.account.id is not None else replace(drafts, account=Account())))


def _named(to: tuple[str, ...]) -> str:
    return to[0] if len(to) == 1 else "several"


go_on = dialog.choose(
    "go_on",
    lambda _s, _c: (Option("go_on:here", "option.go_on.here"),),
    when=lambda s, _c: s.link is not None,
    done=lambda _s, _c: False,
    params=lambda s, _c: {"to": _named(s.to), "minutes": int(LIFETIME.total_seconds() // 60)},
    intents={"back": "go_on:here", "cancel": "go_on:here", "deny": "go_on:here"},
    links=("telegram", "web"),
    counted=False,
    patient=True,
)


@dialog.always(ElsewhereAsked)
def issue_elsewhere_link(s: Elsewhere, e: ElsewhereAsked, ctx: Ctx) -> Decision[Elsewhere]:
    """Issue a link for a customer who is logged in, if there is another channel."""
    if e.close:
        return then(Elsewhere(), _over, messages.CloseElsewhere())
    if ctx.case.account.id is None:
        return then(s, Say("own_data.log_in_first"))
    if not ctx.reach:
        return then(s, Say("elsewhere.nowhere"))
    return then(replace(s, to=ctx.reach), messages.OpenElsewhere(ctx.case.account.id))


@dialog.always(messages.ElsewhereReady)
def show_elsewhere_link(s: Elsewhere, e: messages.ElsewhereReady, ctx: Ctx) -> Decision[Elsewhere]:
    """Show the link until it expires."""
    return then(replace(s, link=e.link_id), SetTimer(EXPIRY, ctx.now + LIFETIME))


@go_on.on(Answered, Skipped)
def stay_on_channel(_s: Elsewhere, _e: Event, _ctx: Ctx) -> Decision[Elsewhere]:
    """Go on here; the link stays good for its minutes."""
    return then(Elsewhere(), _over)


@dialog.always(TimerDue)
def drop_expired_link(s: Elsewhere, e: TimerDue, _ctx: Ctx) -> Decision[Elsewhere]:
    """Drop the expired link."""
    if e.kind != EXPIRY or s.link is None:
        return then(s)
    return then(Elsewhere(), Say("elsewhere.expired"))


@dialog.always(messages.ElsewhereClosed)
def tell_closed_sessions(s: Elsewhere, e: messages.ElsewhereClosed, _ctx: Ctx) -> Decision[Elsewhere]:
    """Tell the result of logging the other conversations out."""
    return then(s, Say("elsewhere.closed" if e.sessions else "elsewhere.none_open"))


@dialog.always(messages.OpenedElsewhere)
def tell_opened_elsewhere(_s: Elsewhere, e: messages.OpenedElsewhere, _ctx: Ctx) -> Decision[Elsewhere]:
    """Tell at once that the conversation was opened elsewhere: it may have been a stranger."""
    where = {"channel": Word(Channel(e.channel).title_key)}
    return then(Elsewhere(), _over, Say("elsewhere.opened", where, (_NOT_ME,)))


@dialog.always(messages.CarriedOver)
def adopt_carried_conversation(_s: Elsewhere, e: messages.CarriedOver, ctx: Ctx) -> Decision[Elsewhere]:
    """Go on where the other conversation stood."""
    case = e.case
    if not isinstance(case, ConversationState):
        raise TypeError("another seller's conversation")
    # A person who was asked for here still comes.
    here = replace(case, handoff=ctx.case.handoff, withdrawal=ctx.case.withdrawal)
    return then(Elsewhere(), Adopt(here), Tell(messages.CarriedOn(e.channel)))


@dialog.always(messages.CarriedOn)
def tell_carried_conversation(s: Elsewhere, e: messages.CarriedOn, ctx: Ctx) -> Decision[Elsewhere]:
    """Say whose conversation goes on here."""
    params = {"channel": Word(Channel(e.channel).title_key), "login": find_login_name(ctx)} if e.channel else {}
    return then(s, *((Say("elsewhere.here", params),) if params else ()))


@dialog.always(StartLinkTaken)
def await_log_in(s: Elsewhere, e: StartLinkTaken, _ctx: Ctx) -> Decision[Elsewhere]:
    """Wait for the log-in: an e-mail's link proves nobody."""
    return then(replace(s, coming=True) if e.wish == GO_ON else s)


@dialog.always(messages.WentOn)
def resume_other_conversation(s: Elsewhere, e: messages.WentOn, ctx: Ctx) -> Decision[Elsewhere]:
    """Go on where the other conversation stood; a person asked for here still comes."""
    if not isinstance(e.case, ConversationState):
        return then(replace(s, coming=False))
    here = replace(e.case, handoff=ctx.case.handoff, withdrawal=ctx.case.withdrawal)
    return then(Elsewhere(), Adopt(here), Tell(messages.CarriedOn()), Say("elsewhere.went_on"))


@dialog.always(messages.NotCarriedOver)
def ask_to_log_out_first(s: Elsewhere, _e: messages.NotCarriedOver, _ctx: Ctx) -> Decision[Elsewhere]:
    """Ask to log out first: another account is logged in here."""
    return then(s, Say("elsewhere.another_account"))
