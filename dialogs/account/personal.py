"""Personal: consents, a new password, leaving; a part of the zone."""

from msgspec.structs import replace

from dialogs import elsewhere
from dialogs.account import consent_words, end_renewal, log_ins, own_data
from dialogs.account.entry import contact_change_options, signing_up
from dialogs.contact.in_books import email_proven, proven_phone, untexted_phone
from dialogs.kit import (
    HUMAN,
    REMINDERS,
    Answered,
    Asked,
    BoundStep,
    Chosen,
    ConsentTakenBack,
    Decision,
    Dialog,
    Forget,
    ListsLeft,
    Option,
    Say,
    Tell,
    Word,
    need_slot,
    then,
)
from dialogs.messages import zone as messages
from dialogs.messages.account import ResetStarted, StartReset
from dialogs.messages.letters import SendLetter
from dialogs.messages.own_data import EndLogIns
from dialogs.order import accepting
from dialogs.state import Ctx, Personal
from values import phone as phones
from values.consent import VOICE
from values.meaning import BindingAct, Consenting, Expects

EINVOICE = "einvoice"
_ELSEWHERE = frozenset({EINVOICE, accepting.RENEWAL})
"""The consents that other dialogs take back."""
dialog = Dialog("personal", Personal, shown_as="zone", browsed=True)
log_ins.declare_list(dialog)


def pages(ctx: Ctx) -> tuple[Option, ...]:
    """Return the zone's options of this dialog."""
    consents = ("consents",) if ctx.seller.voluntary else ()
    return tuple(Option(f"zone:{page}", f"option.zone.{page}") for page in ("contacts", *consents, "settings"))


def settings(ctx: Ctx) -> tuple[Option, ...]:
    """Return the options used once in a while; the way out, for whoever is in, stands last."""
    ways = ("password", *((log_ins.LIST, "log_out") if ctx.case.account.id is not None else ()))
    password, *log_out = (Option(f"zone:{page}", f"option.zone.{page}") for page in ways)
    read = (Option("zone:documents", "option.zone.documents"),) if ctx.seller.readable else ()
    everywhere = replace(log_ins.EVERYWHERE, hidden=True)  # shown on the page of log-ins
    return (password, *read, *elsewhere.pages(ctx), *own_data.pages(ctx), *log_out, everywhere)


def _contacts(ctx: Ctx) -> Say:
    """Return the customer's contacts. A contact on file is changed by a person: the file is the seller's."""
    proven = proven_phone(ctx)
    number = proven or untexted_phone(ctx)
    shown = {
        "email": ctx.case.find_email(ctx.books),
        "email_proven": email_proven(ctx),
        "phone": phones.display(number) if number is not None else None,
        "phone_proven": proven is not None,
    }
    return Say("personal.contacts", shown, contact_change_options(ctx) or (HUMAN,))


def _boxes(s: Personal, ctx: Ctx) -> tuple[Option, ...]:
    ticked = _ticked(s, ctx)
    boxes = (
        Option(f"consents:toggle:{c.id}", f"consent.{c.id}.title", ticked=c.id in ticked) for c in ctx.seller.voluntary
    )
    return (
        *boxes,
        Option("consents:done", "option.consents.done", binds=BindingAct.agree),
        Option("zone:home", "option.zone.home"),
    )


def _given(ctx: Ctx) -> tuple[str, ...]:
    standing = {one.id for one in ctx.books.consents_given}
    return tuple(c.id for c in ctx.seller.voluntary if c.id in standing)


def _ticked(s: Personal, ctx: Ctx) -> tuple[str, ...]:
    ticked = {*_given(ctx), *s.given} - {*s.withdrawn}
    return tuple(c.id for c in ctx.seller.voluntary if c.id in ticked)


def _changed(s: Personal, ticked: tuple[str, ...], ctx: Ctx) -> Personal:
    """Return the slots with these boxes ticked: with what differs from what is given."""
    before = _given(ctx)
    given = tuple(c.id for c in ctx.seller.voluntary if c.id in ticked and c.id not in before)
    return replace(s, given=given, withdrawn=tuple(id for id in before if id not in ticked))


def _bound(_s: Personal, ctx: Ctx) -> BoundStep | None:
    """Return the consents' words, and which of them are given: both may have changed under the boxes."""
    words = accepting.bind_documents(ctx.seller.voluntary, ctx)
    if words is None:
        return None

    def changed(before: str, now: Ctx) -> Say:
        same = before.partition("|")[0] == words.mark
        return Say("personal.consents_meanwhile") if same else words.changed(before, now)

    return replace(words, mark=f"{words.mark}|{' '.join(_given(ctx))}", changed=changed)


def _words(ctx: Ctx) -> Word | None:
    """Return the consents' texts, one under the other."""
    words: Word | None = None
    for consent in reversed(ctx.seller.voluntary):
        words = Word("personal.words", (("text", Word(f"consent.{consent.id}.text")), ("rest", words)))
    return words


consents = dialog.choose(
    "consents",
    _boxes,
    when=lambda s, _c: s.page == "consents",
    done=lambda _s, _c: False,
    expects=Expects.consents,
    params=lambda _s, c: {"words": _words(c)},
    bound_to=_bound,
    intents={"affirm": "consents:done", "back": "zone:home"},
)


@dialog.always(messages.PageWanted)
def open_wanted_page(s: Personal, e: messages.PageWanted, ctx: Ctx) -> Decision[Personal]:
    """Open the page. A new password is set by a letter, as a forgotten one."""
    match e.page:
        case "contacts":
            return then(s, _contacts(ctx))
        case "documents":
            return then(s, Say("personal.documents", reads=tuple(one.id for one in ctx.seller.readable)))
        case "consents":
            return then(Personal("consents"))
        case "password":
            if (email := ctx.case.find_email(ctx.books)) is None:  # no mailbox to send the link to
                return then(s, Say("kit.for_a_person", options=(HUMAN,)))
            return then(s, StartReset(email))
        case log_ins.LIST:
            return then(s, log_ins.open_log_ins(ctx))
        case "log_out":
            return then(s, messages.LogOut())
        case "log_out_everywhere":
            return then(s, EndLogIns("everywhere", everywhere=True))
        case _:
            return then(s)


@consents.on(Answered)
def take_ticked_consents(s: Personal, e: Answered, ctx: Ctx) -> Decision[Personal]:
    """Change one box and stay, or write what was changed on "done"; what is refused in words ends at once."""
    if isinstance(e.value, Consenting):
        return _in_words(s, e.value, ctx)
    way, _, consent = str(e.value).partition(":")
    if way == "toggle":
        return then(_changed(s, tuple({*_ticked(s, ctx)} ^ {consent}), ctx))
    return _written(s, ctx)


def _in_words(s: Personal, said: Consenting, ctx: Ctx) -> Decision[Personal]:
    after = _changed(s, consent_words.tick_consents(said, _ticked(s, ctx), ctx), ctx)
    if said.base:
        return _written(after, ctx)
    if said.refused or not said.given:
        return _taking_back(after, said, ctx)
    return then(after, Say("personal.consents_ticked", consent_words.titles(said.given)))


def _written(s: Personal, ctx: Ctx) -> Decision[Personal]:
    given = accepting.accept_terms(tuple(c for c in ctx.seller.voluntary if c.id in s.given), ctx)
    return then(s, messages.SetConsents(need_slot(ctx.case.account.id), given, s.withdrawn, accepting.find_manner(ctx)))


@dialog.always(ConsentTakenBack)
def end_named_consents(s: Personal, e: ConsentTakenBack, ctx: Ctx) -> Decision[Personal]:
    """End the consents that are named, at any step, but for those of other dialogs."""
    elsewhere_ = _ELSEWHERE if ctx.case.account.id is not None else _ELSEWHERE | {VOICE}
    others = e.said.refused and elsewhere_.issuperset(e.said.refused)
    return then(s) if others else _taking_back(s, e.said, ctx)


def _taking_back(s: Personal, said: Consenting, ctx: Ctx) -> Decision[Personal]:
    """End the voluntary ones, or ask which; of a required one say first that the account ends with it."""
    if signing_up(ctx) and ctx.seller.voluntary:  # nothing is given yet that could end: it is only not to be ticked
        named = tuple(c.id for c in ctx.seller.voluntary if c.id in said.refused or not said.refused)
        return then(s, consent_words.say_unticked(named) if named else Say("personal.consents_none"))
    if ctx.case.account.id is None:
        return then(s, Say("personal.consents_log_in", options=(replace(HUMAN, aside=True),)))
    if not said.refused:
        ways = (*_given_ways(ctx), *_other_ways(ctx))
        return then(s, Say("personal.consents_which" if ways else "personal.consents_none", options=ways))
    obligatory = tuple(id for id in consent_words.list_required_consents(ctx) if id in said.refused)
    ids = tuple(c.id for c in ctx.seller.voluntary if c.id in said.refused)
    ended = (messages.TakeBackConsents(ctx.case.account.id, ids, accepting.find_manner(ctx)),) if ids else ()
    way = Option("zone:erase", "option.zone.erase")
    told = (Say("personal.consent_required", consent_words.titles(obligatory), (way, HUMAN)),) if obligatory else ()
    return then(s, *ended, *told)


@dialog.asked("withdraw_consent")
def offer_consents_to_end(s: Personal, _e: Asked, ctx: Ctx) -> Decision[Personal]:
    """Offer what can be taken back: no words that surely do it were said."""
    return _taking_back(s, Consenting(), ctx)


@dialog.always(ListsLeft)
def ask_which_lists(s: Personal, _e: ListsLeft, ctx: Ctx) -> Decision[Personal]:
    """Ask which advertising is meant: "unsubscribe" names none. Without any it is about the reminders."""
    ways, reminders = _given_ways(ctx), Option(f"/stop {REMINDERS}", "option.no_reminders")
    return then(s, *((Say("personal.lists_which", options=(*ways, reminders)),) if ways else ()))


@dialog.anywhere("consents:withdraw:*")
def end_pressed_consent(s: Personal, e: Answered, _ctx: Ctx) -> Decision[Personal]:
    """End the consent of this button, as if it were named."""
    return then(s, Tell(ConsentTakenBack(Consenting(refused=(str(e.value).rpartition(":")[2],)))))


@dialog.always(messages.ConsentsTakenBack)
def tell_ended_consents(s: Personal, e: messages.ConsentsTakenBack, _ctx: Ctx) -> Decision[Personal]:
    """Say by its name what has ended."""
    known = replace(s, withdrawn=tuple(id for id in s.withdrawn if id not in e.ended))
    key = "personal.consents_ended" if e.ended else "personal.consents_not_given"
    return then(known, Say(key, consent_words.titles(e.ended or e.asked)))


def _given_ways(ctx: Ctx) -> tuple[Option, ...]:
    return tuple(Option(f"consents:withdraw:{id}", f"consent.{id}.title", loses=True) for id in _given(ctx))


def _other_ways(ctx: Ctx) -> tuple[Option, ...]:
    """Return the buttons for what other dialogs take back."""
    off = Option("zone:einvoice_off", "option.einvoice.off", loses=True)
    return (*end_renewal.offer_consent_withdrawal(ctx), *(() if ctx.books.einvoice_status == "off" else (off,)))


@consents.on(Chosen)
def leave_consents(_s: Personal, _e: Chosen, _ctx: Ctx) -> Decision[Personal]:
    return then(Personal())


@dialog.always(messages.ConsentsSet)
def confirm_set_consents(_s: Personal, e: messages.ConsentsSet, _ctx: Ctx) -> Decision[Personal]:
    """Confirm the change: withdrawing is as easy as consenting."""
    return then(Personal(), Say("personal.consents_saved" if e.changed else "personal.consents_same"))


@dialog.always(ResetStarted)
def send_password_letter(s: Personal, e: ResetStarted, ctx: Ctx) -> Decision[Personal]:
    """Send the letter; its link leads to the page for the new password."""
    email = ctx.case.find_email(ctx.books)
    return then(s, SendLetter(e.letter, email), Say("personal.password_letter", {"email": email}))


@dialog.asked("log_out")
@dialog.anywhere("zone:log_out")
def log_out_customer(s: Personal, _e: Asked | Answered, ctx: Ctx) -> Decision[Personal]:
    """Log out at any step; what is ordered stays with the account."""
    if ctx.case.account.id is None:
        return then(s, Say("personal.not_logged_in"))
    return then(s, messages.LogOut())


@dialog.always(messages.LoggedOut)
def forget_after_log_out(_s: Personal, _e: messages.LoggedOut, ctx: Ctx) -> Decision[Personal]:
    """Forget everything but a person who is asked for or answers; the next message begins anew."""
    kept = ("handoff",) if ctx.case.handoff.mode != "bot" else ()
    return then(Personal(), Forget(kept), Say("personal.logged_out"))
