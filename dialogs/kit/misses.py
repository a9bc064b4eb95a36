"""Answers that the open step could not take: each time in a row the desk helps more."""

from typing import Any

from dialogs.kit.effects import Say
from dialogs.kit.options import Option
from dialogs.kit.play import Runner
from values.parsing import ParseRefused
from values.phone import NOT_SERVED

HUMAN = Option("/agent", "option.agent")
#: Refusals that no other way of writing helps: a person is offered at once.
HOPELESS = frozenset({NOT_SERVED, "tax_number.foreign"})
BACK = Option("/back", "option.back")


def tell_missed_answer(play: Runner[Any], refused: ParseRefused) -> None:
    """Say what was wrong; the second time also where to find it; from the third on offer a person."""
    step, misses = play.position, play.case.talk.misses + 1
    if step.awaits_machine:
        play.say("kit.working")
        return
    play.talk(misses=misses)
    play.say(f"refused.{refused.reason}", refused.params)
    if play.binds(step):
        hint = Say(f"{step.path}.hint", step.params(play.slots(step), play.ctx), brief=True)
        person = Say("kit.offer_human", options=(HUMAN,), brief=True)
        play.apply((person if misses > 2 else hint,), step.path)
    elif refused.reason in HOPELESS:
        play.say("", options=(HUMAN,))
    elif misses == 2:
        play.say(f"{step.path}.hint", step.params(play.slots(step), play.ctx))
    elif misses > 2:
        play.say("kit.offer_human", options=(HUMAN,))


def answer_unbinding_yes(play: Runner[Any]) -> None:
    """Answer a yes that doesn't bind here: only how it is given; from the third on offer a person, too."""
    step, misses = play.position, play.case.talk.misses + 1
    play.talk(misses=misses)
    hint = Say(f"{step.path}.hint", step.params(play.slots(step), play.ctx), brief=True)
    person = Say("kit.offer_human", options=(HUMAN,), brief=True)
    play.apply((hint, person) if misses > 2 else (hint,), step.path)


def answer_declined_question(play: Runner[Any]) -> None:
    """Answer a no to what binds: what follows of it, and the ways on. What was to be agreed to isn't repeated."""
    step = play.position
    said = Say(f"{step.path}.declined", step.params(play.slots(step), play.ctx), (BACK, HUMAN), brief=True)
    play.apply((said,), step.path)


def not_understood(play: Runner[Any], text: str) -> None:
    """Answer words without a meaning here; the open step's own parser says best what is wrong with them."""
    step = play.position
    parsed = step.parse(text, play.slots(step), play.ctx) if step.parse is not None and text else None
    tell_missed_answer(play, parsed if isinstance(parsed, ParseRefused) else ParseRefused("not_understood"))
