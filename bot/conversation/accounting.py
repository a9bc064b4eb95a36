"""An account of a typed message: `custom.taken` and `custom.not_taken` of the REST channel.

Taken is what its turn set, by the difference of the answers before and after. Not taken is what was withheld, refused
or not understood, in the customer's own words, each with why.
"""

from typing import Any

from msgspec.structs import replace

from bot.conversation.stored import StoredCause
from dialogs.kit import Journey, Outcome, Said, Step, read_slots
from dialogs.state import ConversationState, Ctx
from values.meaning import Unclear

_WHY = {
    "kit.aside.nearest": "unanswered",
    "kit.aside.unknown": "unanswered",
    "kit.nothing_to_correct": "not_answered_yet",
    "kit.not_now": "not_now",
    "kit.not_yet": "not_bound",
    "kit.unseen": "unseen",
    "kit.which": "unclear",
    "offered.doubted": "doubted",
}
"""Of a message of which nothing else was taken: why, by what is said of it."""
_REFUSED, _WRONG, _UNANSWERED = "refused.", "kit.fact_wrong", "kit.aside.unanswered"
Pair = tuple[str, str]


def account_for(line: StoredCause, outcome: Outcome[ConversationState], journey: Journey) -> StoredCause:
    """Return the line of a typed message with its account; any other line as it is."""
    said = outcome.ctx.said
    if said is None or not said.typed:
        return line
    taken = list_taken(outcome, journey)
    return replace(line, taken=taken, not_taken=list_not_taken(outcome, said, line.text or "", took=bool(taken)))


def list_taken(outcome: Outcome[ConversationState], journey: Journey) -> tuple[Pair, ...]:
    """Return the answers that the turn set, as (step, value), in the order in which they were given."""
    began, ended = outcome.began or outcome.ctx, outcome.ctx
    given = {path: place for place, path in enumerate(ended.case.talk.answered)}
    steps = sorted(journey.steps, key=lambda step: given.get(step.path, -1))
    answers = ((step, _answer(step, ended)) for step in steps if step.slots and not step.awaits_machine)
    return tuple((step.name, now) for step, now in answers if now is not None and now != _answer(step, began))


def _answer(step: Step[Any], ctx: Ctx) -> str | None:
    value = step.answer_now(read_slots(ctx.case, step.dialog, ctx), ctx)
    return ",".join(map(str, value)) if isinstance(value, tuple) else None if value is None else str(value)


def list_not_taken(outcome: Outcome[ConversationState], said: Said, text: str, *, took: bool) -> tuple[Pair, ...]:
    """List words of the message that were neither done nor answered, each with why. `took`: its turn set something."""
    told = {say.key: say for say in outcome.says}
    found = [(fact.text, "not_given") for fact in said.not_given]
    found += [(str(told[_WRONG].params["value"]), "refused")] if _WRONG in told else []
    whole = next((why for key in told if (why := _WHY.get(key) or key.partition(_REFUSED)[2])), None)
    if whole is not None and text and not took and not (found and whole == "doubted"):
        return (*found, (text, whole))
    found += [(one.text, "unanswered") for one in said.also if isinstance(one, Unclear) and _UNANSWERED in told]
    return tuple(dict.fromkeys((*found, *((piece, "not_understood") for piece in said.unread))))
