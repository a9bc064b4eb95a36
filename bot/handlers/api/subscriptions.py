"""`/subscriptions`: what runs, and what is changed, quoted and ended by the seller."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse

from bot.conversation.port import UnitOfWork
from bot.handlers.api import shapes, work
from bot.handlers.api.dependencies import SellerApi
from bot.usecases.orders import cancelling
from bot.usecases.renewals.changes import ChangeQuote, Changes, Reason, WantedChange, announce
from dialogs.messages.renewal import RenewalToPay
from dialogs.messages.zone import QuantitySet
from services.agents import audit
from services.keyed_hash import keyed_hex
from services.seller import card, seller_lists
from services.subscriptions import subscriptions as running

router = APIRouter(tags=["subscriptions"])
_MARK = 12  # characters that tell one token from another

SubscriptionStatus = Annotated[
    Literal["pending", "trial", "active", "grace", "ended"] | None, Query(description="Only these.")
]
_NOT_CHANGED: Mapping[Reason, str] = {
    "not_running": "it doesn't run, or isn't followed by another term",
    "not_counted": "it isn't sold by the piece",
    "no_plan": "no such plan takes its place",
    "bounds": "the offer has fewest and most of it",
    "same": "it is so already",
    "fewer": "fewer are possible from the next term on",
    "cheaper": "what is left of its term was paid with more: possible from the next term on",
    "waits": "an order of this customer waits for its money: it is paid or cancelled first",
    "late": "the next term is asked for already: change it from then on",
    "unsold": "it isn't sold as it runs: for that term, or behind such a trial",
    "price_changed": "the price has changed since it was shown",
}


@router.get("/subscriptions", operation_id="list_subscriptions")
async def subscriptions(
    api: work.Api, asked: work.Asked, customer_id: work.CustomerId = None, status: SubscriptionStatus = None
) -> shapes.SubscriptionPage:
    """List all subscriptions, page by page; those of an unpaid order are `pending`."""
    query = seller_lists.subscription_list
    return await work.page_of(api, asked, shapes.SubscriptionPage, query, customer_id=customer_id, status=status)


@router.get(
    "/subscriptions/{subscription_id}",
    operation_id="get_subscription",
    responses=work.not_found("No such subscription."),
)
async def subscription(
    api: work.Api, subscription_id: Annotated[str, Path(pattern=work.ID)]
) -> shapes.SubscriptionListed:
    """Return a subscription."""
    query = seller_lists.one_subscription
    return await work.one_of(api, shapes.SubscriptionListed, query, subscription_id, "no such subscription")


_Id = Annotated[str, Path(pattern=work.ID)]
_REFUSED: work.Responses = {
    **work.not_found("No such subscription."),
    403: {"model": shapes.ApiError, "description": "The token reads and books; this needs that for money."},
    409: {"model": shapes.ChangeRefused, "description": "Not possible, for the `reason` told."},
}


@router.patch(
    "/subscriptions/{subscription_id}",
    operation_id="change_subscription",
    response_model=shapes.SubscriptionChanged,
    dependencies=[work.MoneyScope],
    responses=_REFUSED,
)
async def change(
    api: work.Api, request: Request, subscription_id: _Id, wanted: shapes.SubscriptionChange
) -> JSONResponse:
    """Let a subscription end, now or with its term, or change its plan or how many there are; the customer is told.

    Ended, it isn't renewed, and nothing is charged. More `now`, or a dearer plan, is ordered: the customer gets the
    payment link, and it is so with the money. From the next term on, or in a trial, it stands at once.

    With `charge` `kept_method` the sum that was agreed to is charged to what the renewals are charged to, where that is
    possible (`charge` of the quote), else the link is sent. Who has ordered it stands in the trail, with a mark of the
    token; the order keeps its customer's orderer.
    """
    token = request.headers.get("authorization", "").partition(" ")[2].strip()
    mark = keyed_hex(api.server_key, "api token", token)[:_MARK]
    return await work.answer_once(
        api, request, wanted, None, lambda tx: _changed(api, tx, subscription_id, wanted, mark)
    )


@router.post(
    "/subscriptions/{subscription_id}/quote",
    operation_id="quote_subscription",
    response_model=shapes.ChangeCosts,
    dependencies=[work.MoneyScope],
    responses=_REFUSED,
)
async def quote(api: work.Api, request: Request, subscription_id: _Id, wanted: shapes.NewChangeQuote) -> JSONResponse:
    """Tell what another quantity or plan would cost. It changes nothing."""
    return await work.answer_once(api, request, wanted, None, lambda tx: _quoted(api, tx, subscription_id, wanted))


def _quoted(api: SellerApi, tx: UnitOfWork, subscription_id: str, wanted: shapes.NewChangeQuote) -> work.ApiAnswer:
    of = _running(tx, subscription_id)
    change = WantedChange(wanted.start, wanted.quantity, wanted.plan)
    changes = Changes(api.quotes, api.server_key)
    found = changes.quote(tx.connection, of, change, tx.now)
    if not isinstance(found, ChangeQuote):
        return _not_changed(found)
    sums = {name: getattr(found.price, name).minor for name in ("net", "vat", "gross")}
    way = "kept_method" if changes.way(tx.connection, found, tx.now) is not None else "link"
    plans = {"old_plan": of.product, "new_plan": found.plan, "from": card.format_moment(found.starts)}
    plans |= {"charge": None if found.is_free else way}
    about = {"old": of.quantity, "new": found.number, "days": found.days, **plans, **sums}
    return work.ApiAnswer.show_model(200, shapes.ChangeCosts.model_validate(about))


def _running(tx: UnitOfWork, subscription_id: str) -> running.Subscription:
    if (of := running.get(tx.connection, subscription_id)) is None:
        raise HTTPException(404, "no such subscription")
    return of


def _not_changed(why: Reason) -> work.ApiAnswer:
    return work.ApiAnswer.show_model(409, shapes.ChangeRefused(error=_NOT_CHANGED[why], reason=why))


def _make(
    api: SellerApi, tx: UnitOfWork, of: running.Subscription, wanted: shapes.SubscriptionChange, mark: str
) -> QuantitySet | RenewalToPay | Reason:
    """Make the change, or order it, and note in the trail by which token, and why."""
    assert wanted.start is not None, "a change has it"
    changes, change = Changes(api.quotes, api.server_key), WantedChange(wanted.start, wanted.quantity, wanted.plan)
    quoted = changes.quote(tx.connection, of, change, tx.now) if wanted.charge == "kept_method" else None
    way = changes.way(tx.connection, quoted, tx.now) if isinstance(quoted, ChangeQuote) else None
    made = changes.make(tx, of, change, shown=wanted.gross, way_id=way.id if way is not None else None)
    if isinstance(made, RenewalToPay):
        details = {"order": made.number, "mark": mark, "charged": made.charging}
        told = partial(audit.note, tx.connection, agent_id=None, what="change_ordered", at=tx.now)
        by = f"{wanted.ordered_by}: " if wanted.ordered_by else ""
        told(account_id=of.account_id, details=details, after=f"{by}{wanted.reason}")
    return made


def _changed(
    api: SellerApi, tx: UnitOfWork, subscription_id: str, wanted: shapes.SubscriptionChange, mark: str
) -> work.ApiAnswer:
    of, ordered = _running(tx, subscription_id), dict[str, str]()
    if wanted.start is not None:
        made = _make(api, tx, of, wanted, mark)
        letters = made if isinstance(made, str) else announce(tx, of, made, api.server_key)
        if isinstance(made, RenewalToPay):
            ordered = {"order_number": made.number, "charge": "kept_method" if made.charging else "link"}
    elif wanted.at == "now":
        letters = cancelling.end_now(tx, of, wanted.reason, api.quotes, api.server_key)
    else:
        letters = () if cancelling.stop_renewal(tx, of, wanted.reason) else None
    if letters is None or isinstance(letters, str):
        return _not_changed(letters or "not_running")
    for letter in letters:
        api.outbox.leave(tx.connection, letter)
    now = seller_lists.one_subscription(tx.connection, subscription_id) or {}
    return work.ApiAnswer.show_model(200, shapes.SubscriptionChanged.model_validate({**now, **ordered}))
