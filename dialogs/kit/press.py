"""A press on a button: the open step's, a way to change an answer, a command, or one of a step that is over."""

from collections.abc import Callable
from typing import Any, get_args

from dialogs.kit import moves
from dialogs.kit.card import answered_with
from dialogs.kit.effects import Say
from dialogs.kit.journey import EDIT, QUESTIONS, AnyStep, options_of
from dialogs.kit.messages import Answered, ButtonOver, Chosen, Declined, Skipped
from dialogs.kit.options import Option, Param, Params, Word
from dialogs.kit.play import Runner
from dialogs.kit.shown import is_same_mark, marks_of
from dialogs.kit.step import SKIP
from values.expected import TITLE
from values.kinds import kind_of
from values.meaning import CommandName, Expects

COMMANDS: frozenset[str] = frozenset(get_args(CommandName))
FAQ = "faq"
_QUOTED = ' \n!.„”“«»"'


def press(play: Runner[Any], payload: str, words: str = "", *, stale: bool = False) -> None:
    """Do what the button says, if it is the open step's or works at every step.

    `words` were typed instead of it. `stale`: its message asked something else than what is open now, so it answers
    nothing.
    """
    name, _, value = payload.partition(":")
    if name == TITLE:
        _elsewhere(play, words, menu=value == "menu")
        return
    if play.aside(payload) or _question(play, payload) or (stale and _told_over(play, payload)):
        return
    _give_way(play, payload)
    step = play.position
    offered = _payloads(play, step)
    if payload.startswith("/"):
        _command(play, payload[1:])
    elif name == EDIT:
        _edit(play, value)
    elif (menu := _menu(play, step, payload)) is not None:
        moves.take(play, menu, Answered(value, payload))
    elif not stale and (row := play.journey.on_card(step, payload, play.ctx)) is not None:
        _on_card(play, row, payload)
    elif payload not in offered and play.anywhere(payload):
        return
    elif stale:
        _over(play, payload)
    elif value == SKIP and step.optional and name == step.name:
        play.talk(revising=None, misses=0)
        play.deliver(Skipped(), step)
    elif step.answer.several and name == step.name and {f"{name}:{one}" for one in value.split(",")} <= offered:
        moves.take(play, step, Answered(value, payload))
    elif payload not in offered:
        if _too_early(play, step, payload):
            return
        if name != step.name or not play.deliver_to(step, Declined(value)):
            _over(play, payload, words)
    elif value == EDIT and step.ways.edits and step.ways.edits_when(play.slots(step), play.ctx):
        _change(play, step)
    elif not binds_what_was_shown(play, step):
        return
    elif name == step.name:
        moves.take(play, step, Answered(value, words or payload))
    else:
        _way_off(play, step, payload)


def _elsewhere(play: Runner[Any], title: str, *, menu: bool) -> None:
    """Say where the button is whose title was typed; nothing else is done."""
    play.say("kit.title_of_menu" if menu else "kit.title_of_step", {"title": title.strip(_QUOTED)})


def _question(play: Runner[Any], payload: str) -> bool:
    """List the questions that the open step offers, or answer one that any step does; False for other buttons."""
    name, _, entry = payload.partition(":")
    here = play.ctx.seller.questions_at(play.position.path)
    if payload == QUESTIONS.payload and here:
        titles = tuple(Option(f"{FAQ}:{one}", f"faq.{one}.title") for one in here)
        play.apply((Say("kit.questions", options=titles, alone=True),), play.position.path)
        return True
    if name != FAQ or entry not in play.ctx.seller.answers:
        return False
    moves.tell(play, entry)
    return True


def _edit(play: Runner[Any], name: str) -> None:
    """Open an answer to be changed: where it was given or, under a command, on the page that changes it from now on."""
    given = any(play.askable(step) for step in play.journey.named(name, play.position.dialog))
    page = None if given else way_to_change(play, name)
    if page is None:
        moves.edit(play, name)
    else:
        press(play, page)


def _on_card(play: Runner[Any], step: AnyStep, payload: str) -> None:
    """Take an answer of another row of the card: the same one again changes nothing.

    What was given is taken back whatever has become of its words.
    """
    value = payload.partition(":")[2]
    now = step.answer_now(play.slots(step), play.ctx)
    option = next(o for o in options_of(step, play.ctx) if o.payload == payload)
    if not answered_with(option, now) and (option.chosen or binds_what_was_shown(play, step)):
        moves.take(play, step, Answered(value, payload))


def binds_what_was_shown(play: Runner[Any], step: AnyStep) -> bool:
    """Return whether the answer binds to just what the question showed.

    If anything on its card has changed since, that has been said and is asked again, as is a question that was shown in
    another language. Another row's answer counts only where the card with it was shown.
    """
    shown, bound = play.case.talk.shown, play.bound(step)
    if play.changed:
        return False
    if bound is None:
        return True
    marks = dict(marks_of(shown))
    if shown is None or step.path not in marks:
        return step.path == play.position.path
    return shown.locale == play.case.talk.locale and is_same_mark(marks[step.path], bound.mark)


def _too_early(play: Runner[Any], step: AnyStep, payload: str) -> bool:
    """Name what the card still lacks, if the button is the one that waits for that."""
    card = play.journey.card(step, play.ctx)
    if card is None or card.act is None or card.act.payload != payload or not card.missing:
        return False
    play.say("card.missing", {"what": tuple(Word(f"label.{name}") for name in card.missing)})
    return True


def _change(play: Runner[Any], step: AnyStep) -> None:
    named = play.journey.editable(step, play.case, play.ctx)
    if len(named) == 1:
        moves.edit(play, named[0].name)
    else:
        play.talk(editing=step.path, revising=None, misses=0)


def _give_way(play: Runner[Any], payload: str) -> None:
    """Put off a question that nobody asked for, or pass over an optional one, by a button that isn't its own."""
    step = play.position
    if payload.startswith("/") or payload in _payloads(play, step):
        return
    if step.manners.patient:
        play.deliver_to(step, Skipped())
    elif step.manners.gives_way:
        pass_over(play, lambda later: payload in _payloads(play, later))


def pass_over(play: Runner[Any], takes: Callable[[AnyStep], bool]) -> None:
    """Pass over the optional questions in front of the step that takes what the customer gives, if one does.

    It is the next one that is no optional question, or an optional one before that.
    """
    here, journey = play.position, play.journey
    ahead = (s for s in journey.steps if journey.precedes(here, s) and journey.is_open(s, play.case, play.ctx))
    for later in (step for step in ahead if not step.awaits_machine):
        if takes(later):
            play.talk(revising=None, misses=0)  # what was opened to be changed keeps its answer
            while play.position.manners.gives_way and play.position.path != later.path:
                play.deliver_to(play.position, Skipped())
                play.settle()
            return
        if not later.manners.gives_way:
            return


def _menu(play: Runner[Any], here: AnyStep, payload: str) -> AnyStep | None:
    """Return the menu that this button belongs to, if the talk is still in its dialog."""
    named = play.journey.named(payload.partition(":")[0], here.dialog)
    return next((s for s in named if s.ways.menu and s.dialog == here.dialog and payload in _payloads(play, s)), None)


def _payloads(play: Runner[Any], step: AnyStep) -> set[str]:
    return {option.payload for option in play.offered(step)}


def _command(play: Runner[Any], typed: str) -> None:
    name, _, argument = typed.partition(" ")
    if name in COMMANDS:
        moves.command(play, name, argument or None)
    else:
        play.say("kit.not_now")


def _way_off(play: Runner[Any], step: AnyStep, payload: str) -> None:
    """Take an option with another step's name: a way off the open step (`pay:now` after a failure), or that step."""
    name, _, value = payload.partition(":")
    play.talk(misses=0)
    if (step.ways.leads is None or name in step.ways.leads) and play.deliver_to(step, Chosen(payload, value)):
        return
    others = play.journey.named(name, step.dialog)
    if not others:
        raise TypeError(f"{step.path} offers {name} but nothing reacts to it")
    moves.take(play, others[0], Answered(value, payload))


def _over(play: Runner[Any], payload: str, title: str = "") -> None:
    """Answer a press on a button of a step that is over.

    Where the open step has a page for it, that page takes the press; else nothing changes, and the customer learns what
    was chosen.
    """
    name = payload.partition(":")[0]
    if (page := way_to_change(play, name)) is not None:
        press(play, page)
        if payload in _payloads(play, play.position) and play.bound(play.position) is None:
            press(play, payload)
        return
    if _told_over(play, payload):
        return
    answered = {step.path for step in play.journey.answered(play.case, play.ctx)}
    named = play.journey.named(name, play.position.dialog)
    step = next((s for s in named if s.path in answered and s.slots and s.manners.said_back), None)
    if step is None and title:
        _elsewhere(play, title, menu=any(s.ways.menu for s in named))
    elif step is None:
        play.say("kit.not_now")
    else:
        say_chosen(play, step)


def _told_over(play: Runner[Any], payload: str) -> bool:
    """Return whether a dialog answered how the matter of an earlier button stands: before any page takes that press."""
    said = len(play.says)
    return play.deliver(ButtonOver(payload)) and len(play.says) > said


def say_chosen(play: Runner[Any], step: AnyStep) -> None:
    """Say what an answered step's answer is, with the button to change it."""
    answer = say_answer_back(step, step.answer_now(play.slots(step), play.ctx), play.offered(step))
    params: Params = {"step": label(step), "answer": answer}
    key = "kit.chosen_before" if play.askable(step) else "kit.chosen_fixed"
    play.say(key, params, (Option(f"{EDIT}:{step.name}", f"edit.{step.name}"),))


def way_to_change(play: Runner[Any], name: str, value: str | None = None) -> str | None:
    """Return the open step's button that changes, for the time to come, an answer under a command.

    The button of the new `value` itself where it is offered, else that of its page; None where there is neither.
    """
    known = play.position.intents.get(f"correct:{name}", ())
    offered = _payloads(play, play.position)
    named = (f"{name}:{value}",) if known and value is not None else ()
    return next((p for p in (*named, *((known,) if isinstance(known, str) else known)) if p in offered), None)


def word_answer(expects: Expects, value: str) -> Param:
    """Return an answer as it is said back: a number in its groups, a day as the language writes it."""
    if expects is Expects.tax_number and not value:
        return Word("option.tax_number.none")
    return kind_of(expects).display(value)


def label(step: AnyStep) -> Word:
    return Word(f"label.{step.name}")


def say_answer_back(step: AnyStep, value: object, options: tuple[Option, ...]) -> Param | tuple[Param, ...]:
    """Return an answer as it is said back.

    That is the quick reply's words for a choice, those of the ticked boxes for several, else the value itself.
    """
    if step.answer.said is not None and value is not None:
        return step.answer.said(str(value))
    if value is None or step.parse is not None:
        return None if value is None else word_answer(step.expects, str(value))
    if isinstance(value, tuple):
        return tuple(Word(o.key) for o in options if o.ticked is not None and o.value.rpartition(":")[2] in value)
    said = ("yes" if value else "no") if isinstance(value, bool) else value
    return next((_titled(o) for o in options if o.value == said), Word(f"option.{step.name}.{said}"))


def _titled(option: Option) -> Word:
    """Return a button's words with what fills their places, such as a stored card's label."""
    return Word(
        option.key, tuple((name, value) for name, value in option.params.items() if not isinstance(value, tuple))
    )
