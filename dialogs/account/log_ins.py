"""Age and idleness of a log-in, and the message that met its end."""

from datetime import datetime, timedelta

from dialogs.account.entry import known_as
from dialogs.kit import INTENT_COMMANDS, Said, Say
from dialogs.messages.own_data import EndLogIns
from dialogs.order.in_books import number_here, order_here
from dialogs.state import ConversationState, Ctx, Wish
from values import meaning
from values.channel import PERSONAL

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


def is_back(ctx: Ctx) -> bool:
    """Return whether the customer is back after a silence in which a stranger may have found the chat open."""
    if ctx.case.account.id is None or ctx.channel in PERSONAL or ctx.came_at is None:
        return False
    return ctx.now - ctx.came_at >= IDLE_AFTER


def greet_again(ctx: Ctx) -> tuple[Say, ...]:
    """Return the greeting of somebody who stays logged in here, after a pause that makes it another visit."""
    if ctx.came_at is None or ctx.now - ctx.came_at < ANOTHER_VISIT:
        return ()
    place = "to_pay" if _pays(ctx) else "card" if (ctx.asked or "").startswith("order.") else "other"
    return (Say("account.back", {"name": known_as(ctx), "place": place, "number": number_here(ctx)}),)


def asked_again(ctx: Ctx) -> EndLogIns | None:
    """Return the command that asks for the password before private pages, or None if the log-in is fresh."""
    return ask_again(ctx) if is_idle(ctx) else None


def ask_again(ctx: Ctx) -> EndLogIns:
    """Return the command that asks for the password."""
    return EndLogIns("proof" if is_told(ctx) else "idle")


def is_told(ctx: Ctx) -> bool:
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


def wish(ctx: Ctx) -> Wish | None:
    """Return the customer's wish, to be heard after the log-in; None for one that is heard now, or by nobody."""
    said, shown = ctx.said, private_page(ctx)
    asked = ctx.asked if ctx.asked is not None else ""
    if said is None or said.unseen or said.edited or said.second_hand or heard_now(said):
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


def heard_now(said: Said) -> bool:
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
