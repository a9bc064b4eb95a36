"""`/einvoice-activations`: the seller's system says that a customer's e-invoices are switched."""

import re

from fastapi import APIRouter, HTTPException

from bot.conversation.port import UnitOfWork
from bot.handlers.api.shapes import ActivationChange, ApiError, EInvoiceState
from bot.handlers.api.work import ID, Api, not_found
from dialogs.einvoice import EInvoiceSwitched
from services.einvoicing import einvoices
from services.seller import rows, seller_events
from services.store import conversations

router = APIRouter(tags=["e-invoices"])


@router.patch(
    "/einvoice-activations/{activation_id}",
    operation_id="switch_einvoices",
    responses={
        **not_found("No such activation."),
        409: {
            "model": ApiError,
            "description": "Not yet: the order isn't paid, or the company isn't confirmed. `changed_meanwhile`: the "
            "status isn't the one that was `seen`: the customer has switched it.",
        },
    },
)
async def switch(api: Api, activation_id: str, change: ActivationChange) -> EInvoiceState:
    """Switch a customer's e-invoices and tell the customer's conversations. The id is `einvoice.id` of the card.

    With `einvoice_confirm = "seller"` in the profile an activation stays `requested` until this call.
    """
    return await api.desk.happen(lambda tx: _switch(tx, activation_id, change))


def _switch(tx: UnitOfWork, activation_id: str, change: ActivationChange) -> EInvoiceState:
    if not re.fullmatch(ID, activation_id):
        raise HTTPException(404, "no such activation")
    switched = einvoices.set_status(
        tx.connection, einvoice_id=activation_id, status=change.status, seen=change.seen, now=tx.now
    )
    if switched is None:
        raise HTTPException(404, "no such activation")
    if isinstance(switched, einvoices.EInvoiceRecord):
        raise HTTPException(409, "changed_meanwhile")
    if isinstance(switched, einvoices.ActivationNotYet):
        raise HTTPException(409, f"it can't be switched on yet: {switched.reason}")
    known = switched.einvoice
    if switched.changed:
        event = EInvoiceSwitched(known.status, known.email)
        for conversation in conversations.of_account(tx.connection, known.account_id):
            tx.tell(conversation.id, event)
        tx.publish(seller_events.einvoice_switched(known, tx.now))
    return EInvoiceState(**rows.EINVOICE.row(known))
