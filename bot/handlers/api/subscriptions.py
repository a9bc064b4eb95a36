"""`/subscriptions`: what runs, and what is changed, quoted and ended by the seller."""

from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal, Self

from fastapi import APIRouter, HTTPException, Path, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, model_validator

from bot.conversation.port import UnitOfWork
from bot.handlers.api import shapes, work
from bot.handlers.api.dependencies import SellerApi
from bot.handlers.api.shapes import ApiError, Minor, SubscriptionListed
from bot.usecases.orders import cancelling
from bot.usecases.renewals.changes import ChangeQuote, Changes, Reason, WantedChange, announce
from bot.usecases.renewals.changes import Reason as NotChanged
from dialogs.messages.renewal import RenewalToPay
from dialogs.messages.zone import QuantitySet
from services.agents import audit
from services.keyed_hash import keyed_hex
from services.payments.refunds import MOST_REASON
from services.seller import card, seller_lists
from services.subscriptions import subscription_record

Charge = Literal["kept_method", "link"]
OneLine = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]


class SubscriptionChanged(SubscriptionListed):
    """A subscription as it stands. `order_number`: a change waits for the money of this order, taken as `charge` tells.

    `kept_method`: it is being charged to what its customer's renewals are charged to; refused, its link is sent.
    """

    order_number: str | None = None
    charge: Charge | None = None


class SubscriptionChange(BaseModel):
    """A change of how a subscription goes on: `auto_renewal` false and `ended` at `term_end` are the same.

    At once, what was paid stays paid: a refund gives it back. Only its customer switches a renewal on. Another
    `quantity`, another `plan`, or both are told with `from`.
    """

    model_config = ConfigDict(extra="forbid")

    auto_renewal: Literal[False] | None = None
    status: Literal["ended"] | None = None
    at: Literal["now", "term_end"] | None = None
    quantity: int | None = Field(default=None, ge=1, le=1000, description="More `now` cost the days that are left.")
    plan: str | None = Field(default=None, min_length=1, max_length=64, description="By its `id` in the offer.")
    start: Literal["now", "next_term"] | None = Field(default=None, alias="from")
    charge: Charge | None = Field(default=None, description="How more `now` is paid; else by its link.")
    gross: int | None = Field(default=None, ge=0, description="The sum that was agreed to, as the quote told it.")
    ordered_by: OneLine | None = Field(default=None, description="Who has ordered it of you: kept in the trail.")
    reason: str = Field(min_length=1, max_length=MOST_REASON, description="For your books.")

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        """Refuse a charge for what nobody has ordered at a sum."""
        said = (self.ordered_by, self.gross)
        if self.charge == "kept_method" and (self.start != "now" or None in said):
            raise ValueError("a kept method is charged for a change from now, with gross and ordered_by")
        if self.start is None and (self.charge, *said) != (None, None, None):
            raise ValueError("charge, gross and ordered_by are a change's")
        return self

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        changed = self.plan or self.quantity
        pairs = (self.status, self.at), (changed, self.start)
        asked = [one for one in (self.auto_renewal, self.status, changed) if one is not None]
        if any((one is None) != (other is None) for one, other in pairs) or (
            changed is not None if len(asked) > 1 else not asked
        ):
            raise ValueError("auto_renewal false, status ended with at, or quantity or plan with from")
        return self


class NewChangeQuote(BaseModel):
    """A quantity or a plan to be priced, and from when it would be so."""

    model_config = ConfigDict(extra="forbid")

    quantity: int | None = Field(default=None, ge=1, le=1000)
    plan: str | None = Field(default=None, min_length=1, max_length=64)
    start: Literal["now", "next_term"] = Field(alias="from")
    reason: str | None = Field(default=None, max_length=MOST_REASON, description="Not kept: a quote changes nothing.")

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if self.quantity is None and self.plan is None:
            raise ValueError("quantity, plan, or both")
        return self


class ChangeCosts(BaseModel):
    """Sums of a change, in minor units: for the `days` that are left, or from the next term on that whole term."""

    model_config = ConfigDict(serialize_by_alias=True, populate_by_name=True)

    old: int
    new: int
    old_plan: str
    new_plan: str
    days: int
    net: Minor
    vat: Minor
    gross: Minor
    start: str = Field(alias="from", description="The moment from which it is so.")
    charge: Charge | None = Field(description="How it can be paid at once; null where there is nothing to pay now.")


class ChangeRefused(ApiError):
    """Nothing was changed."""

    reason: NotChanged


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
    409: {"model": ChangeRefused, "description": "Not possible, for the `reason` told."},
}


@router.patch(
    "/subscriptions/{subscription_id}",
    operation_id="change_subscription",
    response_model=SubscriptionChanged,
    dependencies=[work.MoneyScope],
    responses=_REFUSED,
)
async def change(api: work.Api, request: Request, subscription_id: _Id, wanted: SubscriptionChange) -> JSONResponse:
    """Let a subscription end, now or with its term, or change its plan or how many there are; the customer is told.

    Ended, it isn't renewed, and nothing is charged; a plan's add-ons end with it. More `now`, or a dearer plan, is
    ordered: the customer gets the payment link, and it is so with the money. From the next term on, or in a trial, it
    stands at once.

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
    response_model=ChangeCosts,
    dependencies=[work.MoneyScope],
    responses=_REFUSED,
)
async def quote(api: work.Api, request: Request, subscription_id: _Id, wanted: NewChangeQuote) -> JSONResponse:
    """Tell what another quantity or plan would cost. It changes nothing."""
    return await work.answer_once(api, request, wanted, None, lambda tx: _quoted(api, tx, subscription_id, wanted))


def _quoted(api: SellerApi, tx: UnitOfWork, subscription_id: str, wanted: NewChangeQuote) -> work.ApiAnswer:
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
    return work.ApiAnswer.show_model(200, ChangeCosts.model_validate(about))


def _running(tx: UnitOfWork, subscription_id: str) -> subscription_record.Subscription:
    if (of := subscription_record.get(tx.connection, subscription_id)) is None:
        raise HTTPException(404, "no such subscription")
    return of


def _not_changed(why: Reason) -> work.ApiAnswer:
    return work.ApiAnswer.show_model(409, ChangeRefused(error=_NOT_CHANGED[why], reason=why))


def _make(
    api: SellerApi, tx: UnitOfWork, of: subscription_record.Subscription, wanted: SubscriptionChange, mark: str
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
    api: SellerApi, tx: UnitOfWork, subscription_id: str, wanted: SubscriptionChange, mark: str
) -> work.ApiAnswer:
    of, ordered = _running(tx, subscription_id), dict[str, str]()
    if wanted.start is not None:
        made = _make(api, tx, of, wanted, mark)
        letters = made if isinstance(made, str) else announce(tx, of, made, api.server_key)
        if isinstance(made, RenewalToPay):
            ordered = {"order_number": made.number, "charge": "kept_method" if made.charging else "link"}
    elif wanted.at == "now":
        letters = cancelling.end_running_service(tx, of, wanted.reason, api.quotes, api.server_key)
    else:
        letters = () if cancelling.stop_renewal(tx, of, wanted.reason) else None
    if letters is None or isinstance(letters, str):
        return _not_changed(letters or "not_running")
    for letter in letters:
        api.outbox.leave(tx.connection, letter)
    now = seller_lists.one_subscription(tx.connection, subscription_id) or {}
    return work.ApiAnswer.show_model(200, SubscriptionChanged.model_validate({**now, **ordered}))
