"""Own data: the account holder exports or erases it, from any step, and returns to that step.

So is a consent taken back that ends the renewal (`end_renewal.py`). Export and erasure are done on a one-time page with
the password, so that nobody does it who found the chat open; erasure takes two steps, and its consequences are said
before the first.
"""

from msgspec.structs import asdict, replace

from dialogs import lapsed
from dialogs.account import end_renewal, log_ins
from dialogs.kit import (
    HUMAN,
    Adopt,
    Answered,
    Asked,
    Came,
    Chosen,
    Decision,
    Declared,
    Dialog,
    Effect,
    Forget,
    Hear,
    Option,
    Params,
    Say,
    Tell,
    Unheard,
    need_slot,
    then,
)
from dialogs.kit.talk import TalkState
from dialogs.messages import own_data as messages
from dialogs.messages.account import LoggedIn
from dialogs.order.in_books import find_order
from dialogs.state import Account, ConversationState, Ctx, OwnData
from values.meaning import BindingAct, Expects

dialog = Dialog("own_data", OwnData, shown_as="zone", browsed=True)
_BACK = Option("zone:home", "option.own_data.back")
_LEAVE = {"back": "zone:home", "cancel": "zone:home", "deny": "zone:home"}


def pages(ctx: Ctx) -> tuple[Option, ...]:
    """Return the zone's options for own data."""
    ways = tuple(Option(f"zone:{page}", f"option.zone.{page}") for page in ("export", "erase") if _known(ctx))
    return (*ways, *end_renewal.leaving_options(ctx))


def _known(ctx: Ctx) -> bool:
    return ctx.case.account.id is not None


def _stays(_s: OwnData, ctx: Ctx) -> Params:
    books, rules = ctx.books, ctx.seller.privacy
    placed = (o for o in (books.order, *reversed(books.waiting)) if o is not None and o.status == "placed")
    unpaid = next((order.number for order in placed), None)
    ends = max((o.ends_at for o in books.owned), default=None)
    return {
        "unpaid": unpaid,
        "runs": ends is not None,
        "ends": ends,
        "ordered": books.ordered,
        "on_file": rules.directory == "keep" and books.on_file,
        "elsewhere": books.log_ins > 1,
        "years": rules.keep_invoices_years,
        "consent_years": rules.keep_consents_years,
    }


end_renewal.declare(dialog)
erase = dialog.choose(
    "erase",
    lambda _s, _c: (
        Option("erase:yes", "option.erase.yes", loses=True, binds=BindingAct.agree),
        Option("zone:export", "option.zone.export"),
        _BACK,
    ),
    slot="sure",
    when=lambda s, _c: s.page == "erase",
    params=_stays,
    intents={**_LEAVE, "affirm": "erase:yes", "delete_my_data": "erase:yes"},
    said_back=False,
)
page = dialog.do(
    "page",
    lambda s, c: messages.OpenOwnPage(need_slot(s.page), need_slot(c.case.account.id)),
    done=lambda s, _c: s.link is not None,
    slots=("link",),
)
secure_page = dialog.wait(
    "secure_page",
    Expects.secure_page,
    when=lambda s, _c: s.page is not None,
    done=lambda _s, _c: False,
    options=lambda _s, _c: (Option("secure_page:again", "option.new_page"), _BACK),
    params=lambda s, _c: {"purpose": s.page},
    lapsed=lambda s, c: lapsed.name_lapsed_page(s.link_at, c),
    intents={**_LEAVE, "resend_code": "secure_page:again"},
    links=("secure_page",),
)


@dialog.anywhere("zone:export")
def open_export(s: OwnData, _e: Answered, ctx: Ctx) -> Decision[OwnData]:
    """Open the export's page for a customer who is logged in."""
    return then(OwnData("export")) if _known(ctx) else then(s, Say("own_data.log_in_first"))


@dialog.anywhere("zone:erase")
@dialog.asked("delete_my_data")
def begin_erasure(s: OwnData, _e: Answered | Asked, ctx: Ctx) -> Decision[OwnData]:
    """Tell the consequences first; without a log-in offer a person."""
    if not _known(ctx):
        return then(replace(s, wanted=True), Say("own_data.log_in_first", options=(replace(HUMAN, aside=True),)))
    return _planning(s, ctx)


@dialog.asked("log_in_first")
def put_off_change(s: OwnData, _e: Asked, _ctx: Ctx) -> Decision[OwnData]:
    """Say that a change waits for the log-in, where it is asked for again."""
    return then(s, Say("own_data.log_in_first"))


@dialog.always(messages.OwnDataWanted)
def open_wanted_page(s: OwnData, e: messages.OwnDataWanted, ctx: Ctx) -> Decision[OwnData]:
    if not _known(ctx):
        return then(s)
    if e.page == "export":
        return then(OwnData("export"))
    leaves = e.page in (end_renewal.END, end_renewal.WITHDRAW)
    return end_renewal.ask_to_leave(s, e.page, ctx) if leaves else _planning(s, ctx)


def _planning(s: OwnData, ctx: Ctx) -> Decision[OwnData]:
    """Ask for the password again, if the log-in is old: the consequences are private.

    The file of an export has a password of its own.
    """
    if (again := log_ins.ask_password_unless_fresh(ctx)) is not None:
        return then(replace(s, wanted=True), again)
    return then(OwnData("erase", wanted=True))


@page.on(messages.OwnPageOpened)
def note_opened_page(s: OwnData, e: messages.OwnPageOpened, ctx: Ctx) -> Decision[OwnData]:
    return then(replace(s, link=e.link_id, link_at=ctx.now))


@secure_page.on(Answered)
def open_fresh_page(s: OwnData, _e: Answered, _ctx: Ctx) -> Decision[OwnData]:
    """Open a fresh page; the older link dies."""
    return then(replace(s, link=None))


@erase.on(Chosen)
@secure_page.on(Chosen)
def leave_own_data(_s: OwnData, e: Chosen, _ctx: Ctx) -> Decision[OwnData]:
    """Return to the step that was open before, or open the export instead."""
    return then(OwnData("export" if e.value == "export" else None))


@dialog.always(messages.DataHandedOut)
def tell_handed_out_data(s: OwnData, e: messages.DataHandedOut, ctx: Ctx) -> Decision[OwnData]:
    """Tell the holder, who may not have asked for it."""
    ours = e.account_id == ctx.case.account.id
    return then(OwnData() if s.page == "export" else s, *((Say("own_data.handed_out"),) if ours else ()))


@dialog.always(LoggedIn)
def restore_left_talk(s: OwnData, e: LoggedIn, ctx: Ctx) -> Decision[OwnData]:
    """Restore the conversation that the same account has left by its log-out; close another account's pages."""
    left = s.left
    if left is None or left.account.id != e.view.id:
        return then(OwnData())
    talk = replace(left.talk, locale=ctx.case.talk.locale)
    # Whoever has bought what they came for comes back to the zone.
    order = find_order(e.view, left.order.id)
    entry = "log_in" if order is not None and order.status == "paid" else left.account.entry
    reminder = ctx.case.reminder if ctx.case.reminder.answer is not None else left.reminder
    drafts = replace(left, talk=talk, account=replace(left.account, entry=entry), reminder=reminder)
    here = ConversationState(**asdict(drafts), handoff=ctx.case.handoff, withdrawal=ctx.case.withdrawal)
    # A wish that was cut off for want of the password isn't heard before it is there.
    heard = (Hear(s.wish),) if s.wish is not None and e.told_by is None else ()
    return then(OwnData(), Adopt(here), *heard)


@dialog.always(messages.AccountErased)
def forget_customer(_s: OwnData, e: messages.AccountErased, _ctx: Ctx) -> Decision[OwnData]:
    """Forget everything; the next message begins anew."""
    return then(OwnData(), Forget(), Say(f"own_data.erased.{e.by}", {"on_file": e.on_file, "ordered": e.ordered}))


@dialog.always(messages.LogInOver)
def put_open_talk_aside(s: OwnData, e: messages.LogInOver, ctx: Ctx) -> Decision[OwnData]:
    """Put what stands open aside, out of everybody's sight, until the same account is logged in to."""
    case = ctx.case
    if case.account.id is None:
        return then(s)
    asking = e.why in ("age", "idle", "proof")
    wish = log_ins.find_postponed_wish(ctx) if asking else None
    aside = OwnData(left=case.drafts, wish=wish, wanted=s.wanted)
    account = Account(entry="log_in") if asking else Account()
    stated = replace(case.withdrawal, among=())
    bare = ConversationState(
        talk=TalkState(locale=case.talk.locale),
        handoff=case.handoff,
        own_data=aside,
        account=account,
        withdrawal=stated,
    )
    declared = (Tell(Declared(e.declared)),) if e.declared else ()
    return then(
        OwnData(), Adopt(bare), Say("own_data.log_in_over", {"why": e.why, "ended": e.ended}), *declared, *_unheard(ctx)
    )


def _unheard(ctx: Ctx) -> tuple[Effect, ...]:
    """Stop understanding a message that needs the log-in."""
    return () if ctx.said is None or log_ins.needs_no_log_in(ctx.said) else (Unheard(),)


@dialog.always(Came)
def end_old_log_in(s: OwnData, _e: Came, ctx: Ctx) -> Decision[OwnData]:
    """End an old log-in, and an idle one at a private page."""
    if log_ins.is_old(ctx):
        return then(s, messages.EndLogIns("age"))
    idle = log_ins.is_idle(ctx) or log_ins.is_back_after_silence(ctx)
    private = log_ins.private_page(ctx) is not None or log_ins.changes_data(ctx)
    return then(s, *((log_ins.ask_password(ctx),) if idle and private else ()))


@dialog.always(messages.SessionEnded)
def log_out_here(_s: OwnData, _e: messages.SessionEnded, _ctx: Ctx) -> Decision[OwnData]:
    """Log out, as asked from outside; the reason is private."""
    return then(OwnData(), Forget(), Say("own_data.session_ended"))
