"""A request that raised what its handler didn't catch: what was a mistake of ours, and what will be over in a while."""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.jobs.faults import described

_log = structlog.get_logger(__name__)


RETRY_AFTER_S = 5


async def away(_request: Request, _error: Exception) -> Response:
    """The store can't be reached, which has told its alarm itself: the client is to come again."""
    busy = {"error": "the desk can't store anything just now"}
    return JSONResponse(busy, 503, headers={"Retry-After": str(RETRY_AFTER_S)})


async def broken(request: Request, error: Exception) -> Response:
    """What nobody expected: an alarm for whoever is on call, a plain 500 for the client.

    Neither address nor message are logged: tokens stand in the one, customers' words may stand in the other."""
    at = getattr(request.scope.get("endpoint"), "__qualname__", "unknown")
    _log.error("request_failed", alarm=True, method=request.method, at=at, **described(error))
    return JSONResponse({"error": "this failed on our side"}, 500)
