"""An earlier answer is wrong: corrected in a sentence, or by somebody for the customer."""

from difflib import SequenceMatcher
from typing import Any

from dialogs.kit import moves
from dialogs.kit.card import answered_with
from dialogs.kit.effects import PutRight
from dialogs.kit.journey import EDIT, AnyStep, options_of
from dialogs.kit.messages import AddressProposed, AddressTaken, Answered, NamedValue, OtherNamed
from dialogs.kit.misses import HUMAN, tell_missed_answer
from dialogs.kit.options import Option
from dialogs.kit.play import Runner
from dialogs.kit.press import label, press, say_answer_back, say_chosen, way_to_change
from dialogs.kit.step import SKIP
from values.kinds import KINDS, kind_of
from values.meaning import ACCOUNT_EMAIL, OTHER, Expects, Fact
from values.parsing import Doubted, Ok, ParseRefused

# Alike enough to be one answer with a slip put right, and not another step's answer.
ALIKE = 0.6
#: By how much more alike an address is to be than the one that is usually meant.
CLEARLY = 0.2
_CONTACT = "change_contact"
_ONE, _MORE = "kit.corrected", "kit.answer"


def correct(play: Runner[Any], what: str, text: str | None, *, sure: bool = False) -> None:
    """Take the new answer at once if it was given, else ask for it.

    `what` is a step or the `expects` of one, or `OTHER`; `sure`: the text isn't doubted.
    """
    if what == OTHER:
        _other(play)
        return
    shown = _on_card(play, what)
    named = shown or play.journey.named(what, play.position.dialog)
    if what == Expects.email and text is not None:
        named = _likeliest(play, named, text, shown)
    elif len(shown) > 1:
        play.say("kit.which", options=tuple(Option(f"{EDIT}:{one.name}", f"edit.{one.name}") for one in shown))
        return
    here = next((s for s in named if s.path == play.position.path), None)
    step = here or next((s for s in named if play.askable(s)), None)
    if step is None and (payload := way_to_change(play, what, text)) is not None:
        press(play, payload)
    elif step is None and any(play.journey.is_answered(s, play.case, play.ctx) for s in named):
        moves.say_act_done(play)
    elif step is None:
        if not (any(play.journey.puts_off(one, play.ctx) for one in named) and play.ask("log_in_first")):
            _tell_where(play, what, named)
    elif text is None:
        moves.edit(play, step.name)
    elif step.parse is None:
        make_named_choice(play, step, text)
    else:
        reread(play, step, text, sure=sure)


def _tell_where(play: Runner[Any], what: str, named: list[AnyStep]) -> None:
    """Let the dialog of contacts say how one is changed elsewhere; a person helps with what isn't asked here."""
    kind = next((one for one in KINDS.values() if one.expects == what), None)
    if (what == ACCOUNT_EMAIL or (kind and _CONTACT in kind.saying)) and play.ask(_CONTACT):
        return
    later = not (kind or named) or any(play.journey.precedes(play.position, step) for step in named)
    play.say("kit.nothing_to_correct" if later else "kit.for_a_person", options=() if later else (HUMAN,))


def _on_card(play: Runner[Any], what: str) -> list[AnyStep]:
    """Return the answers of a kind that the open card lets one change: beside it a bare "e-mail" means them."""
    card = play.journey.card(play.position, play.ctx)
    edits = {row.edit for row in card.rows} if card is not None else ()
    return [s for s in play.journey.steps if s.expects == what and f"{EDIT}:{s.name}" in edits and play.askable(s)]


def _likeliest(play: Runner[Any], named: list[AnyStep], address: str, shown: list[AnyStep]) -> list[AnyStep]:
    """Return the step whose address is clearly nearest to the new one, else those that are usually meant.

    Which of several addresses was mistyped isn't always said; of those that are `shown` it is one.
    """
    email = (s for s in play.journey.steps if s.expects is Expects.email and s.slots and play.askable(s))
    known = shown or list(email)
    usual = next((step for step in named if step in known), None)
    if usual is None or len(known) == 1:
        return named
    alike = {step.path: likeness(_mailbox(value_of(play, step)), _mailbox(address) or "") for step in known}
    best = max(known, key=lambda step: alike[step.path])
    return [best] if alike[best.path] >= max(ALIKE, alike[usual.path] + CLEARLY) else named


def _mailbox(address: str | None) -> str | None:
    return None if address is None else address.partition("@")[0]


def _other(play: Runner[Any]) -> None:
    """Take the other of the two answers of the step that was answered last; of more, or of one that binds, ask anew."""
    here = play.position
    given = [step for step in play.journey.answered(play.case, play.ctx) if play.askable(step)]
    step = here if here.path == play.case.talk.revising else next(reversed(given), None)
    if step is None:
        play.say("kit.nothing_to_correct")
        return
    now = step.answer_now(play.slots(step), play.ctx)
    offered = (o for o in options_of(step, play.ctx) if not o.hidden)
    options = [o for o in offered if o.payload.startswith(f"{step.name}:") and not (step.optional and o.value == SKIP)]
    others = [option for option in options if step.slots and not answered_with(option, now)]
    if len(options) == 2 and len(others) == 1:
        make_named_choice(play, step, others[0].payload.partition(":")[2])
    else:
        moves.edit(play, step.name)


def take_from_somebody_else(play: Runner[Any], path: str, text: str) -> None:
    """Take what somebody else answers for the customer: the open step, or an answered one.

    Only what could as well be typed; a refusal is said, and nothing is asked again because of it.
    """
    step = play.journey.known(path)
    here = play.position
    if step is None or not (step.path == here.path or play.askable(step)) or not may_others_answer(step):
        play.say("kit.not_now")
    elif not step.typed.others(play.slots(step), play.ctx):
        play.say("refused.customers_own")
    elif is_proposed(step):
        _propose(play, step, text)
    elif step.parse is None or _offers(play, step, text):
        make_named_choice(play, step, text)
    elif (refused := take_text_as_answer(play, step, text, sure=True)) is not None:
        play.say(f"refused.{refused.reason}", refused.params)


def is_proposed(step: AnyStep) -> bool:
    """Return whether what somebody else answers is only proposed to the customer, whose own are the ways past it."""
    return step.parse is not None and kind_of(step.expects).others.proposes and not step.answer.entry


def _propose(play: Runner[Any], step: AnyStep, text: str) -> None:
    """Leave the address to whoever asks the customer about it; nothing is changed by it."""
    outcome = step.read(text, play.ctx)
    if isinstance(outcome, ParseRefused):
        play.say(f"refused.{outcome.reason}", outcome.params)
    else:
        play.deliver(AddressProposed(step.path, step.slots[0], str(outcome.value)))


def take_agreed(play: Runner[Any], agreed: PutRight) -> None:
    """Take an address to which the customer said yes, the way a correction of their own is taken."""
    step = play.journey.known(agreed.step)
    if step is None or not (step.path == play.position.path or play.askable(step)):
        play.say("kit.not_now")
        return
    if step.path == play.position.path and value_of(play, step) is None:
        if (refused := take_text_as_answer(play, step, agreed.text)) is not None:
            tell_missed_answer(play, refused)
    else:
        reread(play, step, agreed.text)
    play.deliver(AddressTaken(agreed.step, agreed.text))


def _offers(play: Runner[Any], step: AnyStep, text: str) -> bool:
    """Return whether the text names a way past a typed answer: that there is no tax number."""
    payload = f"{step.name}:{text.strip().casefold()}"
    skips = payload.endswith(f":{SKIP}") and step.path != play.position.path
    return not skips and any(option.payload == payload for option in play.offered(step))


def may_others_answer(step: AnyStep) -> bool:
    """Return whether somebody else may answer: no consent, secret, proof or order is given that way."""
    return kind_of(step.expects).others.may_give and not step.awaits_machine


def take_text_as_answer(play: Runner[Any], step: AnyStep, text: str, *, sure: bool = False) -> ParseRefused | None:
    """Take a text as the step's answer, or return why it can't be; a doubted one is offered, unless it is `sure`."""
    outcome = step.read(text, play.ctx)
    if isinstance(outcome, ParseRefused):
        return outcome
    if isinstance(outcome, Doubted) and not sure:
        doubt(play, step, outcome, text)
    else:
        moves.take(play, step, Answered(text if isinstance(outcome, Doubted) else outcome.value, text))
    return None


def doubt(play: Runner[Any], step: AnyStep, doubted: Doubted, text: str) -> None:
    """Offer what may be the step's answer; where nothing of a correction has its form, ask for the answer anew."""
    if doubted.formed or step.path == play.position.path:
        fact = Fact(step.name, doubted.value, corrects=True, sure=True)
        play.deliver(OtherNamed(NamedValue(fact, label(step).key, doubted.value), text))
    else:
        moves.edit(play, step.name)


def reread(play: Runner[Any], step: AnyStep, text: str, *, sure: bool = False) -> None:
    """Take the new answer of a step that has one, and say so unless the step itself did."""
    said = len(play.says)
    outcome = step.read(text, play.ctx)
    if isinstance(outcome, Ok) and str(outcome.value) == value_of(play, step):
        _said_again(play, step)
    elif isinstance(outcome, ParseRefused) and step.path == play.position.path:
        tell_missed_answer(play, outcome)
    elif isinstance(outcome, Doubted) and not sure:
        doubt(play, step, outcome, text)
    elif (refused := take_text_as_answer(play, step, text, sure=sure)) is not None:
        play.say(f"refused.{refused.reason}", refused.params)
        if not step.anytime:
            moves.edit(play, step.name)
    elif len(play.says) == said:
        _say_now(play, step)


def _said_again(play: Runner[Any], step: AnyStep) -> None:
    """Take the same answer for a yes to the question that doubts it, else say that it stands."""
    insisting = play.position.intents.get(f"again:{step.name}")
    if isinstance(insisting, str):
        press(play, insisting)
    else:
        say_chosen(play, step)


def _say_now(play: Runner[Any], step: AnyStep) -> None:
    """Say what the answer is now, where there is one."""
    now = say_answer_back(step, step.answer_now(play.slots(step), play.ctx), play.offered(step)) if step.slots else None
    if now is None or (isinstance(now, tuple) and not step.answer.several):
        return
    begun = bool(play.says) and play.says[-1].key in (_ONE, _MORE)
    play.corrected[label(step)] = step, value_of(play, step)
    play.say(_MORE if begun else _ONE, {"step": label(step), "answer": now})


def make_named_choice(play: Runner[Any], step: AnyStep, text: str) -> None:
    """Make the choice named by the VALUE of its payload; any other words open the step again.

    So does an answer that binds, or a choice that binds to what its question shows.
    """
    payload = f"{step.name}:{text.strip().casefold()}"
    named = next((option for option in play.offered(step) if option.payload == payload), None)
    bound = play.bound(step) is not None and step.path != play.position.path
    if named is None:
        play.ask(f"{step.name}_{text.strip().casefold()}")  # whoever knows why it isn't offered says so
    if named is None or named.binds is not None or bound:
        moves.edit(play, step.name)
    elif step.slots and answered_with(named, step.answer_now(play.slots(step), play.ctx)):
        if (narrower := _narrower(play, step, named)) is not None:
            moves.edit(play, narrower.name)
        else:
            say_chosen(play, step)
            play.ask(f"{step.name}_again")
    elif step.path == play.position.path:
        press(play, payload)
    elif named.value == SKIP and step.optional:
        moves.edit(play, step.name)
    else:
        said = len(play.says)
        moves.take(play, step, Answered(payload.partition(":")[2], text))
        if len(play.says) == said:
            _say_now(play, step)


def _narrower(play: Runner[Any], step: AnyStep, named: Option) -> AnyStep | None:
    """Return the answered step that narrows this option: said again, it may mean another card."""
    known = play.journey.correctable(play.case, play.ctx)
    return next((s for s in known if s.name == named.value and step.name in s.needs), None)


def value_of(play: Runner[Any], step: AnyStep) -> str | None:
    """Return the step's answer as it is now."""
    value = step.answer_now(play.slots(step), play.ctx)
    return None if value is None else str(value)


def likeness(before: str | None, after: str) -> float:
    """Return how alike two answers are, from 0 to 1."""
    return 0.0 if before is None else SequenceMatcher(None, before, after, autojunk=False).ratio()
