"""What the customer's phone gets from outside, and the passing of days: the sandbox's own doors."""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any

import httpx

from benchmarks.thumbs.journeys import Stuck

CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
PATIENCE_S, PAUSE_S, DAY_S = 30.0, 0.1, 86_400


@dataclass
class Sandbox:
    """The stand-ins of one desk. A message that was used isn't read again, on whatever phone."""

    http: httpx.AsyncClient
    _used: set[str] = field(default_factory=set[str])

    async def code(self, kind: str) -> str:
        """The newest message's code."""
        found = CODE.search((await self.newest(kind))["text"])
        if found is None:
            raise Stuck(f"no code in the {kind}")
        return found[0]

    async def newest(self, kind: str) -> Any:
        """The newest message of this kind that asks for something and hasn't been used."""
        for _ in range(int(PATIENCE_S / PAUSE_S)):
            answer = await self.http.get("/sandbox/api/messages")
            fresh = [one for one in answer.json() if one["kind"] == kind and one["id"] not in self._used]
            acting = [one for one in fresh if one["links"] or CODE.search(one["text"])]
            if acting:
                self._used.add(acting[-1]["id"])
                return acting[-1]
            await asyncio.sleep(PAUSE_S)
        raise Stuck(f"no {kind} came")

    async def pass_a_day(self) -> None:
        """Let the desk's clock run."""
        await self.http.post("/sandbox/api/clock", json={"advance_s": DAY_S})
