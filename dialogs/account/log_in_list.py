"""The list of an account's log-ins, and the end of any of them; a part of the zone.

Its buttons work at any step, also on an older message: a log-in's id names that one alone.
"""

from msgspec.structs import replace

from dialogs.account import log_ins
from dialogs.kit import Answered, Asked, Decision, Dialog, Effect, Option, Param, Params, Say, Word, need_slot, then
from dialogs.messages import own_data as messages
from dialogs.messages.account import LoggedIn, StartLinkTaken
from dialogs.messages.zone import LogOut
from dialogs.state import Ctx, Personal
from values.channel import Channel
from values.rules import LOG_INS

MOST = 8
"""Of more log-ins the ones used last are shown; *log out everywhere* ends the others, too."""
PAGE, OTHERS = "log_ins", "log_out_others"
EVERYWHERE = Option("zone:log_out_everywhere", "option.zone.log_out_everywhere", loses=True)


def open_log_ins(ctx: Ctx) -> Effect:
    """Return what opens the page; it is a private one."""
    return log_ins.asked_again(ctx) or messages.ListLogIns(need_slot(ctx.case.account.id))


def declare(dialog: Dialog[Personal]) -> None:
    """Declare the page's reactions."""
    dialog.anywhere("zone:log_ins")(show_log_ins_page)
    dialog.asked("log_ins")(show_log_ins_page)
    dialog.anywhere("log_ins:end:*")(end_wanted)
    dialog.anywhere(EVERYWHERE.payload)(everywhere_wanted)
    dialog.asked("log_out_everywhere", OTHERS)(everywhere_wanted)
    dialog.always(messages.OtherLogInsEnded)(others_ended)
    dialog.always(StartLinkTaken)(came_for_it)
    dialog.always(LoggedIn)(logged_in)
    dialog.always(messages.LogInsListed)(list_log_ins)
    dialog.always(messages.LogInEnded)(tell_ended_log_in)


def show_log_ins_page(s: Personal, _e: Asked | Answered, ctx: Ctx) -> Decision[Personal]:
    """Open the page at any step."""
    return then(s, open_log_ins(ctx)) if ctx.case.account.id is not None else then(s, Say("personal.not_logged_in"))


def came_for_it(s: Personal, e: StartLinkTaken, ctx: Ctx) -> Decision[Personal]:
    """Show the list by the link of a letter, after the log-in where there is none."""
    if e.wish != LOG_INS:
        return then(s)
    return then(s, open_log_ins(ctx)) if ctx.case.account.id is not None else then(replace(s, for_log_ins=True))


def logged_in(s: Personal, e: LoggedIn, _ctx: Ctx) -> Decision[Personal]:
    """Show the list to whoever came for it."""
    return then(replace(s, for_log_ins=False), messages.ListLogIns(e.view.id)) if s.for_log_ins else then(s)


def end_wanted(s: Personal, e: Answered, ctx: Ctx) -> Decision[Personal]:
    """End the log-in of this button."""
    account_id = ctx.case.account.id
    if account_id is None:
        return then(s, Say("personal.not_logged_in"))
    again = log_ins.asked_again(ctx)
    return then(s, again or messages.EndLogIn(account_id, str(e.value).rpartition(":")[2]))


def everywhere_wanted(s: Personal, e: Asked | Answered, ctx: Ctx) -> Decision[Personal]:
    """Log out everywhere, from the list or in words, at any step; also but here: whoever found it open may not stay."""
    if ctx.case.account.id is None:
        return then(s, Say("personal.not_logged_in"))
    if not isinstance(e, Asked) or e.intent != OTHERS:
        return then(s, messages.EndLogIns("everywhere", everywhere=True))
    return then(s, log_ins.asked_again(ctx) or messages.EndLogIns("elsewhere", everywhere=True, here=False))


def others_ended(s: Personal, e: messages.OtherLogInsEnded, _ctx: Ctx) -> Decision[Personal]:
    """Tell how many ended."""
    return then(s, Say("personal.log_ins_ended", {"ended": e.ended}))


def list_log_ins(s: Personal, e: messages.LogInsListed, _ctx: Ctx) -> Decision[Personal]:
    return then(s, _list("personal.log_ins", e.lines))


def tell_ended_log_in(s: Personal, e: messages.LogInEnded, _ctx: Ctx) -> Decision[Personal]:
    """Tell the end of another's; the end of this chat's is a log-out."""
    if e.how == "here":
        return then(s, LogOut())
    return then(s, _list(f"personal.log_in_{e.how}", e.lines))


def _list(key: str, lines: tuple[messages.LogInLine, ...]) -> Say:
    """Return the log-ins, this chat's first, with a button for each."""
    ordered = sorted(lines, key=lambda line: not line.here)
    shown = ordered[:MOST]
    ends = tuple(Option(f"log_ins:end:{one.id}", "option.log_ins.end", dict(_line(one)), loses=True) for one in shown)
    several = (EVERYWHERE,) if len(lines) > 1 else ()
    params: Params = {
        "lines": _joined([Word("personal.log_in_line", _line(line)) for line in shown]),
        "more": len(lines) - len(shown) or None,
    }
    return Say(key, params, (*ends, *several))


def _joined(words: list[Word]) -> Word | None:
    """Return the words one after the other; as a tree, for a text includes others only so many deep."""
    if len(words) < 2:
        return words[0] if words else None
    half = len(words) // 2
    parts = (("first", _joined(words[:half])), ("rest", _joined(words[half:])))
    return Word("personal.log_in_lines", parts)


def _line(line: messages.LogInLine) -> tuple[tuple[str, Param], ...]:
    return (
        ("channel", Word(Channel(line.channel).title_key)),
        ("here", line.here),
        ("since_lately", line.began_at),
        ("used_lately", line.used_at),
    )
