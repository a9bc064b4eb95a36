"""Values that a message names besides what it means: kept for the steps that will ask for them, and said once.

A step takes them if it is the open one, or says so (`Step.ahead`) and isn't answered yet. What binds is never given
that way, and no answer is changed by being mentioned: that is what corrections are for.
"""

from typing import Any

from msgspec.structs import replace

from dialogs.kit.correct import correct, doubt
from dialogs.kit.effects import Command, Say
from dialogs.kit.journey import EDIT, AnyStep
from dialogs.kit.messages import Answered, NamedValue, OtherNamed, Said
from dialogs.kit.moves import say_act_done, take
from dialogs.kit.options import Option, Param, Word
from dialogs.kit.play import Runner
from dialogs.kit.press import label, pass_over, press, say_answer_back, say_chosen, word_answer
from dialogs.kit.reaction import MissingSlotError
from values.kinds import KINDS, answers_with, kind_of
from values.meaning import ACCOUNT_EMAIL, Answer, Correction, Discount, Expects, Fact, Faq, Intent, Press, Unclear
from values.parsing import Doubted, Ok, ParseRefused

#: Intents that say no more than the value that comes with them, by its kind, or by the step of a choice.
_SAYING = {str(kind.expects): kind.saying for kind in KINDS.values()} | {
    "method": frozenset({"choose_payment_method", "pay"}),
    "addons": frozenset({"order_addon"}),
    "seats": frozenset({"order_addon", "choose_plan"}),
    "years": frozenset({"renew_subscription"}),
}
_BY_NAME = frozenset({"invoice_email"})
"""Answers that a message gives ahead of their question only where it says what they are."""
_PUT_OFF = "log_in_first"
_NOTHING_MORE = frozenset({"inform", "out_of_scope", "affirm", "deny", "greet", "choose_plan"})


def facts_of(said: Said, step: AnyStep) -> tuple[Fact, ...]:
    """Return the facts that the message's meaning at `step`, the open one, doesn't take itself."""
    if said.unseen or said.edited or said.stale:
        return ()
    match said.meaning:
        case Answer():
            return tuple(fact for fact in said.facts if fact.kind not in answers_with(step.expects))
        case Correction(what):
            kind = Expects.email if what == ACCOUNT_EMAIL else what
            return tuple(fact for fact in said.facts if fact.kind != kind)
        case Discount():
            return tuple(fact for fact in said.facts if fact.kind != Expects.discount_code)
        case Press(payload):
            return tuple(fact for fact in said.facts if fact.kind != payload.partition(":")[0])
        case _:
            return said.facts


def only_tells(play: Runner[Any], said: Said, facts: tuple[Fact, ...]) -> bool:
    """Return whether a message is there for its facts alone: else it would be an odd answer to the open question."""
    step = play.position
    late = step.expects is not Expects.nothing and any(fact.adds for fact in facts)
    if not (
        late
        or (facts and _put_off(play, facts))
        or any(_instead(play, fact) or _place(play, fact) or _known(play, fact) for fact in facts)
    ):
        return False
    saying = _NOTHING_MORE.union(*(_SAYING.get(fact.kind, frozenset()) for fact in facts))
    match said.meaning:
        case Intent(name, text=text):
            # A question is answered, if only by saying that it can't be.
            unknown = name == "out_of_scope" and "?" in text
            return name in saying and name not in step.intents and not unknown
        case Faq():  # what is to be added needn't be explained
            return any(fact.adds for fact in facts)
        case Unclear(candidates):
            shown = (_known(play, fact) for fact in facts if fact.kind == Expects.email)
            corrects = any(one is not None and _in_question(play, one) for one in shown)
            return (corrects or bool(candidates)) and saying.issuperset(candidates)
        case Answer() as answer:
            own = facts != said.facts
            return not own and not step.takes(answer.words, play.ctx)
        case _:
            return False


def give_way(play: Runner[Any], said: Said) -> None:
    """Pass over an optional question that the message doesn't answer, for the step whose answer it names."""
    match said.meaning:
        case Answer() as answer:
            answered = play.position.takes(answer.words, play.ctx)
        case Press() | Correction():
            answered = True
        case _:
            answered = False
    facts = tuple(fact for fact in said.facts if not fact.others and not answers(play.position, fact))
    if not answered and facts:
        pass_over(play, lambda later: any(answers(later, fact) for fact in facts))


def keep_facts(play: Runner[Any], facts: tuple[Fact, ...], *, alone: bool = False, began: bool = False) -> bool:
    """Keep what has a place, and say so in one sentence; return whether anything had.

    A wrong value is told at once. `alone`: the message says nothing else, so that a fact may stand for an answer to
    the open question. `began`: it led from where nothing is asked to a question, such as those of another order.
    """
    kept: list[AnyStep] = []
    here = play.position.dialog
    right = tuple(fact for fact in facts if not fact.wrong)
    # What the open dialog takes first: another answer may lead away from it.
    right = tuple(sorted(right, key=lambda fact: (step := find_taking_step(play, fact)) is None or step.dialog != here))
    found = alone and _stand_for_answers(play, right)
    for fact in right:
        step = _place(play, fact)
        if step is None:
            found = _put_right(play, fact, began=began) or found
            continue
        said = len(play.says)
        if fact.kind == Expects.discount_code:
            correct(play, fact.kind, fact.text)
            found = True
        elif _take(play, step, fact):
            found = True
            kept += [step] if len(play.says) == said and not fact.labelled else []
    if kept:
        _say(play, sorted(kept, key=lambda step: next(n for n, fact in enumerate(facts) if answers(step, fact))))
    refused = [_refuse(play, fact) for fact in facts if fact.wrong]
    if right and not found and _put_off(play, right) and all(not say.key.endswith(f".{_PUT_OFF}") for say in play.says):
        found = play.ask(_PUT_OFF)
    return found or any(refused)


def _put_off(play: Runner[Any], facts: tuple[Fact, ...]) -> bool:
    """Return whether a fact is of a step whose answer isn't taken before the log-in."""
    steps = (step for fact in facts for step in play.journey.steps if answers(step, fact))
    return any(play.journey.puts_off(step, play.ctx) for step in steps)


def _refuse(play: Runner[Any], fact: Fact) -> bool:
    """Say what is wrong with a value, in the words of the step that takes it; return whether there is one."""
    step = _place(play, fact) or _known(play, fact)
    refused = step.read(fact.text, play.ctx) if step is not None and not fact.others else None
    if not isinstance(refused, ParseRefused):
        return False
    why = Word(f"refused.{refused.reason}", tuple(refused.params.items()))
    play.say("kit.fact_wrong", {"value": fact.text, "why": why})
    return True


def remind(play: Runner[Any], facts: tuple[Fact, ...]) -> bool:
    """Say what was answered where the message names it again, or otherwise; return False if nothing was.

    Another value than the one just shown to be confirmed is the answer to that: a correction. So is one where the open
    question stands on the value, and offers to change it.
    """
    for fact in facts:
        step = _known(play, fact)
        if step is None:
            continue
        if step.parse is not None and not fact.others and play.position.name != EDIT and _in_question(play, step):
            _change(play, step, fact)
        else:
            say_chosen(play, step)
        return True
    return False


def _change(play: Runner[Any], step: AnyStep, fact: Fact) -> None:
    """Change an answer that is in question; the number of one more company is offered, as it replaces none."""
    said, one = play.ctx.said, name_value(play, replace(fact, corrects=True, sure=True))
    if said is not None and one is not None and isinstance(said.meaning, Intent) and said.meaning.name == "add_company":
        play.deliver(OtherNamed(one, fact.text))
    else:
        correct(play, step.name, fact.text, sure=fact.sure)


def _put_right(play: Runner[Any], fact: Fact, *, began: bool) -> bool:
    """Take the new value of an answer that the message corrects beside what else it says.

    Where the message `began` something, a choice filled in as last time gives way to one that is only named.
    """
    step = _known(play, fact)
    if fact.adds and not began:
        return _add(play, step, fact) if step is not None else _added_late(play, fact)
    shown = step is not None and fact.kind == Expects.email and not fact.others and _in_question(play, step)
    if step is None or not (fact.corrects or shown or (began and step.parse is None)):
        return False
    if str(step.answer_now(play.slots(step), play.ctx)) == fact.text:
        return False
    _change(play, step, fact)
    return True


def _add(play: Runner[Any], step: AnyStep, fact: Fact) -> bool:
    """Add to an answer that was given, or take from it: it stays given, and its question isn't asked again."""
    event, said, before = _event(play, step, fact), len(play.says), play.slots(step)
    if event is None:
        return False
    take(play, step, event)
    if step.answer_in(play.slots(step)) is None:
        play.keep(step, step.answer_in(before))
    play.talk(reopened=None)
    if len(play.says) == said and play.slots(step) == before:
        say_chosen(play, step)
    return True


def _added_late(play: Runner[Any], fact: Fact) -> bool:
    """Say that an act stands on what the message would add to, or take out; return whether one does."""
    step = next((one for one in play.journey.steps if answers(one, fact)), None)
    if step is None or play.position.expects is Expects.nothing:
        return False
    if late := play.journey.behind_an_act(step, play.case, play.ctx):
        say_act_done(play)
    return late


# --- what isn't taken at once ---


def offer(play: Runner[Any], others: tuple[Fact, ...]) -> None:
    """Say that values aren't taken, another's or in doubt; a single one may be put in its place."""
    known = [name_value(play, replace(fact, others=False, corrects=True)) for fact in others]
    if len(known) == 1 and known[0] is not None and not play.binds(play.position):  # there a yes may mean another act
        said, stands = "" if others[0].others else others[0].text, _known(play, others[0]) is not None
        play.deliver(OtherNamed(known[0], said, instead=stands))
        return
    values = tuple(fact.text if one is None else word_value(one) for fact, one in zip(others, known, strict=True))
    play.say("kit.not_taken", {"values": values})


def name_value(play: Runner[Any], fact: Fact) -> NamedValue | None:
    """Return a value with its name and in groups; None where no step takes it."""
    step = find_taking_step(play, fact)
    read = step.read(fact.text, play.ctx) if step is not None else None
    if step is None or not isinstance(read, Ok):
        return None
    shown = word_answer(step.expects, str(read.value))
    return NamedValue(fact, label(step).key, shown) if isinstance(shown, str) else None


def word_value(value: NamedValue) -> Word:
    """Return the words by which a value is said: "NIP 123-456-32-18"."""
    about = ("kind", value.fact.kind), ("label", Word(value.label)), ("value", value.shown), ("given", value.shown)
    return Word("kit.fact", about)


# --- where a fact belongs ---


def find_taking_step(play: Runner[Any], fact: Fact) -> AnyStep | None:
    """Return the step that takes the fact; where the fact corrects, the one whose answer it changes."""
    return _place(play, fact) or (_known(play, fact) if fact.corrects else None)


def _place(play: Runner[Any], fact: Fact) -> AnyStep | None:
    """Return the step that takes the fact: the open one, else the first that keeps one for later."""
    here = play.position
    if answers(here, fact):
        return here
    return next((step for step in play.journey.steps if answers(step, fact) and _keeps(play, step, fact)), None)


def answers(step: AnyStep, fact: Fact) -> bool:
    """Return whether a fact is of the kind that the step takes."""
    if step.awaits_machine or len(step.slots) != 1:
        return False
    return fact.kind in ((step.expects, step.name) if step.parse is not None else (step.name,))


def _stand_for_answers(play: Runner[Any], facts: tuple[Fact, ...]) -> bool:
    """Press the quick replies that the facts stand for, at one step after the other."""
    pressed: list[str] = []
    while (payload := next((found for fact in facts if (found := _instead(play, fact))), None)) is not None:
        if payload in pressed:
            break
        press(play, payload)
        pressed.append(payload)
    return bool(pressed)


def _instead(play: Runner[Any], fact: Fact) -> str | None:
    """Return the open step's quick reply that the fact stands for: an e-mail for a new account."""
    meant = play.position.intents.get(f"fact:{fact.kind}")
    offered = {option.payload for option in play.offered(play.position) if option.binds is None}
    return meant if isinstance(meant, str) and meant in offered else None


def _keeps(play: Runner[Any], step: AnyStep, fact: Fact) -> bool:
    """Return whether the fact is new to a step that isn't reached yet, or adds to it."""
    slots = play.slots(step)
    if play.journey.puts_off(step, play.ctx):
        return False
    if step.anytime and step.name not in _BY_NAME:
        return fact.kind == Expects.discount_code and play.askable(step)
    if (step.answer.entry or step.name in _BY_NAME) and fact.kind != step.name:
        return False  # an own question may be about anybody's address or number: only its name tells
    if not step.answer.ahead(slots, play.ctx) or play.journey.behind_an_act(step, play.case, play.ctx):
        return False
    if fact.adds or not step.done(slots, play.ctx) or (given := step.answer_now(slots, play.ctx)) is None:
        return True
    first, shown = play.journey.first_open(play.ctx), step in play.journey.together(play.position)
    named_before = step.path in play.case.talk.answered and play.journey.precedes(first, step) and not shown
    return named_before and str(given) != fact.text


def _known(play: Runner[Any], fact: Fact) -> AnyStep | None:
    """Return the answered step that the fact is about, if it can be answered anew; the one in question first."""
    known = [s for s in play.journey.steps if answers(s, fact) and play.askable(s)]
    shown = (step for step in known if _in_question(play, step))
    return next(shown, next((step for step in known if not step.anytime), None))


def _in_question(play: Runner[Any], step: AnyStep) -> bool:
    """Return whether the open step asks about this one's answer: to confirm it, or to prove it."""
    here = play.position
    return step.name in here.ways.edits or f"{EDIT}:{step.name}" in {option.payload for option in play.offered(here)}


# --- what becomes of it ---


def _take(play: Runner[Any], step: AnyStep, fact: Fact) -> bool:
    """Take a fact as the step's answer; return False where the step refuses it, or would do more than keep it."""
    read = step.read(fact.text, play.ctx) if not fact.sure else None
    if isinstance(read, Doubted):
        doubt(play, step, read, fact.text)
        return read.formed
    event = _event(play, step, fact)
    if event is None:
        return False
    if step.path == play.position.path:
        take(play, step, event)
        return True
    return _keep(play, step, event)


def _event(play: Runner[Any], step: AnyStep, fact: Fact) -> Answered | None:
    """Return the fact as an answer: as the step's parser reads it, or an option that binds nobody."""
    if step.parse is not None:
        read = step.read(fact.text, play.ctx)
        value = fact.text if isinstance(read, Doubted) else read.value if isinstance(read, Ok) else None
        return Answered(value, fact.text) if value is not None else None
    payload = f"{step.name}:{fact.text.partition(':')[0]}"
    free = {option.payload for option in play.offered(step) if option.binds is None}
    return Answered(fact.text, payload) if payload in free else None


def _keep(play: Runner[Any], step: AnyStep, event: Answered) -> bool:
    reaction = step.reactions.get(Answered)
    try:
        effects = reaction(play.slots(step), event, play.ctx).effects if reaction is not None else ()
    except MissingSlotError:
        return False
    if not all(isinstance(one, Say) or (isinstance(one, Command) and one.reads_only) for one in effects):
        return False
    talk = play.case.talk
    play.answer(step, event)
    others = tuple(path for path in play.case.talk.answered if path != step.path)
    play.talk(answered=(*others, step.path), revising=talk.revising, editing=talk.editing)
    return True


def _checked_next(play: Runner[Any], step: AnyStep) -> bool:
    """Return whether the next thing done is to check this answer: one that is refused was never noted."""
    here = play.position
    return here.awaits_machine and here.dialog == step.dialog and step.name in here.needs


def _say(play: Runner[Any], kept: list[AnyStep]) -> None:
    what: list[Word] = []
    options: list[Option] = []
    for step in dict.fromkeys(kept):
        if step.name in play.position.ways.edits or _checked_next(play, step):  # what comes next tells of it
            continue
        value = say_answer_back(step, step.answer_now(play.slots(step), play.ctx), play.offered(step))
        if value is None or isinstance(value, tuple):
            continue
        kind = str(step.expects) if step.parse is not None and step.name not in _BY_NAME else step.name
        given = step.answer_now(play.slots(step), play.ctx)
        said = ("yes" if given else "no") if isinstance(given, bool) else given
        about: tuple[tuple[str, Param], ...] = (
            ("kind", kind),
            ("label", label(step)),
            ("value", value),
            ("given", said if isinstance(said, str) else None),
        )
        what.append(Word("kit.fact", about))
        if play.askable(step) and not kind_of(step.expects).by_part:  # those are shown to be confirmed
            options.append(Option(f"{EDIT}:{step.name}", f"edit.{step.name}", aside=True))
    if what:
        play.apply((Say("kit.kept", {"what": tuple(what)}, tuple(options)),), play.position.path)
