"""Notices of the desk about terms: how each is said, in the chat and by letter, from the same facts.

A notice is one row: its facts, and what they are called in texts. A new one stands here and in
`bot/usecases/renewals/notices.py`, which gives it in time; its words are texts of a dialog and of `mail.toml`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, TypeVar

from msgspec import Struct

from dialogs.account.entry import renews_by_order
from dialogs.kit import HUMAN, Event, Option, Params, Say
from dialogs.kit.messages import News
from dialogs.messages import renewal
from dialogs.order.in_books import is_paid, is_renewing
from dialogs.order.products import product_word, program_word
from dialogs.renewal.renewing import is_ordering
from dialogs.renewal.shown import bill_shown, name_products, outlook_shown, outlooks_shown, program_shown
from dialogs.state import Ctx
from values.account_view import Line
from values.order import Bill
from values.private import Private
from values.renewal import Outlook
from values.seller import Seller
from values.term import A_YEAR

E = TypeVar("E", bound=Event)

_SWITCH = Option("zone:renewal", "option.renewal_switch")
_METHODS = Option("zone:methods", "option.zone.methods")


Name = str | Callable[[E], str]
"""The name of a text; of some notices it depends on the facts."""


class TermNotice(Struct, Generic[E], frozen=True):
    """The words of one notice, in the chat and in its letter.

    `facts`: the event that tells conversations of it; the letter has the same facts. `shown`: the parameters of all its
    texts. `said`: the key of its text in a chat, with `options` below. `letter`: the letter's texts are `mail.LETTER.*`
    and `foot`, which says why it was sent. `link`: where the letter leads to; `start` begins a conversation of its
    reader, and orders nothing; `pay` pays. `everybody`: the letter is sent beside the chat, too.
    `stoppable`: it is a reminder, which isn't for customers who have stopped them.
    """

    facts: type[E]
    shown: Callable[[E, Seller], Params]
    said: Name[E]
    letter: Name[E]
    options: Callable[[E, Ctx], tuple[Option, ...]] = lambda _e, _ctx: ()
    foot: str = "mail.foot_renewal"
    link: Literal["chat", "start", "pay"] = "chat"
    everybody: bool = False
    stoppable: bool = False


class NoLongerSold(News):
    """Lines that end then and aren't sold any more, so they can't be renewed.

    `plans`: what is sold instead. `whole`: nothing of it is renewed; else the rest is.
    """

    ends_at: datetime
    lines: tuple[Line, ...]
    plans: tuple[str, ...]
    whole: bool = True
    by_desk: ClassVar[bool] = True


def _unsold_shown(e: NoLongerSold, seller: Seller) -> Params:
    others = tuple(product_word(plan, seller) for plan in e.plans)
    return {"program": name_products(e.lines, seller), "ends": e.ends_at, "others": others or None, "whole": e.whole}


def _unsold_options(e: NoLongerSold, ctx: Ctx) -> tuple[Option, ...]:
    other = (Option("start:buy", "option.unsold.buy"),) if e.plans and not renews_by_order(ctx) else ()
    ends = e.whole and is_renewing(ctx.case.order, ctx)
    end = (Option("auto_renewal:no", "option.unsold.end", loses=True),) if ends else ()
    return (*other, *end, HUMAN)


class TermEnding(News):
    """Lines that end in so many days, and nothing follows. `plan`: what can be bought again, None for an add-on alone.

    `company`: whose they are, where the account has several. `after`: what the first term costs behind a trial.
    """

    ends_at: datetime
    days: int
    lines: tuple[Line, ...] = ()
    plan: str | None = None
    company: Private[str | None] = None
    after: Bill | None = None
    by_desk: ClassVar[bool] = True


def _ending_shown(e: TermEnding, seller: Seller) -> Params:
    about: Params = {"ends": e.ends_at, "days": e.days, "buy": e.plan is not None}
    after: Params = {} if e.after is None else bill_shown(e.after, seller)
    return {**after, **program_shown(e.lines, e.company, seller), **about}


def _ending_options(e: TermEnding, ctx: Ctx) -> tuple[Option, ...]:
    """Buying again opens the order, and orders nothing."""
    by_order = Option("zone:renewal", "option.renew.now")
    again = by_order if renews_by_order(ctx) else Option("start:buy", "option.start.again")
    return (again, HUMAN) if e.plan is not None else (HUMAN,)


class RenewalSetRight(News):
    """The outlook of a term of which an earlier release of the desk has promised something else."""

    outlook: Private[Outlook]
    by_desk: ClassVar[bool] = True


class WayExpiring(News):
    """The kept way to pay of this label, `way`, expires (`last`: its last month) before the renewal."""

    way: Private[str]
    last: str
    outlook: Private[Outlook]
    by_desk: ClassVar[bool] = True


SPOKEN: tuple[TermNotice[Any], ...] = (
    TermNotice(
        NoLongerSold,
        _unsold_shown,
        *("zone.unsold", "renewal_unsold"),
        options=_unsold_options,
        foot="mail.foot_reminder",
        link="start",
    ),
    TermNotice(
        TermEnding,
        _ending_shown,
        said=lambda e: "zone.ending" if e.after is None else "zone.trial_ending",
        letter=lambda e: "renewal_ending" if e.after is None else "trial_ending",
        options=_ending_options,
        foot="mail.foot_ending",
        everybody=True,
    ),
    TermNotice(
        RenewalSetRight,
        lambda e, seller: outlook_shown(e.outlook, seller),
        *("outlook.set_right", "renewal_set_right"),
        options=lambda _e, ctx: (HUMAN,) if renews_by_order(ctx) else (_SWITCH, HUMAN),
        foot="mail.foot_order",
        everybody=True,
    ),
    TermNotice(
        WayExpiring,
        lambda e, seller: {**outlook_shown(e.outlook, seller), "card": e.way, "valid": e.last},
        *("outlook.way_expiring", "renewal_expiring"),
        options=lambda _e, ctx: (HUMAN,) if ctx.case.account.id is None else (_METHODS, HUMAN),
        everybody=True,
    ),
)
"""Notices that change nothing in a conversation: they are said, that's all."""


def _lapsed_shown(e: renewal.SubscriptionLapsed, seller: Seller) -> Params:
    about: Params = {"ends": e.ends_at, "grace": e.grace_until, "number": e.number, "way": e.refused}
    return {**program_shown(e.lines or ((e.plan, 1),), e.company, seller), **about}


def _bill(e: renewal.ChargeComing | renewal.RenewalCharged | renewal.RenewalToPay) -> Bill:
    """Return the bill, of which earlier releases stored the plan and the sum only."""
    return e.bill or Bill(((e.plan, 1),), A_YEAR, e.gross, e.currency)


def _coming_shown(e: renewal.ChargeComing, seller: Seller) -> Params:
    """Return the outlook of what is charged, beside what it cost before."""
    bill = _bill(e)
    asked = bill.gross, bill.currency, bill.term
    coming = Outlook("charged", (), bill.lines, e.ends_at, e.charge_at, e.label, *asked)
    return {**outlook_shown(coming, seller), **bill_shown(bill, seller)}


def _charged_shown(e: renewal.RenewalCharged, seller: Seller) -> Params:
    made: Params = {"number": e.number, "way": e.label, "ends": e.until}
    return {**bill_shown(_bill(e), seller), **made, "outlooks": outlooks_shown(e.outlooks, seller)}


def _charge_options(e: renewal.ChargeComing | renewal.RenewalCharged, ctx: Ctx) -> tuple[Option, ...]:
    """Switching renewal off, in the customer zone."""
    paid_change = isinstance(e, renewal.RenewalCharged) and e.adds
    if paid_change or ctx.case.account.id is None or (is_ordering(ctx) and not is_paid(ctx)):
        return ()
    return (Option("my_data:additional", _SWITCH.key) if renews_by_order(ctx) else _SWITCH,)


def _to_pay_said(e: renewal.RenewalToPay) -> str:
    if e.adds:
        return f"order.change_{'refused' if e.refusal is not None else 'charging' if e.charging else 'to_pay'}"
    if e.refusal is not None:
        return f"order.renewal_refused.{e.refusal}"
    return f"order.renewal_to_pay.{'again' if e.again else 'first'}"


def _to_pay_shown(e: renewal.RenewalToPay, seller: Seller) -> Params:
    instead = product_word(e.instead, seller) if e.instead is not None else None
    order: Params = {"number": e.number, "ends": e.ends_at, "days": e.days, "instead": instead}
    refused: Params = {"refusal": e.refusal, "way": e.label, "again": e.retry_at}
    return {**bill_shown(_bill(e), seller), **order, **refused}


HEARD: tuple[TermNotice[Any], ...] = (
    TermNotice(
        renewal.SubscriptionEnding,
        lambda e, seller: {"program": program_word(e.product, seller), "ends": e.ends_at, "days": e.days},
        *("reminder.renew.ask", "renewal"),
        foot="mail.foot_reminder",
        link="start",
        stoppable=True,
    ),
    TermNotice(
        renewal.SubscriptionLapsed,
        _lapsed_shown,
        said=lambda e: "zone.trial_ended" if e.trial else "zone.ended" if e.grace_until is None else "zone.grace",
        letter=lambda e: "trial_ended" if e.trial else "renewal_ended" if e.grace_until is None else "renewal_lapsed",
        foot="mail.foot_ended",
        link="start",
    ),
    TermNotice(
        renewal.RenewalWaits,
        lambda e, seller: {"ends": e.ends_at, **bill_shown(e.bill, seller)},
        *("changed_terms.waits", "renewal_terms"),
        link="start",
    ),
    TermNotice(
        renewal.RenewalToPay,
        _to_pay_shown,
        _to_pay_said,
        letter=lambda e: "change_to_pay" if e.adds else "renewal_to_pay",
        link="pay",
    ),
    TermNotice(
        renewal.ChargeComing,
        _coming_shown,
        said=lambda e: "order.trial_charge" if e.trial else "order.charge_coming",
        letter=lambda e: "trial_charge" if e.trial else "renewal_charge",
        options=_charge_options,
    ),
    TermNotice(
        renewal.RenewalCharged,
        _charged_shown,
        said=lambda e: "order.change_charged" if e.adds else "order.charged",
        letter=lambda e: "change_charged" if e.adds else "renewal_charged",
        options=_charge_options,
    ),
)
"""Notices that dialogs have more to do with than say them: their facts are events of `dialogs/messages/renewal.py`."""

NOTICES: Mapping[type[Event], TermNotice[Any]] = {row.facts: row for row in (*SPOKEN, *HEARD)}


def say(e: Event, ctx: Ctx) -> Say:
    """Return the words of a notice in the chat."""
    row = NOTICES[type(e)]
    return Say(text_of(row.said, e), row.shown(e, ctx.seller), row.options(e, ctx))


def text_of(name: Name[E], e: E) -> str:
    """Return the name of the text for these facts."""
    return name if isinstance(name, str) else name(e)
