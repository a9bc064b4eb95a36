"""Who hears what providers tell of an order's money: the conversation it was placed in, else the subscription that it
renews."""

from services.orders.order_record import OrderRecord
from services.subscriptions import renewal_timer


def of(order: OrderRecord) -> str | None:
    """The owner of events and calls about this order; None where there is nobody."""
    return order.conversation_id or of_renewal(order)


def of_renewal(order: OrderRecord) -> str | None:
    """The subscription that the order renews."""
    renewed = next((item.renews for item in order.items if item.renews is not None), None)
    return None if renewed is None else renewal_timer.owner_of(renewed)
