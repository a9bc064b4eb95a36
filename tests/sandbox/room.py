"""What the tests work with: a sandbox in this process, a desk that notes what it hears, real time standing still."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx

from sandbox.app import Sandbox
from sandbox.clock import MovableClock
from sandbox.ledger import Ledger

URL = "http://127.0.0.1:8080"
DESK = "http://desk.localhost:8000"


@dataclass
class Desk:
    """The receiver of notices and of payers who come back; answers with `status`."""

    status: int = 200
    falls_over: bool = False
    notices: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    returns: list[str] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self.falls_over:
            raise RuntimeError
        body = b""
        while (message := await receive()).get("more_body"):
            body += message["body"]
        body += message.get("body", b"")
        if scope["method"] == "POST":
            headers = {name.decode(): value.decode() for name, value in scope["headers"]}
            self.notices.append((scope["path"], headers, body))
        else:
            query = scope["query_string"].decode()
            self.returns.append(scope["path"] + (f"?{query}" if query else ""))
        await send({"type": "http.response.start", "status": self.status, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    def bodies(self) -> list[dict[str, Any]]:
        """The notices' contents."""
        return [json.loads(body) for _, _, body in self.notices]


@dataclass
class Room:
    """What a test works with."""

    sandbox: Sandbox
    ledger: Ledger
    clock: MovableClock
    desk: Desk
    client: httpx.AsyncClient
    slept: list[float]

    async def post_api(self, path: str, **body: Any) -> Any:
        """A call of the control API that succeeds."""
        response = await self.client.post(f"/sandbox/api/{path}", json=body)
        assert response.status_code == 200, response.text
        return response.json()

    async def get_api(self, path: str, **query: str) -> Any:
        """A reading of the control API."""
        response = await self.client.get(f"/sandbox/api/{path}", params=query)
        assert response.status_code == 200, response.text
        return response.json()


def noon() -> datetime:
    """Real time stands still in these tests."""
    return datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
