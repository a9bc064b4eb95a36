"""Mistakes in `[[question]]`: a name that is taken, a place that isn't reached, an answer that has nobody to be of."""

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from typing import get_args

from bot.profile.mistakes import likely_name
from bot.profile.offer_tables import QuestionTable
from bot.profile.problems import ProfileProblem, Tell
from bot.profile.schema import ProfileFile
from dialogs.journey import ALL
from dialogs.kit.step import SKIP
from dialogs.own.conditions import FACTS
from dialogs.own.own_questions import PLACES
from dialogs.own.ways_to_answer import DONE, NAME, SEVERAL, TOGGLE
from values.channel import Channel
from values.country import RULES
from values.meaning import CommandName, Expects
from values.question import CHOSEN, NO, YES

MOST_PAYLOAD = 64
"""Bytes that a button may send."""


@cache
def list_reserved_names() -> frozenset[str]:
    """Return the names that mean something already: steps, dialogs, kinds of answers, commands, payload words."""
    steps = {step.name for dialog in ALL.values() for step in dialog.steps}
    taken = {payload.partition(":")[0] for dialog in ALL.values() for payload in dialog.taken}
    more = {"edit", "faq", "questions", "start", "zone", "talk", NAME, *FACTS}
    return frozenset({*steps, *taken, *ALL, *Expects, *get_args(CommandName), *more})


def own_question_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield what can't be of the seller's own questions."""
    for n, question in enumerate(file.question):

        def told(field: str, what: str, remedy: str, n: int = n, id_: str = question.id) -> ProfileProblem:
            return problem(("question", n, field), f"the question {id_}: {what}", remedy)

        for of in (_name, _place, _options, _number):
            yield from of(question, file, told)
        yield from _conditions(question, file, file.question[:n], told)


Told = Callable[[str, str, str], ProfileProblem]


def _name(question: QuestionTable, _file: ProfileFile, told: Told) -> Iterator[ProfileProblem]:
    if question.id in list_reserved_names():
        yield told("id", "this name is taken by a step, a button or a command", "Choose another, such as my_size.")


def _place(question: QuestionTable, file: ProfileFile, told: Told) -> Iterator[ProfileProblem]:
    if (question.after is None) == (question.before is None):
        what = "it has two places" if question.after is not None else "nothing says where it is asked"
        yield told("after", what, 'Write `after = "account"`, contact, company or order; or `before = "pay"`.')
        return
    place = question.place
    if (dialog := PLACES[place][-1].host) not in file.dialogs:
        field = "before" if question.before is not None else "after"
        yield told(field, f"the journey has no {dialog}", f"Add {dialog} to `dialogs`, or ask it elsewhere.")
    if question.keep == "order" and place not in ("pay", "order"):
        yield told("keep", "there is no order yet where it is asked", 'Ask it `before = "pay"` or `after = "order"`.')
    if question.keep == "company" and (place in ("account", "contact") or "company" not in file.dialogs):
        yield told("keep", "there is no company yet where it is asked", 'Ask it `after = "company"` or later.')


def _options(question: QuestionTable, _file: ProfileFile, told: Told) -> Iterator[ProfileProblem]:
    if question.mostly_one and question.kind != "several":
        yield told("mostly_one", "only several options have `mostly_one`", 'Remove it, or write kind = "several".')
    if question.kind not in ("choice", "several"):
        if question.options:
            yield told("options", f"a question of the kind {question.kind} has none", 'Remove them, or write "choice".')
        return
    if len(question.options) < (2 if question.kind == "choice" else 1):
        yield told("options", "there is nothing to choose from", 'Write `options = ["one", "few"]`.')
    if len(set(question.options)) < len(question.options):
        yield told("options", "an option stands twice", "Keep one of them.")
    for option in question.options:
        if option in (SKIP, TOGGLE, DONE, SEVERAL):
            yield told("options", f"{option} is a button of the desk", "Choose another name for the option.")
        elif len(f"{question.id}:{TOGGLE}:{option}") > MOST_PAYLOAD:
            yield told("options", f"{option} is too long for a button beside this id", "Shorten one of them.")


def _number(question: QuestionTable, _file: ProfileFile, told: Told) -> Iterator[ProfileProblem]:
    for field in ("min", "max", "unit"):
        if question.kind != "number" and getattr(question, field) is not None:
            yield told(field, f"only a number has `{field}`", 'Remove it, or write kind = "number".')
    if question.min is not None and question.max is not None and question.min > question.max:
        yield told("min", "the least is more than the most", "Lower `min`.")


def _conditions(
    question: QuestionTable, file: ProfileFile, before: tuple[QuestionTable, ...], told: Told
) -> Iterator[ProfileProblem]:
    """Yield conditions that nothing fulfils: unknown names, unknown values, and answers that come later."""
    earlier = {one.id: one for one in before if one.kind in CHOSEN}
    for name, values in question.when.items():
        if name not in FACTS and name not in earlier:
            known = likely_name(name, [*FACTS, *earlier])
            all_ = ", ".join((*FACTS, *earlier))
            remedy = f"Is {known} meant?" if known is not None else f"Choose from {all_}; a question stands before it."
            yield told("when", f"`when` knows no {name}", remedy)
            continue
        possible = sorted(_values(name, file, earlier))
        for value in (one for one in values if one not in possible):
            near = likely_name(value, possible)
            remedy = f"Is {near} meant?" if near is not None else f"Choose from {', '.join(possible)}."
            yield told("when", f"{name} is never {value}", remedy)
        if not values:
            yield told("when", f"{name} has no values", "Write those that it is asked for.")


def _values(name: str, file: ProfileFile, earlier: Mapping[str, QuestionTable]) -> Collection[str]:
    """Return the values that a name of `when` may have."""
    known: Mapping[str, Collection[str]] = {
        "plan": [plan.id for plan in file.plan],
        "addon": [addon.id for addon in file.addon],
        "country": RULES,
        "legal_form": file.company.build().legal_forms,
        "language": file.locales,
        "channel": [*Channel],
    }
    if name in known:
        return known[name]
    question = earlier[name]
    return (YES, NO) if question.kind == "yes_no" else question.options
