"""Whole talks by customers of twelve styles: whether they end as wanted, and what disturbs them on the way."""

import random
from collections.abc import AsyncGenerator, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as own
from pathlib import Path

from msgspec import field

from bot.simulation.customer import WILLING
from bot.simulation.outcomes.judge import Verdict, are_alike, bound_by, judged, subjects, values_of, with_alike
from bot.simulation.outcomes.styles import LANGUAGES, STYLES, ComposedLine, Composer
from bot.simulation.outcomes.talks import Talker, TalkOutcome
from bot.simulation.outcomes.trial import SENDER, TriedMessage, foresee_turn, visit_of
from bot.simulation.outcomes.wanted import Facts, Talk

_ENDS = ("zone.", "feedback.")
_MOST_TRIES = 3
"""At one place; then buttons are pressed, as often."""


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
    found = judged(Facts(lang="", at="", text=line.text, want=line.want), trial)
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
