"""Whole talks by customers who type everything: they read where they stand and say what they have for it."""

from dataclasses import dataclass
from dataclasses import field as own
from pathlib import Path

from msgspec import Struct, field

from bot.simulation.outcomes.places import NEW_HERE, STEPS
from bot.simulation.outcomes.trial import done, visit_of
from bot.simulation.outcomes.wanted import Talk
from bot.simulation.scripted import ScriptPlayer, Unlike
from sandbox.testing.pages import code_in

_MOST_TURNS = 60
_PASSWORD = "Zielony7Parasol!"
_HELP = {
    "start": "start:buy",
    "account": "account:new",
    "consents": "consents:required",
    "confirm": "confirm:yes",
    "method": "method:blik",
    "terms": "terms:accept",
    "clauses": "clauses:accept",
    "pay": "pay:now",
    "einvoice": "einvoice:later",
}
"""Buttons pressed for a customer who has said all they have and stands there still."""
_ELSEWHERE = {"secure_page": f"* page password={_PASSWORD}", "payment": "* pays", "email_link": "* letter"}
"""Done elsewhere than in the chat, by what is expected or by the place."""


class TalkOutcome(Struct):
    """The end of a talk: `through` is paid and done without help.

    `repeats` counts questions asked again after an answer to them; `stuck` names the places where help was needed.
    """

    talk: Talk
    through: bool = False
    repeats: int = 0
    stuck: list[str] = field(default_factory=list[str])
    at: str = ""
    lines: list[str] = field(default_factory=list[str])


async def played(profile: Path, talk: Talk, number: int) -> TalkOutcome:
    """Play a talk to its end. Errors: Broken where the desk doesn't answer."""
    outcome, left = TalkOutcome(talk), {place: list(lines) for place, lines in talk.says.items()}
    async with visit_of(profile, talk.lang, f"typing-customer-{number:08d}") as (visit, player):
        talker = Talker(visit, via=visit.door, diary=player.diary, outcome=outcome, left=left)
        await talker.say("/start")
        await talker.talk()
        outcome.at, outcome.lines = visit.at, visit.diary.lines
    return outcome


@dataclass
class Talker(ScriptPlayer):
    """The customer who types all they have; pages, letters and the bank are done as a script does them."""

    outcome: TalkOutcome = own(kw_only=True)
    left: dict[str, list[str]] = own(default_factory=dict[str, list[str]], kw_only=True)
    again: set[str] = own(default_factory=set[str])

    async def talk(self) -> None:
        for _ in range(_MOST_TURNS):
            if self.door.at.startswith(("zone.", "feedback.")):
                self.outcome.through = not self.outcome.stuck
                return
            try:
                if not await self._turn():
                    return
            except Unlike:  # the open page is another one than a new customer's
                self.outcome.stuck.append(self.door.at)
                return

    async def _turn(self) -> bool:
        """Do the next thing; return False where nothing can be done any more."""
        place = STEPS.get(self.door.at, "")
        elsewhere = _ELSEWHERE.get(self.door.expects) or _ELSEWHERE.get(place)
        if elsewhere is not None:
            await self.play(done(elsewhere))
            return True
        if await self.answers(place):
            return True
        self.outcome.stuck.append(place or self.door.at)
        if place not in _HELP or self.outcome.stuck.count(place) > 1:
            return False
        await self.say(_HELP[place])
        return True

    async def answers(self, place: str) -> bool:
        """Say what there is to say here; return False where that is nothing."""
        if (line := self._next(place)) is not None:
            await self.say(line.replace("{code}", await self.code()) if "{code}" in line else line)
        return line is not None

    def _next(self, place: str) -> str | None:
        """Return what the customer says here next: the second time of the answer is a repeat."""
        if place == "account" and place not in self.again:
            self.again.add(place)
            return NEW_HERE[self.outcome.talk.lang]
        if left := self.left.get(place):
            return left.pop(0)
        if place in self.again or place not in self.outcome.talk.again:
            return None
        self.again.add(place)
        self.outcome.repeats += 1
        return self.outcome.talk.again[place]

    async def code(self) -> str:
        """Return the newest code that was sent."""
        sent = [one["text"] for one in await self.desk.outbox() if one["kind"] == "sms"]
        return code_in(sent[-1])
