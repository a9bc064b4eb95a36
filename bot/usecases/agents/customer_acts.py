"""Acts on money and contracts of whoever is logged in to a conversation, each declared once, done in one frame.

The agent gives a reason and is asked once whether the sum is meant; the customer is told in the agent's name, and the
trail says who did what, and why (`AgentActs.on_card`).
"""

from collections.abc import Callable
from functools import partial

from msgspec import Struct

from bot.conversation.desk import AgentTurn
from bot.conversation.owners import Publish, Transaction
from bot.conversation.port import UnitOfWork
from bot.conversation.stored import StoredLink
from bot.usecases.agents import statements, waiting_money
from bot.usecases.agents.act_forms import ActNotDone, ActWanted
from bot.usecases.agents.waiting_money import MoneyMoved
from bot.usecases.billing import refunds as refunding
from bot.usecases.billing.bookings import Bookings
from bot.usecases.orders import cancelling
from bot.usecases.renewals.quotes import Quotes
from dialogs.kit import Event, Params
from dialogs.order.list_prices import trial_sold
from dialogs.renewal.shown import last_days
from services.agents import agent_accounts
from services.agents.agent_accounts import Role
from services.orders import order_record, trials
from services.orders.order_record import OrderRecord
from services.payments import record, refunds, transfers
from services.payments.refunds import RefundNotPossible
from services.subscriptions import subscription_record
from services.subscriptions.subscription_record import Subscription
from values.money import Money, minor_units
from values.payment import is_offline
from values.seller import Seller


class ActTold(Struct, frozen=True):
    """An act that is done: the text for the customer, None where there is nothing to tell, and the trail's."""

    key: str | None
    params: Params
    about: str
    links: tuple[StoredLink, ...] = ()
    event: Event | None = None  # which does it, and tells the customer
    afterwards: Callable[[], None] = lambda: None


class ActUnderWay(Struct, frozen=True):
    """An act under way: who does it in which turn, and the form."""

    turn: AgentTurn
    agent_id: str
    locale: str
    wanted: ActWanted
    bookings: Bookings
    publish: Publish

    @property
    def tx(self) -> Transaction:
        return Transaction(self.turn.connection, self.turn.now, self.publish)

    @property
    def speaker(self) -> tuple[str, str] | None:
        """Return the agent who speaks with the customer, and the name they know; None where nobody does."""
        speaks = self.turn.case.handoff
        return (speaks.agent, speaks.name) if speaks.mode == "agent" and speaks.agent and speaks.name else None

    @property
    def seller(self) -> Seller:
        return self.quotes.seller

    @property
    def quotes(self) -> Quotes:
        return self.bookings.quotes

    def order(self, order_id: str) -> OrderRecord:
        """Return an order of the account logged in here. Errors: LookupError."""
        order = order_record.get(self.turn.connection, order_id)
        if order is None or order.account_id != self.turn.conversation.account_id:
            raise LookupError("no such order of this customer's")
        return order

    def subscription(self, id: str) -> tuple[Subscription, Money]:
        """Return what runs of that account, with what was paid for it. Errors: LookupError."""
        of = subscription_record.get(self.turn.connection, id)
        if of is None or of.account_id != self.turn.conversation.account_id:
            raise LookupError("no such subscription of this customer's")
        order = order_record.get(self.turn.connection, of.order_id) if of.order_id is not None else None
        return of, Money(0, self.seller.currency) if order is None else order.price.gross


class CustomerAct(Struct, frozen=True):
    """An act of the card. `name`: of its form and its words; `trail`: of what was done, in trail and journal.

    `held`: only who has the conversation does it; `proof`: only once it is shown whose chat this is. `words`: those in
    which it is refused, where several share them.
    """

    name: str
    trail: str
    do: Callable[[ActUnderWay], ActTold]
    role: Role = "agent"
    held: bool = True
    proof: bool = False
    words: str = ""


def _refund(acting: ActUnderWay) -> ActTold:
    """Give money of a payment back."""
    if (of := record.get(acting.turn.connection, acting.wanted.of)) is None:
        raise LookupError("no such payment")
    order = acting.order(of.order_id)
    meant = Money(minor_units(acting.wanted.typed.strip().replace(",", "."), of.currency) or 0, of.currency)
    if meant.minor <= 0:
        raise ActNotDone("no_sum", meant)
    left = refunds.compute_refundable_amount(of, refunds.of_payment(acting.turn.connection, of.id))
    alone = not refunds.needs_second_person(of, left, meant.minor, acting.seller)
    acting.wanted.confirm(meant, why="sure" if alone else "sure_second")
    outbox, what = acting.turn.turn.outbox, (acting.seller, meant.minor, of.id, acting.wanted.why)
    held = refunding.request(outbox, acting.tx, order, *what, told=True, by=acting.agent_id)
    if isinstance(held, RefundNotPossible):
        raise ActNotDone(held.reason, Money(held.left, of.currency))
    return _told(acting, order, meant, said=not held.awaits_second)


def _told(acting: ActUnderWay, order: OrderRecord, sum_: Money, by: str = "", *, said: bool) -> ActTold:
    """Tell of a refund that is under way; one that waits for another agent, or is dropped, is no news to customers."""
    about = f"{order.number}, {sum_.format(acting.locale)}{by}"
    return ActTold("payment.refund_asked" if said else None, {"number": order.number, "sum": sum_}, about)


def _decide_refund(acting: ActUnderWay, *, confirmed: bool) -> ActTold:
    """Let go what another agent has asked for, whose reason holds; or give nothing back of it."""
    held = refunds.get(acting.turn.connection, acting.wanted.of)
    if held is None:
        raise LookupError("no such refund")
    order, told = acting.order(held.order_id), confirmed and acting.speaker is not None
    by, outbox = acting.agent_id, acting.turn.turn.outbox
    waiting_money.decide_refund(acting.tx, outbox, acting.wanted, by=by, confirmed=confirmed, told=told)
    asked_by = agent_accounts.get(acting.turn.connection, refunds.find_requester(acting.turn.connection, held.id))
    name = "okienko refund" if asked_by is None else asked_by.name
    return _told(acting, order, Money(held.amount, held.currency), f" ({name}: {held.reason})", said=told)


def _move(acting: ActUnderWay, move: Callable[[UnitOfWork, Bookings, ActWanted], MoneyMoved]) -> ActTold:
    """Book a transfer of this customer's for what it was meant for, or take that back; the desk tells it."""
    of = transfers.get(acting.turn.connection, acting.wanted.of)
    if of is None or of.account_id != acting.turn.conversation.account_id:
        raise LookupError("no such transfer of this customer's")
    done = move(acting.tx, acting.bookings, acting.wanted)
    return ActTold(None, {}, f"{done.number}, {done.sum.format(acting.locale)}")


def _cancel(acting: ActUnderWay) -> ActTold:
    """Cancel an unpaid order."""
    order = acting.order(acting.wanted.of)
    acting.wanted.confirm(order.price.gross)
    refused = cancelling.cancel(acting.tx, order, acting.wanted.why, here=acting.turn.conversation.id)
    if refused is not None:
        raise ActNotDone(refused)
    return ActTold("order.cancelled", {"number": order.number}, order.number)


def _send_link(acting: ActUnderWay) -> ActTold:
    """Send the link to an order's open payment once more."""
    order = acting.order(acting.wanted.of)
    acting.wanted.confirm(order.price.gross)
    paying = record.of_order(acting.turn.connection, order.id)[-1:]
    if order.status != "placed" or not paying or paying[0].expires_at <= acting.turn.now:
        raise ActNotDone("over")
    kept = None if order.price.gross.minor else "keep"
    link = StoredLink("payment", paying[0].id, order.method if is_offline(order.method) else kept, order.number)
    said = {"number": order.number, "sum": order.price.gross}
    return ActTold("payment.link_again", said, order.number, (link,))


def _stop_renewal(acting: ActUnderWay) -> ActTold:
    """Let a contract end with its term."""
    (of, paid), here = acting.subscription(acting.wanted.of), acting.turn.conversation.id
    acting.wanted.confirm(paid)
    if not of.auto_renewal or not cancelling.stop_renewal(acting.tx, of, acting.wanted.why, here=here):
        raise ActNotDone("over")
    return ActTold(
        "zone.renewal_stopped",
        {"until": last_days([(of.product, of.ends_at or of.created_at)], acting.seller)},
        of.product,
    )


def _end(acting: ActUnderWay) -> ActTold:
    """End a contract at once; a refund is another act."""
    (of, paid), turn = acting.subscription(acting.wanted.of), acting.turn
    acting.wanted.confirm(paid)
    key, here = turn.turn.server_key, turn.conversation.id
    letters = cancelling.end_running_service(acting.tx, of, acting.wanted.why, acting.quotes, key, here=here)
    if letters is None:
        raise ActNotDone("over")
    for letter in letters:
        turn.turn.outbox.leave(turn.connection, letter)
    return ActTold("zone.ended_now", {}, of.product)


def _grant_trial(acting: ActUnderWay) -> ActTold:
    """Let the account that is logged in here have one more trial."""
    turn = acting.turn
    with turn.reading() as ctx:
        sold = trial_sold(ctx)
    plan = acting.seller.tried_plan
    if turn.conversation.account_id is None or sold is None or plan is None:
        raise LookupError("nobody to be granted a trial")
    acting.wanted.confirm(Money(0, acting.seller.currency))
    if not trials.grant(turn.connection, turn.conversation.account_id, turn.now):
        raise ActNotDone("over")
    return ActTold("order.trial_granted", sold, plan.id)


def _judge(acting: ActUnderWay, *, accepted: bool) -> ActTold:
    """Accept or refuse a withdrawal behind which its account stands; accepted, what goes back is given back at once."""
    turn, seller, of = acting.turn, acting.seller, acting.wanted.of
    judged, back = statements.judge_statement(turn, acting.wanted, seller, accepted=accepted)
    acting.wanted.confirm(back, why="accept" if accepted else "refuse", order=judged.number or "")
    about = f"{judged.number or ''}, {back.format(acting.locale)}" if accepted else judged.number or ""
    given_back = partial(statements.give_back_withdrawn, turn, of, seller, acting.publish, acting.agent_id)
    return ActTold(None, {}, about, event=judged, afterwards=given_back)


_accept, _refuse = (partial(_judge, accepted=accepted) for accepted in (True, False))
_confirm, _drop = (partial(_decide_refund, confirmed=confirmed) for confirmed in (True, False))
_book, _split, _unbook = (
    partial(_move, move=one)
    for one in (waiting_money.book_transfer, waiting_money.split_transfer, waiting_money.unbook_transfer)
)
ACTS = (
    CustomerAct("refund", "refund_asked", _refund, "supervisor"),
    CustomerAct("confirm_refund", "refund_confirmed", _confirm, "supervisor", held=False),
    CustomerAct("drop_refund", "refund_dropped", _drop, "supervisor", held=False),
    CustomerAct("book", "transfer_booked", _book, "supervisor", held=False),
    CustomerAct("split", "transfer_split", _split, "supervisor", held=False),
    CustomerAct("unbook", "transfer_unbooked", _unbook, "supervisor", held=False),
    CustomerAct("cancel", "order_cancelled", _cancel),
    CustomerAct("send_link", "link_sent", _send_link),
    CustomerAct("stop_renewal", "renewal_stopped", _stop_renewal, proof=True),
    CustomerAct("end", "contract_ended", _end, "supervisor", proof=True),
    CustomerAct("accept_withdrawal", "withdrawal_accepted", _accept, words="withdrawal"),
    CustomerAct("refuse_withdrawal", "withdrawal_refused", _refuse, words="withdrawal"),
    CustomerAct("grant_trial", "trial_granted", _grant_trial, "supervisor"),
)
