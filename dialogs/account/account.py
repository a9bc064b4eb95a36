"""Account: make a new one (e-mail, password on a one-time page, consents), or log in."""

from msgspec.structs import replace

from dialogs import lapsed
from dialogs.account import consent_words, entry, log_ins
from dialogs.account.forgotten import add_forgotten
from dialogs.account.letters import add_letters, add_reminders
from dialogs.account.mailbox import add_mailbox, change_email
from dialogs.contact.in_books import email_proven
from dialogs.kit import (
    BACK,
    HUMAN,
    Adopt,
    Answered,
    Asked,
    Came,
    Chosen,
    Decision,
    Dialog,
    Forget,
    SaidToPerson,
    Say,
    StartLinkOpened,
    Tell,
    Unawait,
    from_text,
    need_slot,
    then,
)
from dialogs.messages import account as messages
from dialogs.messages.letters import SendLetter
from dialogs.messages.on_file import CustomerRegistered
from dialogs.messages.order import OrderBegun
from dialogs.order import accepting
from dialogs.order.in_books import is_paid
from dialogs.order.order_card import offer_card
from dialogs.state import Account, Ctx, LogIn
from values.address import parse_person_name
from values.email import parse as parse_email
from values.meaning import Consenting, Expects
from values.rules import GO_ON


def _outlives(s: Account) -> Account:
    if s.login is None:
        return Account()
    return Account(domain_asked=s.domain_asked, login=s.login, letter_at=s.letter_at, letter_late=s.letter_late)


def _may_be_named(s: Account, ctx: Ctx) -> bool:
    return ctx.seller.sign_up.person_name and entry.may_sign_up(s, ctx)


BUYING = ("method", "plan", "years", "addons", "discount_code")
"""Facts of an order: whoever names one wants more than an account."""
dialog = Dialog("account", Account, outlives=_outlives)


start = dialog.choose(
    "start",
    entry.ways_in,
    slot="entry",
    done=entry.has_begun_entry,
    card=lambda s, c: offer_card(c) if s.entry is None and c.came_at is None else None,
    intents={
        "sign_up": "start:sign_up",
        "log_in": "start:log_in",
        "forgot_password": ("start:forgot_password", "start:forgot_username"),
        "choose_plan": "start:buy",
        "pay": "start:buy",
        "activate_einvoice": "start:buy",
        "order_addon": "start:buy",
        **{f"fact:{kind}": "start:buy" for kind in BUYING},
        **{f"start:sign_up+{kind}": ("start:buy", "account:new") for kind in BUYING},
    },
    counted=False,
)
account = dialog.choose(
    "account",
    entry.offer_new_or_existing,
    slot="has_one",
    when=lambda s, _c: s.entry in entry.NEEDING and (s.id is None or s.has_one is not None),
    needs=("start",),
    params=lambda _s, c: {"channel": c.channel},
    opens_sheet="account:new",
    intents={
        "sign_up": "account:new",
        "deny": ("account:no", "account:new"),
        "log_in": "account:existing",
        "affirm": ("account:yes", "account:existing"),
        "fact:email": "account:new",
    },
    counted=False,
)
add_forgotten(dialog)


dialog.ask(
    "person_name",
    Expects.person_name,
    slot="name",
    parse=from_text(parse_person_name),
    when=lambda s, c: c.seller.sign_up.person_name and s.id is None and entry.is_making_account(s, c),
    needs=("start", "account"),
    ahead=_may_be_named,
    sheet=_may_be_named,
)


email = dialog.ask(
    "email",
    Expects.email,
    slot="email",
    parse=from_text(parse_email),
    params=lambda _s, c: {"again": c.case.find_email(c.books) is not None, "now": c.case.find_email(c.books)},
    in_books=lambda _s, c: c.books.email or None,
    when=lambda s, c: entry.is_making_account(s, c) or (s.id is not None and not entry.by_number(c)),
    ahead=entry.may_sign_up,
    sheet=entry.may_sign_up,
    others=lambda _s, c: not email_proven(c),
    revise=change_email,
)
add_mailbox(dialog)
page = dialog.do(
    "page",
    lambda s, c: messages.OpenPage("log_in" if entry.wants_to_log_in(s, c) else "set_password"),
    when=lambda s, c: not (entry.is_page_done(s, c) or entry.joins_from_file(c) or entry.is_locked_out(c)),
    done=lambda s, _c: s.page is not None,
    slots=("page",),
    needs=("start", "account"),
)
secure_page = dialog.wait(
    "secure_page",
    Expects.secure_page,
    when=lambda _s, c: not (entry.joins_from_file(c) or entry.is_locked_out(c)),
    done=entry.is_page_done,
    slots=("credential",),
    needs=("page",),
    options=entry.page_options,
    params=entry.page_params,
    lapsed=lambda s, c: lapsed.name_lapsed_page(s.page_at, c),
    intents={
        "resend_code": "secure_page:again",
        "forgot_password": "start:forgot_password",
        "sign_up": "start:sign_up",
    },
    links=("secure_page",),
    final=lambda s, _c: s.id is not None,
    instead=entry.contact_changes,
)
consents = dialog.choose(
    "consents",
    entry.list_consent_boxes,
    slot="consents",
    done=lambda s, _c: s.consents is not None or s.id is not None,
    expects=Expects.consents,
    when=lambda s, c: entry.is_making_account(s, c) and bool(c.seller.consents),
    bound_to=lambda _s, c: accepting.bind_documents(c.seller.consents, c),
    intents={"affirm": "consents:required"},
)
create = dialog.do(
    "create",
    lambda s, _c: messages.CreateAccount(need_slot(s.email), need_slot(s.credential), s.accepted, s.name),
    when=entry.is_making_account,
    done=lambda s, _c: s.id is not None,
    final=lambda s, _c: s.id is not None,
    instead=entry.contact_changes,
)


@dialog.always(messages.AccountLeft)
def forget_left_account(_s: Account, e: messages.AccountLeft, _ctx: Ctx) -> Decision[Account]:
    """Begin another way in, with nothing of the account that was left."""
    kept = ("account", "cart", "reminder", "handoff", "withdrawal", "feedback", "elsewhere")
    return then(Account(entry=e.entry), Forget(kept), Say("account.logged_out"))


@account.on(Answered)
def take_account_answer(s: Account, e: Answered, _ctx: Ctx) -> Decision[Account]:
    """Begin no account on a "no" to one that is offered."""
    if e.value == "no":
        return then(s, Say("account.account.declined", options=(BACK, HUMAN), brief=True))
    return then(replace(s, has_one="new" if e.value == "yes" else str(e.value)))


@page.on(messages.PageOpened)
def note_opened_page(s: Account, e: messages.PageOpened, ctx: Ctx) -> Decision[Account]:
    return then(replace(s, page=e.link_id, page_at=ctx.now))


@secure_page.on(Answered)
def open_fresh_page(s: Account, _e: Answered, _ctx: Ctx) -> Decision[Account]:
    """Open a fresh page; the older link dies."""
    return then(replace(s, page=None))


@secure_page.on(Chosen)
def begin_chosen_way(_s: Account, e: Chosen, _ctx: Ctx) -> Decision[Account]:
    """Begin another way in from its start."""
    return then(Account(entry=e.value))


@dialog.always(messages.WayBegun)
def begin_way_from_page(s: Account, e: messages.WayBegun, _ctx: Ctx) -> Decision[Account]:
    """Begin another way in, unless it was chosen on a page that isn't open any more."""
    return then(Account(entry=e.entry) if s.page == e.link_id and s.id is None else s)


@dialog.asked("sign_up", "log_in", "forgot_password")
def change_way_in(s: Account, e: Asked, ctx: Ctx) -> Decision[Account]:
    """Change the way in, or tell customers who are logged in that they are."""
    if s.id is not None:
        return then(s, Say("account.logged_in", {"email": entry.find_login_name(ctx)}))
    if entry.by_number(ctx):
        return then(s if s.entry == e.intent else Account(entry=e.intent))
    same = {
        "sign_up": entry.is_making_account,
        "log_in": entry.wants_to_log_in,
        "forgot_password": entry.has_forgotten_password,
    }[e.intent](s, ctx)
    return then(s if same else Account(entry=e.intent))


@dialog.always(CustomerRegistered)
def lead_to_log_in(_s: Account, _e: CustomerRegistered, _ctx: Ctx) -> Decision[Account]:
    """Lead to the log-in: by customer number or user name."""
    return then(Account(entry="log_in"))


@dialog.always(messages.PasswordSet)
def keep_credential(s: Account, e: messages.PasswordSet, _ctx: Ctx) -> Decision[Account]:
    """Keep the credential, if its page is the open one."""
    if s.page != e.link_id or s.credential is not None or s.id is not None:
        return then(s)
    return then(replace(s, credential=e.credential), Say("account.password_set", ack=True))


@dialog.always(messages.LogInHeld)
def forget_served_page(s: Account, e: messages.LogInHeld, _ctx: Ctx) -> Decision[Account]:
    """Forget the page, which has served: should the log-in come to nothing, a fresh one is opened."""
    return then(replace(s, page=None) if s.page == e.link_id else s)


@dialog.always(messages.LoggedIn)
def continue_with_account(s: Account, e: messages.LoggedIn, ctx: Ctx) -> Decision[Account]:
    """Go on with this account, whatever was begun before. Of whom the site tells the password is asked as after a rest.

    There is no greeting any more for whom it tells of first of all.
    """
    began, name = s.entry if s.entry in entry.NEEDING else "log_in", e.view.email or e.view.user_name
    known = e.told_by
    login = LogIn(e.view.id, True, since=ctx.now, idle=known is not None, stays=e.stays, told_by=known)
    mine = Account(entry=began, login=login)
    said = Say("account.told" if known is not None else "account.logged_in", {"email": name})
    if known is not None and s == Account():
        return then(mine, Adopt(replace(ctx.case, account=mine)), said)
    return then(mine, Unawait(), said)


@consents.on(Answered)
def take_ticked_consents(s: Account, e: Answered, ctx: Ctx) -> Decision[Account]:
    """Change one box and stay, or submit the boxes; name the obligatory ones that are missing."""
    if isinstance(e.value, Consenting):
        return _in_words(s, e.value, ctx)
    way, _, consent = str(e.value).partition(":")
    everything = tuple(c.id for c in ctx.seller.consents)
    if way == "toggle":
        ticked = tuple(c for c in everything if (c in s.ticked) != (c == consent))
        return then(replace(s, ticked=ticked))
    given = {"required": consent_words.list_required_consents(ctx), "all": everything}.get(way, s.ticked)
    return _submitted(s, given, ctx)


def _in_words(s: Account, said: Consenting, ctx: Ctx) -> Decision[Account]:
    """Tick what was named and untick what was refused; submit where that answers the whole question.

    Whoever only turns down consents to nothing: the question stays.
    """
    required = consent_words.list_required_consents(ctx)
    if refused := tuple(id for id in required if id in said.refused):
        return then(
            replace(s, ticked=consent_words.tick_consents(said, s.ticked, ctx)), consent_words.say_missing(refused)
        )
    if said.refused and said.given and not said.base:
        said = replace(said, base="ticked")
    given = consent_words.tick_consents(said, s.ticked, ctx)
    if said.base or (said.given and set(required) <= set(given)):
        submitted = _submitted(s, given, ctx)
        told = Say("account.consents_given", consent_words.titles(given))
        return Decision(submitted.slots, (*submitted.effects, told)) if submitted.slots.consents else submitted
    told = consent_words.say_ticked(said.given) if said.given else consent_words.say_unticked(said.refused)
    return then(replace(s, ticked=given), told)


def _submitted(s: Account, given: tuple[str, ...], ctx: Ctx) -> Decision[Account]:
    if missing := tuple(c for c in consent_words.list_required_consents(ctx) if c not in given):
        return then(replace(s, ticked=given), consent_words.say_missing(missing))
    agreed = tuple(c for c in ctx.seller.consents if c.id in given)
    left = tuple(id for id in s.ticked if id not in given)
    told = (consent_words.say_unticked(left),) if left else ()
    return then(replace(s, ticked=given, consents=given, accepted=accepting.accept_terms(agreed, ctx)), *told)


@create.on(messages.AccountCreated)
def send_confirmation_letter(s: Account, e: messages.AccountCreated, ctx: Ctx) -> Decision[Account]:
    """Send the confirmation letter, and tell of it unless it waits until after the payment."""
    told = () if ctx.seller.sign_up.letter_waits else (Say("account.created", {"email": s.email}),)
    made = replace(s, name=None, email=None, login=LogIn(e.account_id, since=ctx.now), page=None, letter_at=ctx.now)
    return then(made, SendLetter(e.letter, need_slot(s.email)), *told)


@dialog.always(Came, SaidToPerson)
def meet_returning_customer(s: Account, e: Came | SaidToPerson, ctx: Ctx) -> Decision[Account]:
    """Ask for the password again after a silence, where it matters; greet who stays logged in, unless a person does."""
    if s.login is None or not log_ins.is_back_after_silence(ctx):
        return then(s)
    if s.login.stays:
        return then(s, *(log_ins.greet_again(ctx) if isinstance(e, Came) else ()))
    return then(replace(s, login=replace(s.login, idle=True)))


@dialog.always(StartLinkOpened)
def take_start_link(s: Account, e: StartLinkOpened, _ctx: Ctx) -> Decision[Account]:
    return then(s, messages.TakeStartLink(e.token))


@dialog.always(messages.StartLinkTaken)
def follow_start_link(s: Account, e: messages.StartLinkTaken, ctx: Ctx) -> Decision[Account]:
    """Go where the link leads, or say that it is over.

    A journey under way goes on where it is, unless the link is for another conversation; after a paid order it
    begins the next one.
    """
    if e.over:
        return then(s, Say("account.link_over", {"inside": s.id is not None}))
    if e.wish == GO_ON and s.id is None:
        return then(Account(entry=e.entry), Unawait(), Say("account.go_on_first"))
    if e.entry == "buy" and s.id is not None and is_paid(ctx) and not entry.renews_by_order(ctx):
        return then(s, Tell(OrderBegun()))
    return then(replace(s, entry=e.entry) if s.entry is None and s.id is None else s)


@dialog.always(OrderBegun)
def turn_entry_to_order(s: Account, _e: OrderBegun, _ctx: Ctx) -> Decision[Account]:
    return then(replace(s, entry="buy"))


add_letters(dialog)
add_reminders(dialog)
