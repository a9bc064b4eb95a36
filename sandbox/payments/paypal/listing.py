"""`GET /v1/reporting/transactions`: what was paid to the account, page by page."""

from datetime import datetime, timedelta
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.attempts import ProviderAttempt
from sandbox.payments.paypal import shapes
from sandbox.world import World

LONGEST: Final = timedelta(days=31)
MOST: Final = 500
CHECKOUT: Final = "T0006"


async def list_transactions(world: World, request: Request) -> Response:
    """List captured payments, the oldest first."""
    asked = request.query_params
    try:
        since, until = (datetime.fromisoformat(asked[name]) for name in ("start_date", "end_date"))
        size, page = int(asked.get("page_size", "100")), int(asked.get("page", "1"))
    except (KeyError, ValueError):
        raise shapes.invalid("INVALID_PARAMETER_SYNTAX", "start_date, end_date, page_size, page") from None
    if not timedelta(0) <= until - since <= LONGEST or not 1 <= size <= MOST or page < 1:
        raise shapes.invalid("INVALID_REQUEST", "at most 31 days and 500 a page")
    taken = [one for one in world.book.all() if one.provider == "paypal" and one.settled and one.amount]
    known = [one for one in taken if since <= datetime.fromisoformat(one.details["captured_at"]) <= until]
    shown = known[(page - 1) * size : page * size]
    body = {"transaction_details": [{"transaction_info": _transaction(one)} for one in shown], "page": page}
    return JSONResponse({**body, "total_items": len(known), "total_pages": -(-len(known) // size), "links": []})


def _transaction(attempt: ProviderAttempt) -> dict[str, Any]:
    at = attempt.details["captured_at"].replace("Z", "+0000")
    return {
        "transaction_id": attempt.details["capture_id"],
        "transaction_event_code": CHECKOUT,
        "transaction_initiation_date": at,
        "transaction_updated_date": at,
        "transaction_amount": shapes.money_of(attempt.amount, attempt.currency),
        "transaction_status": "S",
        "custom_field": attempt.reference,
    }
