"""Messages tried at places of a sign-up: what each would come to there, without anything of it being kept."""

import tempfile
import tomllib
from collections import defaultdict
from collections.abc import AsyncGenerator, Iterable, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path
from typing import Any

from msgspec import Struct

from bot.conversation.identity import hashed_address
from bot.conversation.inbound import Inbound, Text
from bot.conversation.stored import StoredMessage
from bot.simulation.outcomes.wanted import BadSet, OneMessage
from bot.simulation.run import new_desk, until_opening
from bot.simulation.script import Mark, ScriptLine, line_of
from bot.simulation.scripted import HeardDiary, ScriptPlayer
from bot.simulation.visit import SimulatedVisit, open_visit
from dialogs.kit import Command, Said, Say
from dialogs.state import ConversationState
from services.store.journal import AGENT, BOT
from values.channel import Channel

_LISTED: Mapping[str, Any] = tomllib.loads(Path(__file__).with_name("places.toml").read_text("utf-8"))
WAY: str = _LISTED["way"]
PLACES = frozenset(line[2:] for line in WAY.splitlines() if line.startswith("@ "))
STEPS: Mapping[str, str] = _LISTED["steps"]
"""The place of each open step, as REST names it."""
NEW_HERE: Mapping[str, str] = _LISTED["new_here"]
"""The answer to whether there is an account, by language."""
SENDER = "tried-customer-00000001"


class TriedMessage(Struct, frozen=True):
    """The turn that a message would take: its reading, the state before and after it, and all that it would cause.

    `text` is the reply as plain words; `offered` the payloads of its buttons; `place` and `step` are the open steps
    before and after it.
    """

    said: Said
    before: ConversationState
    after: ConversationState
    says: tuple[Say, ...]
    commands: tuple[Command, ...]
    calls: tuple[str, ...]
    text: str
    offered: tuple[str, ...]
    step: str
    place: str


async def try_items(profile: Path, lang: str, items: Iterable[OneMessage]) -> list[tuple[OneMessage, TriedMessage]]:
    """Try all items of one language on the way of one customer. Errors: Unlike, Broken where the way isn't as known."""
    at: defaultdict[str, list[OneMessage]] = defaultdict(list)
    for item in items:
        at[item.at].append(item)
    if unknown := sorted({*at} - PLACES):
        raise BadSet(f"there is no place {', '.join(unknown)}. There are: {', '.join(sorted(PLACES))}")
    found: list[tuple[OneMessage, TriedMessage]] = []
    async with visit_of(profile, lang, SENDER) as (visit, player):
        numbers = count(1)
        for written in WAY.strip().splitlines():
            if not written.startswith(Mark.STANDS):
                await player.play(parse_line(written))
                continue
            here = at[written.removeprefix(Mark.STANDS).strip()]
            found += [(item, await foresee_turn(visit, item.text, next(numbers))) for item in here]
    return found


def parse_line(written: str) -> ScriptLine:
    """Return a line of a script of this package's own. Errors: TypeError for one that is written wrong."""
    line = line_of(Path("places.py"), 0, written)
    if not isinstance(line, ScriptLine):
        raise TypeError(f"{written}: {line.what}")
    return line


@asynccontextmanager
async def visit_of(profile: Path, lang: str, sender: str) -> AsyncGenerator[tuple[SimulatedVisit, ScriptPlayer]]:
    """Yield a customer's visit to a desk of their own, in the morning."""
    heard = HeardDiary()
    with tempfile.TemporaryDirectory(prefix="okienko-outcomes-") as folder:
        async with new_desk(profile, Path(folder)) as desk, open_visit(desk, sender, lang, heard) as visit:
            await visit.advance(until_opening(desk.clock, desk.profile.seller.time_zone))
            yield visit, ScriptPlayer(visit, via=visit.door, diary=heard)


async def foresee_turn(visit: SimulatedVisit, text: str, number: int) -> TriedMessage:
    """Return what a message would come to where a visit stands."""
    address = hashed_address(Channel.REST, SENDER)
    inbound = Inbound(Channel.REST, address, f"tried-{number}", Text(text), locale_hint=visit.door.locale)
    seen = await visit.desk.desk.foresee(inbound)
    said = [StoredMessage.from_json(line.data) for line in seen.lines if line.kind in (BOT, AGENT)]
    cause = seen.lines[0].data
    return TriedMessage(
        seen.said,
        seen.before,
        seen.after,
        seen.result.says,
        seen.result.commands,
        tuple(cause.get("calls", ())),
        "\n".join(one.plain for one in said),
        tuple(button.payload for one in said for button in one.buttons),
        said[-1].step or "" if said else "",
        visit.at,
    )
