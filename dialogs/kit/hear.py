"""What the kit makes of the customer's words and presses: an answer, a correction, a move, or not understood."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dialogs.kit import moves
from dialogs.kit.journey import EDIT, AnyStep
from dialogs.kit.play import Play
from dialogs.kit.words import Answered, Chosen, Option, Param, Params, Said, Skipped, Word
from values.expects import Expects
from values.meaning import (
    Answer,
    Command,
    Correction,
    Discount,
    Empty,
    Faq,
    Intent,
    NotText,
    Press,
    SecretTyped,
    TooLong,
    Unclear,
)
from values.parsed import Refused

# Intents that are the same wish as a command.
INTENT_COMMANDS: Mapping[str, str] = {
    "back": "back",
    "cancel": "cancel",
    "restart": "restart",
    "help": "help",
    "talk_to_agent": "agent",
    "complaint": "agent",
}
HUMAN = Option("/agent", "option.agent")


def hear(play: Play[Any], said: Said) -> None:
    """Takes what was said into the play."""
    match said.meaning:
        case Press(payload):
            press(play, payload, stale=said.stale)
        case Command(name, argument):
            moves.command(play, name, argument)
        case Correction(what, text):
            correct(play, what, text)
        case Discount(code):
            correct(play, Expects.discount_code, code)
        case Answer(text, value):
            _answer(play, text if value is None else str(value), edited=said.edited)
        case Intent(name):
            _intent(play, name)
        case Faq(entry):
            play.say(f"faq.{entry}")
        case Unclear(candidates):
            _which(play, candidates)
        case SecretTyped(kinds):
            play.say("kit.secret_removed", {"kinds": tuple(Word(f"secret.{kind}") for kind in kinds)})
        case NotText(kind):
            play.say(f"kit.not_text.{kind}")
        case Empty():
            play.say("kit.empty")
        case TooLong():
            play.say("kit.too_long")


def press(play: Play[Any], payload: str, *, stale: bool = False) -> None:
    """A button: the open step's, a way to change an answer, or one of a step that is over."""
    step = play.position
    name, _, value = payload.partition(":")
    offered = {o.payload for o in step.options(getattr(play.case, step.dialog), play.ctx)}
    if name == EDIT:
        moves.edit(play, value)
    elif stale:
        _over(play, name)
    elif value == "skip" and step.optional and name == step.name:
        play.talk(revising=None, misses=0)
        play.deliver(Skipped(), step)
    elif payload in offered and value == EDIT and step.edits:
        play.talk(editing=step.path, misses=0)
    elif payload in offered and name == step.name:
        moves.take(play, step, Answered(value, payload))
    elif payload in offered:
        _foreign(play, step, payload, value)
    else:
        _over(play, name)


def _foreign(play: Play[Any], step: AnyStep, payload: str, value: str) -> None:
    """An option with another step's name: a way off the open step (`pay:now` after a failure), or that step anew."""
    play.talk(misses=0)
    if play.deliver_to(step, Chosen(payload, value)):
        return
    other = play.journey.named(payload.partition(":")[0], step.dialog)
    if other is None:
        raise TypeError(f"{step.path} offers {payload} but nothing reacts to it")
    moves.take(play, other, Answered(value, payload))


def _over(play: Play[Any], name: str) -> None:
    """A press on a button of a step that is over: nothing changes, the customer learns what was chosen."""
    step = play.journey.named(name, play.position.dialog)
    if step is not None and step.path in play.case.talk.answered:
        slots = getattr(play.case, step.dialog)
        value = getattr(slots, step.slots[0]) if step.slots else None
        options = step.options(slots, play.ctx)
        params: Params = {"step": label(step), "answer": spoken(step, value, options)}
        play.say("kit.chosen_before", params, (Option(f"{EDIT}:{step.name}", f"edit.{step.name}"),))
    else:
        play.say("kit.not_now")


def label(step: AnyStep) -> Word:
    """What the step is called in a sentence."""
    return Word(f"label.{step.name}")


def spoken(step: AnyStep, value: object, options: tuple[Option, ...] = ()) -> Param | tuple[Param, ...]:
    """An answer as it is said back: the quick reply's words for a choice, those of the ticked boxes for several, else
    the value itself."""
    if step.parse is not None or value is None:
        return None if value is None else str(value)
    if isinstance(value, tuple):
        return tuple(Word(o.key) for o in options if o.ticked is not None and o.value.rpartition(":")[2] in value)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return Word(f"option.{step.name}.{value}")


def correct(play: Play[Any], what: str, text: str | None) -> None:
    """An earlier answer is wrong: the new one is taken at once if it was given, else asked for."""
    step = play.journey.named(what, play.position.dialog)
    if step is None or not _reachable(play, step):
        play.say("kit.nothing_to_correct")
    elif text is None:
        moves.edit(play, step.name)
    elif step.parse is None:
        press(play, f"{step.name}:{text}") if step == play.position else moves.edit(play, step.name)
    else:
        _read(play, step, text, corrected=step != play.position)


def _reachable(play: Play[Any], step: AnyStep) -> bool:
    return step == play.position or step.path in play.case.talk.answered or (step.anytime and step.editable(play.ctx))


def _answer(play: Play[Any], text: str, *, edited: bool) -> None:
    step = play.position
    if edited and (last := _last_typed(play)) is not None:
        _read(play, last, text, corrected=True)
    elif step.parse is None:
        missed(play, Refused("not_understood"))
    else:
        _read(play, step, text, corrected=False)


def _last_typed(play: Play[Any]) -> AnyStep | None:
    """The step that the edited message answered: the last typed answer."""
    steps = (play.journey.step(path) for path in reversed(play.case.talk.answered))
    return next((s for s in steps if s.parse is not None and s.slots), None)


def _read(play: Play[Any], step: AnyStep, text: str, *, corrected: bool) -> None:
    assert step.parse is not None, "only steps with a parser are read"
    parsed = step.parse(text, getattr(play.case, step.dialog), play.ctx)
    if isinstance(parsed, Refused):
        if corrected:
            play.say(f"refused.{parsed.reason}", parsed.params)
            moves.edit(play, step.name)
        else:
            missed(play, parsed)
    else:
        moves.take(play, step, Answered(parsed.value, text))
        if corrected:
            play.say("kit.corrected", {"step": label(step), "answer": str(parsed.value)})


def missed(play: Play[Any], refused: Refused) -> None:
    """The open step could not take the answer: what was wrong; then where to find it; then a person."""
    step, misses = play.position, play.case.talk.misses + 1
    play.talk(misses=misses)
    play.say(f"refused.{refused.reason}", refused.params)
    if misses == 2:
        play.say(f"{step.path}.hint")
    elif misses > 2:
        play.say("kit.offer_human", options=(HUMAN,))


def _intent(play: Play[Any], name: str) -> None:
    step = play.position
    if payload := step.intents.get(name):
        press(play, payload)
    elif name in INTENT_COMMANDS:
        moves.command(play, INTENT_COMMANDS[name], None)
    elif name in ("greet", "thank", "goodbye"):
        play.say(f"kit.{name}")
    elif not play.ask(name):
        missed(play, Refused("not_understood"))


def _which(play: Play[Any], candidates: tuple[str, ...]) -> None:
    options = {o.payload: o for o in play.position.options(getattr(play.case, play.position.dialog), play.ctx)}
    known = tuple(options[c] for c in candidates if c in options)
    if known:
        play.say("kit.which", options=known)
    else:
        missed(play, Refused("not_understood"))


def reset_misses(play: Play[Any], before: AnyStep) -> None:
    """Another step is open than before: the count of misunderstandings begins anew."""
    if play.position.path != before.path and play.case.talk.misses:
        play.case = replace(play.case, talk=replace(play.case.talk, misses=0))
