"""All dialogs by name, and the journey that a profile makes of them. Listed, not discovered."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from dialogs import einvoice, elsewhere, feedback, offered, payment, voice, withdrawal
from dialogs.account import account, digits, lost_password, on_file, own_data, personal
from dialogs.account.proof import hold_back, puts_off
from dialogs.company import company
from dialogs.company.data import read_company
from dialogs.contact import contact
from dialogs.handoff import handoff
from dialogs.kit import Dialog, Journey, Params, Word
from dialogs.order import cart, changed_terms, order, orderer, purchases
from dialogs.order.order_card import begun_card
from dialogs.own.own_questions import own_questions
from dialogs.renewal import reminder, renewal
from dialogs.state import Ctx
from dialogs.zone import zone
from values.question import OwnQuestion
from values.seller import Seller

ALL: dict[str, Dialog[Any]] = {
    module.dialog.name: module.dialog
    for module in (
        *(handoff, withdrawal, feedback, voice, offered, digits, own_data, elsewhere, purchases, reminder, cart),
        *(account, on_file, lost_password, contact, renewal, company, orderer, order, payment, einvoice),
        *(changed_terms, personal, zone),
    )
}


ANYWHERE = ("handoff", "withdrawal", "feedback", "voice", "offered", "log_in", "own_data", "elsewhere", "purchases")
"""Dialogs that customers may be led into from any step, and out of again."""
_Holds = Callable[[Params, Ctx], bool]


def _is_status(status: str) -> _Holds:
    return lambda _said, ctx: ctx.books.einvoice_status == status


def _is_cancelled(said: Params, ctx: Ctx) -> bool:
    return all(order.status == "cancelled" for order in ctx.books.orders if order.number == said["number"])


def _has_discount(said: Params, ctx: Ctx) -> bool:
    return ctx.case.order.discount is not None and ctx.seller.discount(ctx.case.order.discount) is not None


def _is_withdrawn(said: Params, ctx: Ctx) -> bool:
    ended = said["consent"]
    given = (Word(f"consent.{one.id}.title") for one in ctx.books.consents_given)
    return not (isinstance(ended, tuple) and any(one in ended for one in given))


def _is_default(said: Params, ctx: Ctx) -> bool:
    return said["method"] == Word(f"option.method.{ctx.books.default_method}")


DONE: Mapping[str, _Holds] = {
    "account.email_changed": lambda said, ctx: ctx.books.email == said["email"],
    "account.email_replaced": lambda said, ctx: ctx.books.email == said["email"],
    "account.logged_out": lambda _said, ctx: ctx.case.account.id is None,
    "company.picked": lambda said, ctx: read_company(ctx).name == said["name"],
    "company.saved": lambda said, ctx: said["name"] in [one.name for one in ctx.books.companies],
    "einvoice.active": _is_status("active"),
    "einvoice.email_changed": lambda said, ctx: ctx.books.einvoice_email == said["email"],
    "einvoice.email_noted": lambda said, ctx: ctx.books.einvoice_email == said["email"],
    "einvoice.off": _is_status("off"),
    "einvoice.requested": _is_status("requested"),
    **dict.fromkeys(("kit.corrected", "kit.answer"), lambda _said, _ctx: True),  # the kit knows the answer taken
    "order.cancelled": _is_cancelled,
    "order.discount_noted": _has_discount,
    "order.discount_taken": _has_discount,
    "order.placed": lambda _said, ctx: ctx.case.order.placed is not None,
    "own_data.erased.here": lambda _said, ctx: ctx.case.account.id is None,
    "personal.consents_ended": _is_withdrawn,
    "personal.logged_out": lambda _said, ctx: ctx.case.account.id is None,
    "reminder.resumed": lambda _said, ctx: not ctx.books.reminders_stopped,
    "reminder.stopped": lambda _said, ctx: ctx.case.account.id is None or ctx.books.reminders_stopped,
    "voice.consent_ended": lambda _said, ctx: ctx.case.voice.agreed is None or not ctx.case.voice.agreed.given,
    "zone.method_forgotten": lambda said, ctx: all(way.label != said["label"] for way in ctx.books.ways),
    "zone.method_saved": _is_default,
    "zone.renewal_off": lambda _said, ctx: not all(one.auto_renewal for one in ctx.books.owned),
    "zone.renewal_on": lambda _said, ctx: any(one.auto_renewal for one in ctx.books.owned),
}
"""Of each text that says that something is done, whether it is, from its parameters and the context at the turn's end.

A reaction tells what it meant to do; what came of it only the end shows, and what isn't so is not said. Texts of a
provider's or a job's news have no row: that they came is what they say.
"""


def journey(names: Sequence[str], questions: tuple[OwnQuestion, ...] = ()) -> Journey:
    """Return the dialogs in the profile's order, between those possible anywhere and the zone.

    The seller's own `questions` stand among their steps. Raises KeyError for a dialog that doesn't exist.
    """
    renewed = ("changed_terms",) if "order" in names else ()
    own = own_questions(questions, tuple(names))
    known = dict.fromkeys((*ANYWHERE, *names, *renewed, "personal", "zone"))
    dialogs = [*(ALL[name] for name in known), own]
    return Journey(dialogs, dict.fromkeys(("account", "contact"), begun_card), hold_back, puts_off, DONE)


def journey_of(seller: Seller) -> Journey:
    """Return the seller's journey. Raises KeyError for a dialog that doesn't exist."""
    names = list(seller.dialogs)
    if "order" in names and "cart" not in names and any(plan.seats for plan in seller.plans):
        names.insert(names.index("order"), "cart")  # for the seats alone
    return journey(names, seller.own_questions)
