"""A transport that calls the stand-ins in the same process and still keeps to the client's read time-out."""

import anyio
import httpx
from starlette.types import ASGIApp


class InProcessTransport(httpx.AsyncBaseTransport):
    """`httpx.ASGITransport` never times out; this one gives up as a network client would."""

    def __init__(self, app: ASGIApp) -> None:
        self._inner = httpx.ASGITransport(app=app)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Call the app; raises httpx.ReadTimeout when the answer takes longer than the request's `read` time-out."""
        patience = request.extensions.get("timeout", {}).get("read")
        try:
            with anyio.fail_after(patience):
                return await self._inner.handle_async_request(request)
        except TimeoutError as error:
            raise httpx.ReadTimeout("the sandbox did not answer in time", request=request) from error
