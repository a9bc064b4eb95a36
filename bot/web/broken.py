"""A request that raised what nobody expected: an alarm for whoever is on call, a plain 500 for the client."""

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.engine.faults import described

_log = structlog.get_logger(__name__)


async def broken(request: Request, error: Exception) -> Response:
    """Neither address nor message are logged: tokens stand in the one, customers' words may stand in the other."""
    at = getattr(request.scope.get("endpoint"), "__qualname__", "unknown")
    _log.error("request_failed", alarm=True, method=request.method, at=at, **described(error))
    return JSONResponse({"error": "this failed on our side"}, 500)
