"""A customer's place in the journey: the steps in their order, and the answers that an agent may give or put right."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from msgspec import Struct

from bot.usecases.agents.masking import ContactMasks
from bot.usecases.agents.sight import Sight
from bot.usecases.agents.talk_view import find_corrections
from dialogs.handoff.proposals import judge_proposal
from dialogs.kit import Word, is_proposed, may_others_answer, read_slots
from dialogs.kit.journey import AnyStep
from dialogs.kit.press import say_answer_back
from dialogs.state import ConversationState, Ctx
from services.store.conversations import StoredConversation
from values.private import Private, PrivateStruct

State = Literal["done", "here", "ahead"]


class StepSeen(Struct, frozen=True):
    """A step of the journey."""

    path: str
    name: str
    state: State


class StepPart(Struct, frozen=True):
    """The steps of one dialog."""

    name: str
    steps: tuple[StepSeen, ...]


class ProposalSeen(PrivateStruct):
    """An address that an agent has proposed, and what became of it; contacts are masked."""

    old: Private[str]
    new: Private[str]
    became: str
    by: str


class StepAnswer(PrivateStruct):
    """An answer that an agent may give in the customer's stead.

    `value` is the present answer; None without one, or with contact data in it, which only `hint` shows, masked.
    `open`: the customer is at this question now. `holds`: the value that holds until the customer has confirmed the
    answer, empty if there is none, None where no answer waits for them. `proposals` are those decided on. `ways` are
    answers that aren't typed, by their VALUE and their words: that there is no tax number.
    """

    path: str
    name: str
    expects: str
    value: Private[str | None]
    hint: Private[str]
    open: bool
    holds: Private[str | None] = None
    ways: tuple[tuple[str, str], ...] = ()
    proposals: tuple[ProposalSeen, ...] = ()


class Stands(Struct, frozen=True):
    """A conversation's progress through its steps. `here` names the open step."""

    here: str
    part: str
    done: int
    of: int
    parts: tuple[StepPart, ...]
    answers: tuple[StepAnswer, ...]

    @property
    def waiting(self) -> tuple[StepAnswer, ...]:
        """The answers that were put right and wait for the customer."""
        return tuple(answer for answer in self.answers if answer.holds is not None)


def view_standing(
    sight: Sight,
    connection: sa.Connection,
    conversation: StoredConversation,
    case: ConversationState,
    now: datetime,
    locale: str,
) -> Stands:
    """Return the view of one conversation."""
    with sight.context(connection, conversation, case, now) as ctx:
        return _stands(_Seen(sight, case, ctx, locale, sight.masks(connection, conversation, case)))


def _stands(seen: "_Seen") -> Stands:
    sight, case, locale = seen.sight, seen.case, seen.locale
    here = sight.journey.position(case, seen.ctx)
    done, of = sight.journey.progress(case, seen.ctx)
    return Stands(
        here=sight.step(here, locale),
        part=sight.part(here, locale),
        done=done,
        of=of,
        parts=tuple(seen.parts(here)),
        answers=tuple(seen.answers(here)),
    )


class _Seen(Struct, frozen=True):
    sight: Sight
    case: ConversationState
    ctx: Ctx
    locale: str
    masks: ContactMasks

    def parts(self, here: AnyStep) -> Iterator[StepPart]:
        """Return the dialogs that have a step which applies, in order; the open step is among them whatever it is."""
        journey = self.sight.journey
        for dialog in journey.dialogs.values():
            slots = read_slots(self.case, dialog.name, self.ctx)
            shown = [s for s in dialog.steps if s.path == here.path or (s.manners.counted and s.when(slots, self.ctx))]
            steps = tuple(self._step(s, here) for s in shown)
            if shown:
                yield StepPart(self.sight.part(shown[0], self.locale), steps)

    def _step(self, step: AnyStep, here: AnyStep) -> StepSeen:
        done = step.done(read_slots(self.case, step.dialog, self.ctx), self.ctx)
        state: State = "here" if step.path == here.path else "done" if done else "ahead"
        return StepSeen(step.path, self.sight.step(step, self.locale), state)

    def answers(self, here: AnyStep) -> Iterator[StepAnswer]:
        """Return the open step first if it may be answered by others, then the answered ones in their order."""
        journey = self.sight.journey
        if self._open_to_others(here):
            yield self._answer(here, is_open=True)
        for step in journey.steps:
            if step.path != here.path and self._open_to_others(step) and journey.askable(step, self.case, self.ctx):
                yield self._answer(step, is_open=False)

    def _open_to_others(self, step: AnyStep) -> bool:
        return may_others_answer(step) and step.typed.others(read_slots(self.case, step.dialog, self.ctx), self.ctx)

    def _answer(self, step: AnyStep, *, is_open: bool) -> StepAnswer:
        held = step.answer_now(read_slots(self.case, step.dialog, self.ctx), self.ctx)
        waits = find_corrections(self.case, self.masks).get(step.path)
        value = waits.new if waits is not None and waits.new else None if held is None else str(held)
        shown = self.masks.mask_answer(step.expects, value or "")
        masked = bool(value) and shown != value
        return StepAnswer(
            path=step.path,
            name=self.sight.step(step, self.locale),
            expects=str(step.expects),
            value=None if masked else value,
            hint=shown if masked else self._in_words(step, value),
            open=is_open,
            holds=None if waits is None else self.masks.mask_answer(step.expects, waits.holds),
            ways=tuple(self._ways(step)) if is_open and not is_proposed(step) else (),
            proposals=tuple(self._proposals(step)),
        )

    def _proposals(self, step: AnyStep) -> Iterator[ProposalSeen]:
        """Yield the proposals for the step's answer on which something was decided, the newest first."""
        for one in reversed(self.case.handoff.proposals):
            became = judge_proposal(one, self.case, self.ctx.now, self.ctx.books) if one.step == step.path else None
            if became is not None:
                old, new = (self.masks.mask_answer(step.expects, address) for address in (one.old or "", one.new))
                yield ProposalSeen(old, new, became, one.by or "")

    def _in_words(self, step: AnyStep, value: str | None) -> str:
        """Return the words of an answer that is no text of its own: that there is no tax number."""
        said = say_answer_back(step, value, ()) if value == "" else None
        return self.sight.words(said.key, self.locale) if isinstance(said, Word) else ""

    def _ways(self, step: AnyStep) -> Iterator[tuple[str, str]]:
        """Yield the answers that the open step takes beside a typed one."""
        for option in step.options(read_slots(self.case, step.dialog, self.ctx), self.ctx):
            if option.step == step.name and option.binds is None and not option.hidden:
                yield option.value, self.sight.words(option.key, self.locale)
