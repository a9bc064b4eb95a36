"""Plays one event of a conversation to its end: reactions, acts and their outcomes, until a question or a wait."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from msgspec import Struct, field
from msgspec.structs import replace

from dialogs.kit import effects, messages
from dialogs.kit.card import CardContent, card_checksum, choose_rows
from dialogs.kit.journey import EDIT, AnyStep, Journey
from dialogs.kit.once import read_slots, share_outcomes
from dialogs.kit.options import Option, Params, Word
from dialogs.kit.reaction import MissingSlotError
from dialogs.kit.shown import Bindings, differing_since, figures_of, shown_by, tell_differences
from dialogs.kit.step import BoundStep
from dialogs.kit.talk import UNSHOWN, StateBase, TalkState
from values.meaning import Fact

C = TypeVar("C", bound=StateBase)
Perform = Callable[[effects.Command, str], messages.Event]

# A turn that needs more acts than this has gone in a circle: a mistake in a dialog, found by its property tests.
MOST_ACTS = 32
SLOW = "slow"


class Question(Struct, frozen=True):
    """The open step's question: the words' key and parameters, and the quick replies.

    `brief`: what is said with it takes the place of its words. `reads`: the documents that its answer binds to and that
    can be read in full. `lapsed`: the code, link or page that it is about has run out, so another is offered.
    """

    step: AnyStep
    params: Params
    options: tuple[Option, ...]
    brief: bool = False
    reads: tuple[str, ...] = ()
    lapsed: str | None = None
    card: CardContent | None = None


class IssuedJob(Struct, frozen=True):
    """A job with the key under which it is done once."""

    key: str
    job: effects.Job


_Taken = dict[object, tuple[AnyStep, str | None]]
_TELL_NOTHING = frozenset({"talk", "feedback"})
"""Parts of the state of which no card tells."""


class Outcome(Struct, Generic[C], frozen=True):
    """The outcome of one event.

    `dropped`: nobody awaited it, nothing changed. `held`: a person speaks with the customer, so what the dialogs say is
    for that person only. `before`, `after`: the steps that were open then. `late`: so many messages that a person's
    presence kept back are to be said with it, the last ones. `repeats`: the question is the one that stood before, and
    no answer has changed, so that its card is the same. `began`, `ctx`: the contexts at its beginning and end.
    `unsaid`: what reactions said was done, and isn't.
    """

    ctx: messages.Context[C]
    says: tuple[effects.Say, ...]
    question: Question | None
    jobs: tuple[IssuedJob, ...]
    timers: tuple[effects.SetTimer | effects.DropTimer, ...]
    commands: tuple[effects.Command, ...]
    dropped: bool
    held: bool = False
    before: str = ""
    after: str = ""
    late: int = 0
    repeats: bool = False
    unsaid: tuple[effects.Say, ...] = ()
    began: messages.Context[C] | None = None

    @property
    def case(self) -> C:
        """The state at its end."""
        return self.ctx.case


class Runner(Struct, Generic[C]):
    """The work of one decision. Mutable, and gone when it is made; nothing outside is touched but by `perform`."""

    journey: Journey
    case: C
    context: Callable[[C], messages.Context[C]]
    perform: Perform
    new_key: Callable[[], str]
    says: list[effects.Say] = field(default_factory=list[effects.Say])
    jobs: list[IssuedJob] = field(default_factory=list[IssuedJob])
    timers: list[effects.SetTimer | effects.DropTimer] = field(
        default_factory=list[effects.SetTimer | effects.DropTimer]
    )
    commands: list[effects.Command] = field(default_factory=list[effects.Command])
    gave_up: bool = False  # what was being filled in was given up
    unheard: bool = False  # what was said is heard no further
    before: str = ""  # the step that was open when it began; empty where nobody looked
    began: messages.Context[C] | None = None  # the context in which it began
    corrected: _Taken = field(default_factory=dict[object, tuple[AnyStep, str | None]])  # by the label of each step
    changed: tuple[effects.Say, ...] = ()  # what is to be said of what the open question would show otherwise by now
    facts: tuple[Fact, ...] = ()  # values that the customer has agreed to, to be taken
    agreed: effects.PutRight | None = None  # an address that was agreed to, to be taken as the customer's own answer
    _stood: tuple[C, AnyStep] | None = None  # the last position found, and for which case
    _seen: messages.Context[C] | None = None  # the last context made
    _alike: C | None = None  # its case, or a later one that shows the same

    # --- where it stands ---

    @property
    def ctx(self) -> messages.Context[C]:
        """The context of the case as it is now."""
        seen = self._seen
        if seen is None or seen.case is not self.case:
            now = self.context(self.case)
            if seen is not None and self._alike is self.case:
                share_outcomes(seen, now)
            self._seen = seen = now
            self._alike = self.case
        return seen

    @property
    def position(self) -> AnyStep:
        """The step at which the conversation stands now."""
        stood = self._stood
        if stood is None or stood[0] is not self.case:
            self._stood = stood = self.case, self.journey.position(self.case, self.ctx)
        return stood[1]

    def offered(self, step: AnyStep) -> tuple[Option, ...]:
        return self.journey.offered(step, self.ctx)

    def binds(self, step: AnyStep) -> bool:
        """Return whether an answer to the step's own question binds the customer."""
        return step.name in [option.step for option in self.offered(step) if option.binds is not None]

    def slots(self, step: AnyStep) -> Any:
        return read_slots(self.case, step.dialog, self.ctx)

    def askable(self, step: AnyStep) -> bool:
        return self.journey.askable(step, self.case, self.ctx)

    def bound(self, step: AnyStep) -> BoundStep | None:
        """Return what an answer to the step binds to now; None where it binds to nothing that is shown."""
        return step.display.bound_to(self.slots(step), self.ctx) if step.display.bound_to is not None else None

    def lapsed(self, step: AnyStep) -> str | None:
        """Return what has run out of all that the step waits for an answer to."""
        return step.display.lapsed(self.slots(step), self.ctx)

    def awaited(self, step: AnyStep) -> bool:
        return step.path in [label.partition("/")[0] for label in self.case.talk.awaiting]

    def stand_in(self, ctx: messages.Context[C]) -> None:
        """Go on from a context of the case in which the message was understood, with what was worked out there."""
        self._seen, self._alike = ctx, self.case

    def hear_in(self, context: Callable[[C], messages.Context[C]]) -> None:
        """Go on in a context that has the message, as `context` makes it of a case."""
        here, self.context = self.ctx, context
        self._seen, self._alike = context(self.case), self.case
        share_outcomes(here, self._seen)

    # --- what becomes true ---

    def talk(self, **changes: Any) -> None:
        """Change what the kit keeps of the conversation.

        What is so already leaves the case the very same: where it stands needn't be looked for again.
        """
        before = self.case
        changed = [name for name, value in changes.items() if getattr(before.talk, name) != value]
        if not changed:
            return
        self.case = replace(before, talk=replace(before.talk, **changes))
        if UNSHOWN.issuperset(changed):
            self._shows_what_was_shown(before)

    def _shows_what_was_shown(self, before: C) -> None:
        """Keep where it stands and what was worked out before the case became what it is."""
        if self._stood is not None and self._stood[0] is before:
            self._stood = self.case, self._stood[1]
        if self._alike is before:
            self._alike = self.case

    def say(self, key: str, params: Params | None = None, options: tuple[Option, ...] = ()) -> None:
        self.says.append(effects.Say(key, params or {}, options))

    def answer(self, step: AnyStep, event: messages.Answered) -> None:
        """Answer the step: forget what depended on the old answer, then take the new one."""
        self.case = self.journey.without_dependants(self.case, step, self.ctx)
        self.talk(revising=None, editing=None, misses=0)
        if not self.deliver_to(step, event):
            self.keep(step, event.value)
        if self.journey.is_answered(step, self.case, self.ctx):
            others = (path for path in self.case.talk.answered if path != step.path)
            self.talk(answered=(*others, step.path))

    def give_up(self, event: messages.Cancelled) -> None:
        """Clear the answers; each dialog says what outlives it (an account, a proven contact, a paid order)."""
        self.gave_up = True
        self.deliver(event)
        before = self.case
        for dialog in self.journey.dialogs.values():
            slots = read_slots(self.case, dialog.name, self.ctx)
            self._take(dialog.name, slots, dialog.afresh(slots))
        kept = tuple(step.path for step in self.journey.answered(self.case, self.ctx))
        wanted = self._still_wanted(before)
        self.talk(answered=kept, awaiting=wanted, revising=None, reopened=None, editing=None, misses=0, wish=None)

    def start_again(self) -> None:
        """Give up what is being filled in, and say so."""
        self.give_up(messages.Cancelled())
        self.say("kit.restarted")

    def deliver(self, event: messages.Event, step: AnyStep | None = None) -> bool:
        """Let the step, or else every dialog that always listens, react; return False if nobody does."""
        if step is not None and self.deliver_to(step, event):
            return True
        listening = self.journey.listening.get(type(event), ())
        for dialog, reaction in listening:
            self._react(dialog, f"{dialog}.*", reaction, event)
        return bool(listening)

    def deliver_to(self, step: AnyStep, event: messages.Event) -> bool:
        reaction = step.reactions.get(type(event))
        if reaction is not None:
            self.react(step, reaction, event)
        return reaction is not None

    def aside(self, payload: str) -> bool:
        """Let the dialog react that offers this quick reply beside the open step; return False if none does."""
        for dialog in self.journey.dialogs.values():
            offered = dialog.asides(read_slots(self.case, dialog.name, self.ctx), self.ctx)
            if any(option.payload == payload for option in offered):
                return self.deliver(messages.AsidePressed(payload))
        return False

    def result(self, key: str, event: messages.Event) -> bool:
        """Deliver a job's result: to the step that caused it while that is open, to the dialogs afterwards.

        False if it is no longer awaited.
        """
        label = next((label for label, awaited in self.case.talk.awaiting.items() if awaited == key), None)
        if label is None:
            return bool(getattr(event, "unasked", False)) and self.deliver(event)
        self.talk(awaiting={k: v for k, v in self.case.talk.awaiting.items() if k != label})
        step = self.journey.known(label.partition("/")[0])
        still_open = step is not None and self.journey.is_open(step, self.case, self.ctx)
        return self.deliver(event, step if still_open else None)

    def ask(self, intent: str) -> bool:
        """Let the dialogs that answer this question do so; return False if none does."""
        heard = False
        for dialog in self.journey.dialogs.values():
            if reaction := dialog.questions.get(intent):
                self._react(dialog.name, f"{dialog.name}.*", reaction, messages.Asked(intent))
                heard = True
        return heard

    def anywhere(self, payload: str) -> bool:
        """Let the dialog that takes this payload at any step do so; return False if none does."""
        for dialog in self.journey.dialogs.values():
            if reaction := dialog.takes(payload):
                self.talk(revising=None, editing=None, misses=0)
                self._react(
                    dialog.name, f"{dialog.name}.*", reaction, messages.Answered(payload.partition(":")[2], payload)
                )
                return True
        return False

    def react(self, step: AnyStep, reaction: Callable[..., effects.Decision[Any]], event: messages.Event) -> None:
        self._react(step.dialog, step.path, reaction, event)

    def settle(self) -> None:
        """Cause what the `do` steps that are reached cause, until a person's step or a result is awaited."""
        for _ in range(MOST_ACTS):
            step = self.position
            if step.effect is None or self.awaited(step):
                return
            self.apply((step.effect(self.slots(step), self.ctx),), step.path)
            if step.act.slow_after is not None and self.awaited(step):
                self.timers.append(effects.SetTimer(SLOW, self.ctx.now + step.act.slow_after))
        raise RuntimeError(f"{self.position.path} is reached again and again")

    # --- what it causes ---

    def apply(self, caused: tuple[effects.Effect, ...], origin: str, *, news: bool = False) -> None:
        """Carry out a decision's effects in order; decide on a command's outcome before the next effect."""
        for effect in caused:
            match effect:
                case effects.Say(key=key, card=card):
                    shown = choose_rows(card, self.ctx.seller) if card is not None else None
                    self.says.append(replace(effect, card=shown, kept=news and bool(key or shown)))
                case effects.SetTimer() | effects.DropTimer():
                    self.timers.append(effect)
                case effects.Tell(event):
                    self.deliver(event)
                case effects.StartAgain():
                    self.start_again()
                case effects.Forget(kept):
                    slots = {name: getattr(self.case, name) for name in kept}
                    self.case = type(self.case)(TalkState(locale=self.case.talk.locale, greeted=True), **slots)
                case effects.AwaitRemark():
                    self.talk(remark=True)
                case effects.Adopt(case):
                    self.case = self._adopted(case)
                case effects.Unheard():
                    self.unheard = True
                case effects.Hear(wish):
                    self.talk(wish=wish)
                case effects.PutRight():
                    self.agreed = effect
                case effects.TakeFacts(facts):
                    self.facts = facts
                case effects.Speak(locale):
                    self.talk(locale=locale, undecided=False)
                case effects.Unawait():
                    dialog, awaiting = f"{origin.partition('.')[0]}.", self.case.talk.awaiting
                    self.talk(awaiting={label: key for label, key in awaiting.items() if not label.startswith(dialog)})
                case effects.Command():
                    if (instead := self.journey.hold_back(effect, self.ctx)) is not None:
                        self.case = self.began.case if self.began else self.case  # nothing counts of what led to it
                        self._perform_command(instead, origin)
                        return
                    self._perform_command(effect, origin)
                case effects.Job():
                    self._issue_job(effect, origin)
                case _:
                    raise TypeError(f"{origin} caused {type(effect).__name__}, which is no kind of effect")

    def _still_wanted(self, before: C) -> dict[str, str]:
        """Return the jobs whose result may still come: those asked for on behalf of answers that stand."""
        wanted: dict[str, str] = {}
        for label, key in self.case.talk.awaiting.items():
            step = self.journey.known(label.partition("/")[0])
            if step is None or (step.done(self.slots(step), self.ctx) and self._same_grounds(step, before)):
                wanted[label] = key
        return wanted

    def _same_grounds(self, step: AnyStep, before: C) -> bool:
        """Return whether the answers that the step builds on are still those of before."""
        return all(
            needed.answer_in(self.slots(needed)) == needed.answer_in(read_slots(before, needed.dialog, self.ctx))
            for needed in self.journey.needed(step)
        )

    def _perform_command(self, command: effects.Command, origin: str) -> None:
        if len(self.commands) >= MOST_ACTS:
            raise RuntimeError(f"{origin} causes act after act")
        self.commands.append(command)
        outcome = self.perform(command, self.new_key())
        if not command.reads_only:  # the books may have other things to say from now on
            self._seen = self._stood = self._alike = None
        if not self.deliver(outcome, self.journey.known(origin)):
            raise TypeError(f"{origin} caused {type(command).__name__} but does not react to {type(outcome).__name__}")

    def _issue_job(self, job: effects.Job, origin: str) -> None:
        key = self.new_key()
        self.jobs.append(IssuedJob(key, job))
        self.talk(awaiting={**self.case.talk.awaiting, f"{origin}/{job.label}": key})

    def _adopted(self, case: StateBase) -> C:
        if not isinstance(case, type(self.case)):
            raise TypeError("a conversation can go on as one of its own kind only")
        talk = TalkState(locale=case.talk.locale, greeted=True, answered=case.talk.answered)
        return replace(case, talk=talk)

    def _react(
        self, dialog: str, origin: str, reaction: Callable[..., effects.Decision[Any]], event: messages.Event
    ) -> None:
        try:
            slots = read_slots(self.case, dialog, self.ctx)
            decision = reaction(slots, event, self.ctx)
        except MissingSlotError:
            return
        self._take(dialog, slots, decision.slots)
        self.apply(decision.effects, origin, news=isinstance(event, messages.News))

    def keep(self, step: AnyStep, value: object) -> None:
        slots = self.slots(step)
        self._take(step.dialog, slots, step.with_answer(slots, value))

    def _take(self, dialog: str, before: Any, now: Any) -> None:
        if now is not before:
            self.case = replace(self.case, **{dialog: now.make_draft()})

    # --- what is said of it ---

    def question(self) -> Question | None:
        """Return what the open step asks; None while a machine's result is due."""
        step = self.position
        if step.awaits_machine:
            return None
        # In short only what was shown in full: words that have changed since are shown again.
        bindings = self.journey.binding(step, self.ctx)
        shows = shown_by(bindings, self.case.talk.locale)
        brief = True in [say.brief for say in self.says] and shows in (None, self.case.talk.shown)
        params, lapsed = step.params(self.slots(step), self.ctx), self.lapsed(step)
        card = self.journey.card(step, self.ctx)
        reads = tuple([id_ for _, bound in bindings for id_ in bound.reads])
        self._say_differing(bindings)
        self.talk(shown=shows)
        return Question(step, params, self.offered(step), brief, reads, lapsed, card)

    def _say_differing(self, bindings: Bindings) -> None:
        """Say what differs from what was shown before, unless that has been said; keep the figures that are shown now.

        They are forgotten once something is placed upon them.
        """
        talk, said, now = self.case.talk, {say.key for say in self.says}, figures_of(bindings)
        since = (
            differing_since(talk.figures[1], now[1], self.ctx) if talk.figures is not None and now is not None else ()
        )
        self.says += [say for say in self.changed or since if say.key not in said]
        self.talk(figures=(now[0].path, now[1].mark) if now is not None else self._still_good(talk.figures))

    def _still_good(self, figures: tuple[str, str] | None) -> tuple[str, str] | None:
        step = self.journey.known(figures[0]) if figures is not None else None
        if step is None or not step.when(self.slots(step), self.ctx):
            return None
        placed = step.answer.revise is None and self.journey.behind_an_act(step, self.case, self.ctx)
        return None if placed else figures

    def _say_gone(self) -> None:
        """Say why something is asked again that was answered: the profile has it no more."""
        said = {say.key for say in self.says}
        for key in dict.fromkeys(key for key, _ in self.case.talk.gone if key.startswith("kit.")):
            if key not in said:
                self.say(key)
        named = dict.fromkeys(one for one in self.case.talk.gone if not one[0].startswith("kit."))
        if named:
            self.say("kit.gone", {"what": tuple(Word(key, (("product", product),)) for key, product in named)})
        self.talk(gone=())

    def compare(self) -> None:
        """Find what the open question would show otherwise than when it was asked: no answer counts on that."""
        talk = self.case.talk
        if talk.shown is not None:
            self.changed = tell_differences(talk.shown, self.journey.binding(self.position, self.ctx), self.ctx)

    def played(self, *, ask: bool, dropped: bool = False, held: bool = False) -> Outcome[C]:
        """Return the outcome, with the open step's question if it is to be asked; keep what that shows and binds to."""
        # The way out of a dialog that raises begins nowhere, and mustn't look where it ends.
        after = self.position.path if self.before else ""
        question = self.question() if ask and True not in [say.alone for say in self.says] else None
        repeats = False
        if question is not None:
            self._say_gone()
            card = card_checksum(question.card)
            repeats = after == self.before and self._answers_as_before(card)
            self.talk(card=card)
        claims = self.journey.done
        unsaid = [say for say in self.says if say.key in claims and not self._holds(say)]
        asks = after != self.before and (question is not None or self.position.awaits_machine)
        says = [say for say in self.says if say not in unsaid] if unsaid else self.says
        self.says = [replace(say, params={**say.params, "asks": asks}) if say.ack else say for say in says]
        late = self._kept_back(held=held, speaks=bool(self.says) or question is not None)
        if (edits := self._edits()) or after != self.before:
            self.talk(edits=edits)
        done = (tuple(self.says), question, tuple(self.jobs), tuple(self.timers), tuple(self.commands))
        return Outcome(self.ctx, *done, dropped, held, self.before, after, late, repeats, tuple(unsaid), self.began)

    def _holds(self, say: effects.Say) -> bool:
        """Return whether what it says is done is so, by the state and the books as they are now."""
        step, taken = self.corrected.get(say.params.get("step"), (None, None))
        if step is not None and str(step.answer_now(self.slots(step), self.ctx)) != taken:
            return False
        return self.journey.done[say.key](say.params, self.ctx)

    def _answers_as_before(self, card: int | None) -> bool:
        """Return whether a card stood before: the one of this mark, with the same answers and language."""
        began, case = self.began.case if self.began is not None else None, self.case
        if began is None or not began.talk.greeted or self.changed or began.talk.locale != case.talk.locale:
            return False
        if began.talk.card != card:
            return False
        names = {*case.__struct_fields__} - _TELL_NOTHING
        slots = [(getattr(began, name), getattr(case, name)) for name in names]
        return False not in [was is now or was == now for was, now in slots]

    def _edits(self) -> tuple[str, ...]:
        """Return the names of answers that what is said offers to change."""
        aside = [option for say in self.says for option in say.options if option.aside]
        return tuple([option.value for option in aside if option.payload == f"{EDIT}:{option.value}"]) if aside else ()

    def edits_left(self) -> tuple[Option, ...]:
        """Return the buttons for changing answers that were offered at this step, beside those of its question."""
        asked = {option.payload for option in self.offered(self.position)}
        known = {step.name for step in self.journey.steps if self.askable(step)}
        left = (name for name in self.case.talk.edits if name in known and f"{EDIT}:{name}" not in asked)
        return tuple(Option(f"{EDIT}:{name}", f"edit.{name}", aside=True) for name in left)

    def _kept_back(self, *, held: bool, speaks: bool) -> int:
        """Count a message that is kept back; return how many are to be said now that the person has left."""
        before = self.case.talk.kept_back
        if held:
            self.talk(kept_back=before + any(say.kept for say in self.says))
        if held or not speaks or self.case.muted:
            return 0
        self.talk(kept_back=0)
        return before
