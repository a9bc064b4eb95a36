"""A message was changed afterwards: every answer that it gave is put right, as far as back reaches.

An edit never binds, wipes an answer or has anything sent a second time. Where it would, the customer reads what stands,
with the way to change it.
"""

from collections.abc import Iterator
from typing import Any

from dialogs.kit import harvest
from dialogs.kit.correct import ALIKE, likeness, make_named_choice, reread, value_of
from dialogs.kit.effects import Command, Effect, Job
from dialogs.kit.journey import EDIT, AnyStep
from dialogs.kit.messages import Said
from dialogs.kit.moves import say_act_done
from dialogs.kit.options import Option
from dialogs.kit.play import Runner
from dialogs.kit.press import label, say_answer_back, say_chosen, way_to_change
from dialogs.kit.reaction import MissingSlotError
from values.meaning import Correction, Expects, Fact, Intent, Meaning, NavigationCommand, Press, Refusal
from values.offer import WITHOUT
from values.parsing import Ok

_ASKS = "ask_"
_NO_WISH = frozenset({"inform", "out_of_scope", "greet", "thank", "goodbye"})


def replace_edited_values(play: Runner[Any], said: Said) -> bool:
    """Put the values right that the changed message had given, and keep those that it names now for later steps.

    Return whether it had given any.
    """
    before = {fact.kind: fact for fact in said.before or () if not fact.adds}
    fresh = tuple(fact for fact in said.facts if fact.kind not in before and not fact.adds and _is_new(play, fact))
    found = _add_ons(play, said)
    for fact in said.facts:
        old = before.get(fact.kind)
        step = _answered_by(play, old) if old is not None and not fact.others else None
        if step is None or old is None:
            continue
        found = True
        if fact.text == old.text:
            continue
        if value_of(play, step) == _as_kept(play, step, old.text):
            revise(play, step, fact.text)
        else:  # something said later stands
            say_chosen(play, step)
    if found:
        harvest.keep_facts(play, fresh)
    return found


def _is_new(play: Runner[Any], fact: Fact) -> bool:
    """Return whether nobody has named such a value yet, nor asks for it now."""
    taking = [step for step in play.journey.steps if harvest.answers(step, fact)]
    return play.position not in taking and all(value_of(play, step) is None for step in taking)


def _add_ons(play: Runner[Any], said: Said) -> bool:
    """Change the numbers of add-ons that the message named, and take out what it names no more."""
    before = {fact.text.partition(":")[0]: fact for fact in said.before or () if fact.adds}
    now = {fact.text.partition(":")[0]: fact for fact in said.facts if fact.adds}
    changed = [fact for name, fact in now.items() if name in before and fact != before[name]]
    if now:
        changed += [Fact(one.kind, f"{name}:{WITHOUT}", adds=True) for name, one in before.items() if name not in now]
    harvest.keep_facts(play, tuple(changed))
    return bool(before) and bool(now)


def _answered_by(play: Runner[Any], old: Fact) -> AnyStep | None:
    """Return the step to which a value was the answer; where that has another one by now, a step of its kind."""
    steps = [s for s in play.journey.steps if harvest.answers(s, old) and value_of(play, s) is not None]
    same = (s for s in steps if value_of(play, s) == _as_kept(play, s, old.text))
    return next(same, next((s for s in steps if not s.anytime), None))


def _as_kept(play: Runner[Any], step: AnyStep, text: str) -> str:
    """Return a value in the form in which the step keeps it."""
    read = step.read(text, play.ctx)
    return str(read.value) if isinstance(read, Ok) else text


def revise_edited_answer(play: Runner[Any], said: Said, text: str) -> None:
    """Find which answer a message changed afterwards had given, and put it right.

    It is the one that the message had answered; else likeness tells, or a form that only one answer has; if the open
    step has refused one, it is that one. Else it is none of them: never a new answer.
    """
    given = play.journey.known(said.answered)
    if isinstance(said.meaning, Correction):
        apply_edited_correction(play, said.meaning)
        return
    if given is not None and given.parse is not None and given.path in play.case.talk.answered:
        if _as_kept(play, given, text) != value_of(play, given):
            revise(play, given, text)
        return
    readings = [(s, r.value) for s in _typed(play) if isinstance(r := s.read(text, play.ctx), Ok)]
    if any(str(value) == value_of(play, step) for step, value in readings):
        return
    alike = {step.path: likeness(value_of(play, step), str(value)) for step, value in readings}
    best = max((s for s, _ in readings), key=lambda s: alike[s.path], default=None)
    open_again = play.position.parse is not None and play.case.talk.misses > 0
    if best is not None and alike[best.path] >= ALIKE:
        revise(play, best, text)
    elif open_again and play.position.takes(text, play.ctx):
        reread(play, play.position, text)
    elif best is not None and not best.typed.free_text:
        revise(play, best, text)
    elif open_again:
        reread(play, play.position, text)
    else:
        play.say("kit.edit_unread")


def apply_edited_correction(play: Runner[Any], correction: Correction) -> None:
    """Put right what a changed message names as wrong, within the limits of an edit."""
    named = play.journey.named(correction.what, play.position.dialog)
    step = next((s for s in named if value_of(play, s) is not None), None)
    if step is None or correction.text is None:
        play.say("kit.edit_unread")
    elif value_of(play, step) != _as_kept(play, step, correction.text):
        revise(play, step, correction.text)


def only_tells(play: Runner[Any], meaning: Meaning) -> bool:
    """Return whether words put into a message whose question is still open may be heard as if they were new.

    They answer or ask; a wish, a command or a button of another page isn't given by an edit.
    """
    step = play.position
    match meaning:
        case Press(payload):
            return payload.partition(":")[0] == step.name and step.expects is not Expects.nothing
        case Intent(name):
            own = name in step.intents and step.expects is not Expects.nothing
            return own or is_no_wish(name)
        case NavigationCommand() | Correction() | Refusal():
            return False
        case _:
            return True


def is_no_wish(intent: str) -> bool:
    """Return whether words of this intent only ask, tell or mean nothing here."""
    return intent in _NO_WISH or intent.startswith(_ASKS)


def revise(play: Runner[Any], step: AnyStep, text: str) -> None:
    """Take another answer to a step, or offer the change where more than the answer hangs on it."""
    if not play.askable(step) or _more_hangs_on(play, step):
        _offer(play, step, text)
    elif step.parse is None:
        make_named_choice(play, step, text)
    else:
        reread(play, step, text)


def _more_hangs_on(play: Runner[Any], step: AnyStep) -> bool:
    """Return whether an act stands on the answer, something was sent for it, or typed answers would be lost with it."""
    if play.journey.behind_an_act(step, play.case, play.ctx):
        return True
    hanging = [play.journey.step(path) for path in play.journey.dependants(step)]
    done = [one for one in hanging if play.journey.is_answered(one, play.case, play.ctx)]
    typed = any(one.parse is not None and one.path in play.case.talk.answered for one in done)
    return typed or any(not _only_asks(effect) for one in done for effect in _effect_of(play, one))


def _effect_of(play: Runner[Any], step: AnyStep) -> Iterator[Effect]:
    try:
        if step.effect is not None:
            yield step.effect(play.slots(step), play.ctx)
    except MissingSlotError:
        return


def _only_asks(effect: Effect) -> bool:
    return (isinstance(effect, Job) and effect.looks_up) or (isinstance(effect, Command) and effect.reads_only)


def _offer(play: Runner[Any], step: AnyStep, text: str) -> None:
    """Say what stands and what the message says now, with the way to change it; a wrong value is refused."""
    read = step.read(text, play.ctx)
    if step.parse is not None and not isinstance(read, Ok):
        play.say(f"refused.{read.reason}", read.params)
        return
    way = _way(play, step, text)
    if way is None:
        _say_fixed(play)
        return
    value, options = (read.value if isinstance(read, Ok) else text), play.offered(step)
    now = say_answer_back(step, step.answer_now(play.slots(step), play.ctx), options)
    said = {"step": label(step), "answer": say_answer_back(step, value, options), "now": now}
    play.say("kit.edit_offered", said, (way,))


def _way(play: Runner[Any], step: AnyStep, text: str) -> Option | None:
    if play.askable(step):
        return Option(f"{EDIT}:{step.name}", f"edit.{step.name}")
    payload = way_to_change(play, str(step.expects) if step.parse is not None else step.name, text)
    return next((option for option in play.offered(play.position) if option.payload == payload), None)


def _say_fixed(play: Runner[Any]) -> None:
    said = len(play.says)
    say_act_done(play)
    if len(play.says) == said:
        play.say("kit.edit_unread")


def _typed(play: Runner[Any]) -> list[AnyStep]:
    """Return the answered steps that took a typed answer and may take another, the last one first."""
    answered = reversed(play.journey.answered(play.case, play.ctx))
    return [s for s in answered if s.parse is not None and s.slots and play.askable(s)]
