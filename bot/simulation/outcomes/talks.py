"""Whole talks by customers who type everything: they read where they stand and say what they have for it.

Those of twelve styles tell whether talks end as wanted, and what disturbs them on the way.
"""

import random
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as own
from pathlib import Path

from msgspec import Struct, field

from bot.simulation.customer import WILLING
from bot.simulation.outcomes.effects import are_alike, bound_by, subjects, values_of, with_alike
from bot.simulation.outcomes.judge import Verdict, judge_message
from bot.simulation.outcomes.styles import LANGUAGES, STYLES, ComposedLine, Composer
from bot.simulation.outcomes.trial import NEW_HERE, SENDER, STEPS, TriedMessage, foresee_turn, parse_line, visit_of
from bot.simulation.outcomes.wanted import Facts, Talk
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
_ENDS = ("zone.", "feedback.")
_MOST_TRIES = 3
"""At one place; then buttons are pressed, as often."""


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


async def play_talk(profile: Path, talk: Talk, number: int) -> TalkOutcome:
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
            await self.play(parse_line(elsewhere))
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


class StyledTalk(TalkOutcome, kw_only=True):
    """The end of a talk in a style: `ended` as its customer wanted it; `disturbed` tells by what messages it was."""

    style: str
    ended: bool = False
    disturbed: list[str] = field(default_factory=list[str])

    @property
    def right(self) -> bool:
        """True where it ended as wanted with at most one disturbance."""
        return self.ended and len(self.disturbed) <= 1

    @property
    def has_way_on(self) -> bool:
        """True where it came to the customer's zone, by buttons if not by words."""
        return self.at.startswith(_ENDS)


async def play_styles(profile: Path, seed: int, each: int) -> AsyncGenerator[StyledTalk]:
    """Yield so many talks of each style and language; the same ones for a seed."""
    for style, lang, number in ((s, code, n) for s in STYLES for code in LANGUAGES for n in range(each)):
        talk = StyledTalk(Talk(lang=lang, says={}), style=style)
        dice = random.Random(f"{seed} {style} {lang} {number}")  # noqa: S311 - it must come out the same each time
        async with visit_of(profile, lang, SENDER) as (visit, player):
            composer = Composer(style, lang, dice)
            talker = _StyledTalker(
                visit, via=visit.door, diary=player.diary, outcome=talk, styled=talk, composer=composer
            )
            await talker.say("/start")
            await talker.talk()
            talk.at, talk.lines = visit.at, visit.diary.lines
            talk.ended = talker.has_all()
        yield talk


@dataclass
class _StyledTalker(Talker):
    """The customer for whom each message is composed where they stand; `known` is what the desk has had of theirs."""

    composer: Composer = own(kw_only=True)
    styled: StyledTalk = own(kw_only=True)
    known: dict[str, str] = own(default_factory=dict[str, str])
    bound: set[str] = own(default_factory=set[str])
    consents: set[str] = own(default_factory=set[str])
    tried: dict[str, int] = own(default_factory=dict[str, int])

    async def answers(self, place: str) -> bool:
        at, offered = self.door.at, self.door.buttons
        place = place or at.partition(".")[2]
        self.tried[place] = self.tried.get(place, 0) + 1
        if self.tried[place] > _MOST_TRIES:
            ways = [*(way for way in WILLING if way in offered), *(way for way in offered if way.startswith(place))]
            await self.say(ways[0] if ways else "/back")
            return self.tried[place] < 2 * _MOST_TRIES
        before = await foresee_turn(self.desk, "?", len(self.diary.lines))  # as it stands, with what registers sent
        self.composer.code = await self.code() if self.door.expects == "contact_code" else ""
        line = self.composer.say_next(place, values_of(before.before), self.tried[place] - 1)
        trial = await foresee_turn(self.desk, line.text, -len(self.diary.lines))
        self.known |= values_of(trial.after, trial.commands)
        self.consents = {*(trial.after.account.consents or self.consents)}
        self.bound |= {*bound_by(trial)}
        self.tried[place] -= not line.answers_step
        await self.say(line.text)
        found = [*_disturbances(line, trial, self.known)]
        if line.answers_step and self.door.at == at and not any(one != _UNANSWERED for one in found):
            found.append("asked again")
        for how in found:
            self.diary.did(f"disturbed: {how}")
            self.styled.disturbed.append(f"{how} at {place}: {line.text}")
        return True

    def has_all(self) -> bool:
        """Return whether everything is as the customer wants it."""
        goal, kept = self.composer.goal, {"auto_renewal": "no"} | self.known
        return (
            self.styled.has_way_on
            and "order" in self.bound
            and ("einvoice" in self.bound) == (goal["einvoice"] == "activate")
            and self.consents == self.composer.consents
            and all(are_alike(kept.get(slot, ""), goal[slot]) for slot in goal if slot not in ("consents", "einvoice"))
        )


_UNANSWERED = "not answered"


def _disturbances(line: ComposedLine, trial: TriedMessage, known: Mapping[str, str]) -> Iterator[str]:
    """Yield what a customer would mind of what came of a message."""
    found = judge_message(Facts(lang="", at="", text=line.text, want=line.want), trial)
    was, now = values_of(trial.before), values_of(trial.after, trial.commands)
    unwanted = {*found.bound, *found.unasked} - {*line.acts}
    proven = was.keys() - now.keys()  # its slot is empty then
    if unwanted or (found.verdict is Verdict.WRONG and not (found.bound or found.unasked or proven)):
        yield "wrong: " + ", ".join(sorted(unwanted) or [slot for slot in now if was.get(slot) != now[slot]])
    elif found.lost:
        yield f"lost: {', '.join(found.lost)}"
    elif found.verdict is Verdict.ASKED:
        yield "asked back"
    elif any(say.key.startswith("refused.") for say in trial.says):
        yield "not understood"
        if not line.answers_step:
            return
    if line.answers and not _is_answered(line.answers, trial, known):
        yield _UNANSWERED


def _is_answered(answers: tuple[str, ...], trial: TriedMessage, known: Mapping[str, str]) -> bool:
    """Return whether a question is answered, or its answer offered; `=` begins a slot whose value is told."""
    good, told = with_alike(answers), _spread(trial.text)
    values = [known.get(one[1:], "?") for one in answers if one.startswith("=")]
    offered = {payload.removeprefix("faq:") for payload in trial.offered if payload.startswith("faq:")}
    return bool(good & (subjects(trial) | offered)) or any(_spread(value) in told for value in values if value != "?")


def _spread(text: str) -> str:
    return "".join(filter(str.isalnum, text)).lower().removeprefix("48").removeprefix("ul")
