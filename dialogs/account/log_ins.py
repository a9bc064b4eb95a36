"""The log-ins of an account: their age and idleness, the message that met the end of one, and the page that ends any.

The page's buttons work at any step, also on an older message: a log-in's id names that one alone.
"""

from datetime import datetime, timedelta

from msgspec.structs import replace

from dialogs.account.entry import find_login_name
from dialogs.kit import (
    INTENT_COMMANDS,
    Answered,
    Asked,
    Decision,
    Dialog,
    Effect,
    Option,
    Param,
    Params,
    Said,
    Say,
    Word,
    need_slot,
    then,
)
from dialogs.messages import own_data as messages
from dialogs.messages.account import LoggedIn, StartLinkTaken
from dialogs.messages.own_data import EndLogIns
from dialogs.messages.zone import LogOut
from dialogs.order.in_books import number_here, order_here
from dialogs.state import ConversationState, Ctx, Personal, Wish
from values import meaning
from values.channel import PERSONAL, Channel
from values.rules import LOG_INS

LASTS = timedelta(days=30)
IDLE_AFTER = timedelta(minutes=30)
ANOTHER_VISIT = timedelta(hours=12)

PRIVATE = ("my_data", "methods", "contacts", "companies", "log_ins")
"""Pages of the zone that show own data and stored ways to pay."""

_NO_WISH = ("stop", "later")
_OPEN = {"methods": "zone:methods", "my_data": "zone:my_data", "data": "zone:my_data", "companies": "zone:companies"}


def is_old(ctx: Ctx) -> bool:
    """Return whether the log-in has ended by its age; never while a payment is under way or a person speaks."""
    case, login = ctx.case, ctx.case.account.login
    since = login.since or ctx.began if login is not None else None
    if since is None or case.muted or _pays(ctx):
        return False
    return ctx.now - since >= LASTS and not _asks_nothing(ctx.said)


def _pays(ctx: Ctx) -> bool:
    """Return whether an order can be paid: no password comes between a customer and the money."""
    order = order_here(ctx)
    if order is None or order.status == "paid":
        return False
    return order.payment_expires_at is None or ctx.now < order.payment_expires_at


def is_back_after_silence(ctx: Ctx) -> bool:
    """Return whether the customer is back after a silence in which a stranger may have found the chat open."""
    if ctx.case.account.id is None or ctx.channel in PERSONAL or ctx.came_at is None:
        return False
    return ctx.now - ctx.came_at >= IDLE_AFTER


def greet_again(ctx: Ctx) -> tuple[Say, ...]:
    """Return the greeting of somebody who stays logged in here, after a pause that makes it another visit."""
    if ctx.came_at is None or ctx.now - ctx.came_at < ANOTHER_VISIT:
        return ()
    place = "to_pay" if _pays(ctx) else "card" if (ctx.asked or "").startswith("order.") else "other"
    return (Say("account.back", {"name": find_login_name(ctx), "place": place, "number": number_here(ctx)}),)


def ask_password_unless_fresh(ctx: Ctx) -> EndLogIns | None:
    """Return the command that asks for the password before private pages, or None if the log-in is fresh."""
    return ask_password(ctx) if is_idle(ctx) else None


def ask_password(ctx: Ctx) -> EndLogIns:
    """Return the command that asks for the password."""
    return EndLogIns("proof" if is_told_by_site(ctx) else "idle")


def is_told_by_site(ctx: Ctx) -> bool:
    """Return whether only the seller's site says who the customer is."""
    login = ctx.case.account.login
    return login is not None and login.told_by is not None


def is_idle(ctx: Ctx) -> bool:
    """Return whether the customer has been silent and hasn't given the password since."""
    login = ctx.case.account.login
    return login is not None and login.idle


def is_proven(case: ConversationState, now: datetime) -> bool:
    """Return whether it is the account's holder who writes here, as far as a log-in shows that."""
    login = case.account.login
    return login is not None and not login.idle and (login.since is None or now - login.since < LASTS)


def private_page(ctx: Ctx) -> str | None:
    """Return the payload of the open page if that is private; "" for an order with a stored way to pay."""
    case = ctx.case
    if case.own_data.page == "erase":
        return "zone:erase"
    if case.order.id is None and case.order.instrument == "saved":
        return ""
    return _OPEN.get(case.zone.page) if case.zone.page is not None else None


def changes_data(ctx: Ctx) -> bool:
    """Return whether the customer is about to change data on file, perhaps by an old button."""
    if ctx.said is None or ctx.asked is None or not ctx.asked.startswith("zone."):
        return False
    match ctx.said.meaning:
        case meaning.Correction():
            return True
        case meaning.Press(payload):
            return payload.startswith("edit:")
        case _:
            return False


def find_postponed_wish(ctx: Ctx) -> Wish | None:
    """Return the customer's wish, to be heard after the log-in; None for one that is heard now, or by nobody."""
    said, shown = ctx.said, private_page(ctx)
    asked = ctx.asked if ctx.asked is not None else ""
    if said is None or said.unseen or said.edited or said.second_hand or needs_no_log_in(said):
        return None
    if shown and not (isinstance(said.meaning, meaning.Press) and said.meaning.payload.startswith("zone:")):
        return Wish(ctx.now, asked, press=shown)
    match said.meaning:
        case meaning.Press(payload):
            return Wish(ctx.now, asked, press=payload, stale=said.stale)
        case meaning.Correction(what):
            return Wish(ctx.now, asked, press=f"edit:{what}")
        case meaning.Intent(name, text=text):
            return Wish(ctx.now, asked, intent=name, text=text)
        case meaning.Answer() as answer:
            return Wish(ctx.now, asked, text=answer.words)
        case _:
            return None


def needs_no_log_in(said: Said) -> bool:
    """Return whether a message needs no log-in: a call for a person, a public question, a refused message."""
    if said.declared:  # it is kept before anything else, and nothing more comes of the message
        return True
    match said.meaning:
        case (
            meaning.NavigationCommand() | meaning.Faq() | meaning.SecretTyped() | meaning.NotText() | meaning.TooLong()
        ):
            return True
        case meaning.Press(payload):
            return payload.startswith(("/", "faq:"))
        case meaning.Intent(name):
            return name in INTENT_COMMANDS
        case _:
            return False


def _asks_nothing(said: Said | None) -> bool:
    """Return whether the customer only wants to be left alone; that never takes a password."""
    match said.meaning if said is not None else None:
        case meaning.NavigationCommand("stop") | meaning.Intent("stop"):
            return True
        case meaning.Consenting(given, _, base):
            return not given and not base
        case meaning.Press(payload):
            return payload.startswith("/stop") or payload.partition(":")[2] in _NO_WISH
        case _:
            return False


MOST_LISTED = 8
"""Of more log-ins the ones used last are shown; *log out everywhere* ends the others, too."""
LIST, OTHERS = "log_ins", "log_out_others"
EVERYWHERE = Option("zone:log_out_everywhere", "option.zone.log_out_everywhere", loses=True)


def open_log_ins(ctx: Ctx) -> Effect:
    """Return what opens the page; it is a private one."""
    return ask_password_unless_fresh(ctx) or messages.ListLogIns(need_slot(ctx.case.account.id))


def declare_list(dialog: Dialog[Personal]) -> None:
    """Declare the page's reactions."""
    dialog.anywhere("zone:log_ins")(show_log_ins_page)
    dialog.asked("log_ins")(show_log_ins_page)
    dialog.anywhere("log_ins:end:*")(end_pressed_log_in)
    dialog.anywhere(EVERYWHERE.payload)(log_out_everywhere)
    dialog.asked("log_out_everywhere", OTHERS)(log_out_everywhere)
    dialog.always(messages.OtherLogInsEnded)(tell_ended_log_ins)
    dialog.always(StartLinkTaken)(show_log_ins_by_link)
    dialog.always(LoggedIn)(show_awaited_log_ins)
    dialog.always(messages.LogInsListed)(list_log_ins)
    dialog.always(messages.LogInEnded)(tell_ended_log_in)


def show_log_ins_page(s: Personal, _e: Asked | Answered, ctx: Ctx) -> Decision[Personal]:
    """Open the page at any step."""
    return then(s, open_log_ins(ctx)) if ctx.case.account.id is not None else then(s, Say("personal.not_logged_in"))


def show_log_ins_by_link(s: Personal, e: StartLinkTaken, ctx: Ctx) -> Decision[Personal]:
    """Show the list by the link of a letter, after the log-in where there is none."""
    if e.wish != LOG_INS:
        return then(s)
    return then(s, open_log_ins(ctx)) if ctx.case.account.id is not None else then(replace(s, for_log_ins=True))


def show_awaited_log_ins(s: Personal, e: LoggedIn, _ctx: Ctx) -> Decision[Personal]:
    """Show the list to whoever came for it."""
    return then(replace(s, for_log_ins=False), messages.ListLogIns(e.view.id)) if s.for_log_ins else then(s)


def end_pressed_log_in(s: Personal, e: Answered, ctx: Ctx) -> Decision[Personal]:
    """End the log-in of this button."""
    account_id = ctx.case.account.id
    if account_id is None:
        return then(s, Say("personal.not_logged_in"))
    again = ask_password_unless_fresh(ctx)
    return then(s, again or messages.EndLogIn(account_id, str(e.value).rpartition(":")[2]))


def log_out_everywhere(s: Personal, e: Asked | Answered, ctx: Ctx) -> Decision[Personal]:
    """Log out everywhere, from the list or in words, at any step; also but here: whoever found it open may not stay."""
    if ctx.case.account.id is None:
        return then(s, Say("personal.not_logged_in"))
    if not isinstance(e, Asked) or e.intent != OTHERS:
        return then(s, messages.EndLogIns("everywhere", everywhere=True))
    return then(s, ask_password_unless_fresh(ctx) or messages.EndLogIns("elsewhere", everywhere=True, here=False))


def tell_ended_log_ins(s: Personal, e: messages.OtherLogInsEnded, _ctx: Ctx) -> Decision[Personal]:
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
    shown = ordered[:MOST_LISTED]
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
