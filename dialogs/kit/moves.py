"""The moves every dialog has, made once: back, cancel, start again, help, language, human, repeat, where, change."""

from typing import Any

from dialogs.kit import messages
from dialogs.kit.journey import EDIT, AnyStep
from dialogs.kit.options import Option, Word
from dialogs.kit.play import Runner
from dialogs.kit.talk import Reopened
from values.locale import parse_locale
from values.meaning import Expects

RESUME = "resume"
REMINDERS = "reminders"
LISTS = "lists"
"""The argument of `/stop` that takes it back."""
CLOSE = "close"
"""The argument of `/elsewhere` that ends what it began."""


class HumanAsked(messages.Event):
    """The customer wants a person, or needs one for a reason that is named; the hand-off dialog reacts."""

    reason: str | None = None


class StopAsked(messages.Event):
    """The customer said "stop"; dialogs that write first react. `sure`: it was said that they are meant."""

    sure: bool


class ListsLeft(messages.Event):
    """The customer wants to be taken off whatever list there is; a dialog that keeps several asks which."""


class ElsewhereAsked(messages.Event):
    """The customer wants to go on elsewhere; with `close`: to have nobody else go on with this conversation."""

    close: bool = False


class StartLinkOpened(messages.Event):
    """`/start TOKEN`: the customer came by a start link of the seller's site."""

    token: messages.Private[str]


def command(play: Runner[Any], name: str, argument: str | None) -> None:
    match name:
        case "start":
            _start(play, argument)
        case "back":
            go_back(play)
        case "cancel":
            if not _held(play, cancels=True):
                _cancel(play)
        case "restart":
            if not _held(play):
                play.start_again()
        case "help":
            explain(play)
        case "agent":
            play.deliver(HumanAsked())
        case "stop":
            _stop(play, argument)
        case "lang":
            _language(play, argument)
        case "elsewhere":
            play.deliver(ElsewhereAsked(close=argument == CLOSE))
        case "where":
            done, of = play.journey.progress(play.case, play.ctx)
            part = Word(f"part.{play.journey.shown_dialog(play.position)}")
            play.say("kit.where", {"done": done, "of": of, "part": part})
        case _:
            _repeat(play)


def wipes(play: Runner[Any], name: str) -> None:
    """Throw nothing away on a guess: say how to, by the word or the button, unless a dialog asks anyway."""
    if name == "restart" and _held(play):
        return
    play.say(f"kit.sure.{name}", options=(Option(f"/{name}", f"option.{name}"),))


def explain(play: Runner[Any]) -> None:
    """Say what the open step is for."""
    play.talk(told="help")
    _help(play)


def edit(play: Runner[Any], name: str) -> None:
    """Open an answered step again; the old answer stays until the new one comes."""
    named = play.journey.named(name, play.position.dialog)
    step = next((s for s in named if play.askable(s)), None)
    if step is not None:
        play.talk(revising=step.path, editing=None, misses=0)
    elif any(play.journey.is_answered(s, play.case, play.ctx) for s in named):
        say_act_done(play)
    else:
        play.say("kit.not_now")


def tell(play: Runner[Any], entry: str) -> None:
    play.talk(told=f"faq:{entry}")
    play.say(f"faq.{entry}")
    play.deliver(messages.FaqAnswered(entry))


def take(play: Runner[Any], step: AnyStep, event: messages.Answered) -> None:
    """Take an answer, new or corrected; under an act it goes the step's own way of revising."""
    behind = play.journey.behind_an_act(step, play.case, play.ctx)
    first = play.journey.first_open(play.ctx)
    reopened = _reopened(play, step, first)
    if not behind or step.answer.revise == "anew" or step == first:
        play.answer(step, event)
    elif step.answer.revise is not None:
        play.talk(revising=None, editing=None, misses=0)
        play.react(step, step.answer.revise, event)
    else:
        play.talk(revising=None, editing=None)
        say_act_done(play)
    play.talk(reopened=reopened)


def _reopened(play: Runner[Any], step: AnyStep, first: AnyStep) -> Reopened | None:
    """Return what a new answer of an earlier step changes, so that back can change it back.

    What binds is given by the customer's own act, never by going back.
    """
    own = step.slots and step != first and play.bound(step) is None
    old = step.answer_now(play.slots(step), play.ctx) if own else None
    return Reopened(step.path, old, first.path) if isinstance(old, str) else play.case.talk.reopened


def say_act_done(play: Runner[Any]) -> None:
    """Say that the last act can't be taken back, and offer what is possible instead."""
    act = play.journey.last_act(play.ctx)
    if act is not None:
        play.say(f"kit.act_done.{act.path}", options=act.act.instead(play.slots(act), play.ctx))


def go_back(play: Runner[Any]) -> None:
    """Go one answer back; never over an act, but say so.

    What stands behind the open step was given later: it stays.
    """
    here, journey = play.position, play.journey
    if here.path == play.case.talk.revising or here.name == EDIT:
        play.talk(revising=None, editing=None)
        return
    if _uncorrected(play):
        return
    last = journey.answered_before(here, play.case, play.ctx)
    if last is not None:
        play.deliver_to(last, messages.TakenBack())
        play.case = journey.cleared(play.case, last, play.ctx)
    elif journey.last_act(play.ctx) is not None:
        say_act_done(play)
    else:
        play.say("kit.back_first")


def _uncorrected(play: Runner[Any]) -> bool:
    """Take back a correction that led to the open step; return False if none did."""
    reopened = play.case.talk.reopened
    step = play.journey.known(reopened.step) if reopened is not None else None
    if reopened is None or step is None or not play.askable(step):
        return False
    take(play, step, messages.Answered(reopened.old, reopened.old))
    play.talk(reopened=None)
    play.say("kit.uncorrected", {"step": Word(f"label.{step.name}"), "answer": reopened.old})
    return True


def _help(play: Runner[Any]) -> None:
    play.say(f"{play.position.path}.help", play.position.params(play.slots(play.position), play.ctx))


def _repeat(play: Runner[Any]) -> None:
    """Say again what was answered beside the question; the question comes again by itself."""
    told = play.case.talk.told
    kind, _, what = ("", "", "") if told is None else told.partition(":")
    if kind == "faq":
        play.say(f"faq.{what}")
    elif kind == "help":
        _help(play)
    elif kind != "ask" or not play.ask(what):
        play.say("kit.repeat")


def _start(play: Runner[Any], token: str | None) -> None:
    if token is not None:
        play.deliver(StartLinkOpened(token))
    elif not has_greeted(play):
        play.say("kit.welcome_back")


def has_greeted(play: Runner[Any]) -> bool:
    """Return whether this very reply greets already."""
    return any(say.key in ("kit.greeting", "kit.welcome_back") for say in play.says)


def _cancel(play: Runner[Any], *, meant: bool = True) -> None:
    """Give up what is being filled in; where no dialog says what became of it, the kit does."""
    said = len(play.says)
    play.give_up(messages.Cancelled(meant))
    if len(play.says) == said:
        play.say("kit.cancelled")


def _stop(play: Runner[Any], argument: str | None) -> None:
    """Stop who writes first: a reminder of silence, or one of a dialog's.

    Where nobody does, a bare "stop" is about what is being filled in; what is ordered isn't given up by it.
    """
    said, sure, talk = len(play.says), argument is not None, play.case.talk
    if argument == RESUME:
        play.talk(unreminded=False)
        play.deliver(messages.RemindersWanted())
        play.say("kit.reminders_on")
    elif argument == LISTS and play.deliver(ListsLeft()) and len(play.says) > said:
        return
    elif not sure and (talk.reminded or talk.closed):
        _unreminded(play)
    elif play.deliver(StopAsked(sure)) and len(play.says) > said:
        return
    elif sure:
        _unreminded(play)
    elif play.position.expects is Expects.nothing:
        play.say("kit.nothing_to_stop")
    elif not _held(play):
        _cancel(play, meant=False)


def _unreminded(play: Runner[Any]) -> None:
    play.talk(unreminded=True)
    play.say("kit.reminders_off", options=(Option(f"/stop {RESUME}", "option.remind"),))


def _held(play: Runner[Any], *, cancels: bool = False) -> bool:
    """Return whether a dialog asks first, because more than single answers would be lost."""
    said = len(play.says)
    play.deliver(messages.RestartAsked(cancels))
    if len(play.says) > said:
        play.talk(revising=None, editing=None, misses=0)
    return len(play.says) > said


def _language(play: Runner[Any], argument: str | None) -> None:
    locale = parse_locale(argument) if argument else None
    if locale is not None and locale in play.ctx.seller.locales:
        play.talk(locale=str(locale), undecided=False)
        play.say("kit.language_changed")
    else:
        options = tuple(Option(f"/lang {code}", f"language.{code}") for code in play.ctx.seller.locales)
        play.say("kit.which_language", options=options)
