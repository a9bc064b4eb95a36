"""On file: a customer whom the seller knows by number makes the account that belongs to them.

The file stays with the services: this dialog hears only whether a number may register. The contact dialog proves that
the customer is the one on file.
"""

from msgspec.structs import replace

from dialogs import lapsed
from dialogs.account.entry import has_proven_contact, joins_from_file, may_join
from dialogs.kit import HUMAN, Answered, Asked, Decision, Dialog, Option, Say, from_text, need_slot, then
from dialogs.messages import on_file as messages
from dialogs.messages.account import LoggedIn, OpenPage, PageOpened, PasswordSet
from dialogs.state import Ctx, OnFile
from values.codes import parse_customer_number
from values.meaning import Expects

dialog = Dialog("on_file", OnFile, shown_as="account")
LONG = 120
"""Minutes beyond which a wait is told in hours."""


def _joining(_s: OnFile, ctx: Ctx) -> bool:
    return joins_from_file(ctx)


def _proven(_s: OnFile, ctx: Ctx) -> bool:
    return has_proven_contact(ctx)


def _ways_on(s: OnFile, _ctx: Ctx) -> tuple[Option, ...]:
    """Return the options that the last number's refusal suggests."""
    if s.told == "registered":
        return tuple(Option(f"start:{way}", f"option.start.{way}") for way in ("log_in", "forgot_password"))
    return (HUMAN,) if s.told == "no_contact" else ()


customer_number = dialog.ask(
    "customer_number",
    Expects.customer_number,
    slot="number",
    parse=from_text(parse_customer_number),
    when=_joining,
    options=_ways_on,
    ahead=lambda _s, c: may_join(c),
)
find = dialog.do(
    "find",
    lambda s, _c: messages.FindOnFile(need_slot(s.number), asked=s.asked == s.number),
    when=_joining,
    done=lambda s, _c: s.told == "found",
    slots=("told",),
    needs=("customer_number",),
)
page = dialog.do(
    "page",
    lambda _s, _c: OpenPage("set_password"),
    when=_proven,
    done=lambda s, _c: s.page is not None,
    slots=("page",),
)
secure_page = dialog.wait(
    "secure_page",
    Expects.secure_page,
    when=_proven,
    done=lambda s, _c: s.credential is not None,
    slots=("credential",),
    needs=("page",),
    options=lambda _s, _c: (Option("secure_page:again", "option.new_page"),),
    params=lambda _s, _ctx: {"purpose": "set_password"},
    lapsed=lambda s, c: lapsed.name_lapsed_page(s.page_at, c),
    intents={"resend_code": "secure_page:again"},
    links=("secure_page",),
)
register = dialog.do(
    "register",
    lambda s, c: messages.RegisterCustomer(
        need_slot(s.number), need_slot(s.credential), "phone" if c.case.contact.channel == "sms" else "email"
    ),
    when=_proven,
    done=lambda _s, _c: False,
)


@dialog.always(messages.NumberFound)
def note_found_number(s: OnFile, _e: messages.NumberFound, _ctx: Ctx) -> Decision[OnFile]:
    return then(replace(s, told="found"))


@find.on(messages.NumberRefused)
def tell_refused_number(s: OnFile, e: messages.NumberRefused, _ctx: Ctx) -> Decision[OnFile]:
    """Refuse the number and ask for another; the buttons lead to what helps."""
    return then(replace(s, number=None, told=e.reason), Say(f"on_file.number_{e.reason}"))


@find.on(messages.NumberToLookUp)
def ask_sellers_system(s: OnFile, _e: messages.NumberToLookUp, _ctx: Ctx) -> Decision[OnFile]:
    """Ask the seller's own system, which may know a customer of yesterday."""
    return then(s, messages.LookUpOnFile(need_slot(s.number)))


@find.on(messages.OnFileLookedUp)
def judge_looked_up_number(s: OnFile, e: messages.OnFileLookedUp, _ctx: Ctx) -> Decision[OnFile]:
    """Look the number up once more; if the seller's system was silent, don't call the number wrong."""
    if e.answered:
        return then(replace(s, asked=s.number))
    return then(replace(s, number=None, told=None), Say("on_file.number_unsure", {}, (HUMAN,)))


@find.on(messages.NumbersLimited)
def tell_number_limit(s: OnFile, e: messages.NumbersLimited, _ctx: Ctx) -> Decision[OnFile]:
    """Stop the tries: a list of the seller's customers isn't to be had here."""
    minutes = -(-e.seconds // 60)
    said = Say("on_file.numbers_limited", {"minutes": minutes}, (HUMAN,))
    if minutes > LONG:
        said = Say("on_file.numbers_limited_long", {"hours": -(-minutes // 60)}, (HUMAN,))
    return then(replace(s, number=None, told=None), said)


@page.on(PageOpened)
def note_opened_page(s: OnFile, e: PageOpened, ctx: Ctx) -> Decision[OnFile]:
    return then(replace(s, page=e.link_id, page_at=ctx.now))


@dialog.always(messages.ProofFollowed)
def take_page_of_letter(s: OnFile, e: messages.ProofFollowed, ctx: Ctx) -> Decision[OnFile]:
    """Take over the page that the letter's link has opened; only the last letter counts."""
    return then(replace(s, page=e.page, page_at=ctx.now) if ctx.case.contact.letter == e.letter else s)


@secure_page.on(Answered)
def open_fresh_page(s: OnFile, _e: Answered, _ctx: Ctx) -> Decision[OnFile]:
    """Open a fresh page; the older link dies."""
    return then(replace(s, page=None))


@dialog.always(PasswordSet)
def keep_credential(s: OnFile, e: PasswordSet, _ctx: Ctx) -> Decision[OnFile]:
    """Keep the credential, if its page is the open one."""
    if s.page != e.link_id or s.credential is not None:
        return then(s)
    return then(replace(s, credential=e.credential), Say("account.password_set"))


@dialog.always(messages.CustomerRegistered)
def lead_to_log_in(_s: OnFile, _e: messages.CustomerRegistered, _ctx: Ctx) -> Decision[OnFile]:
    """Lead to the log-in."""
    return then(OnFile(), Say("on_file.registered"))


@dialog.always(messages.AlreadyRegistered)
def tell_registered_number(_s: OnFile, _e: messages.AlreadyRegistered, _ctx: Ctx) -> Decision[OnFile]:
    """Say that there is an account: to a customer who has proven the contact, or was slower than another."""
    return then(OnFile(told="registered"), Say("on_file.number_registered"))


@dialog.always(LoggedIn)
def end_registration(_s: OnFile, _e: LoggedIn, _ctx: Ctx) -> Decision[OnFile]:
    return then(OnFile())


@dialog.asked("log_in", "forgot_password")
def leave_registration(s: OnFile, _e: Asked, ctx: Ctx) -> Decision[OnFile]:
    """Forget the answers on the way to a new account."""
    return then(s if ctx.case.account.id is not None else OnFile())
