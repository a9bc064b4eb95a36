"""A recogniser in the test's hand."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from bot.conversation.inbound import Inbound
from bot.conversation.pipeline import waits as pipeline_waits
from services.hearing.transcriber import Transcript


@dataclass
class Held:
    """A recogniser that hears when it is let, and the messages that have met a recording being heard."""

    let: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    met: list[Inbound] = field(default_factory=list[Inbound])
    words: list[str] = field(default_factory=list[str])  # in turn; none left: a greeting

    async def transcribe(self, *_recording: Any, **_how: Any) -> Transcript:
        self.asked.set()
        await self.let.wait()
        return Transcript(self.words.pop(0) if self.words else "dzień dobry", None)

    def waits(self, inbound: Inbound) -> bool:
        self.met.append(inbound)
        return pipeline_waits(inbound)
