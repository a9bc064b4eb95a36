"""Choices that are made by their name before they are asked: a method of payment, a plan, add-ons with their number."""

import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from nlu.answers import names_itself
from nlu.corrections.sentences import fold_letters, puts_right
from nlu.entities.term_words import OF_WORD, TERM, is_term_alone
from nlu.entities.terms import names_a_method
from nlu.languages.language import Languages
from nlu.named.consent_names import RENEWAL
from nlu.named.pieces import OUT, each_with_amount, in_a_range, named_in, taken_out, takes_all_out, with_amount
from nlu.named.renewals import names_renewal, renewal_beside
from nlu.named.terms_of_years import YEAR_WORD, meant_term
from nlu.named.ways_to_pay import changes_way, wanted_way
from nlu.numbers.groups import runs
from nlu.phrase_lines import alternatives
from nlu.stance import TOLD_OF, Stance, stance_at
from nlu.tokens import is_question, part_around, tokens, without_addresses
from values.expected import Expected, Nameable, OptionWords
from values.meaning import Expects, Fact, Press
from values.offer import WITHOUT
from values.parsing import fold_words
from values.patterns import regex
from values.slots.word_classes import WordClass, class_of

_words = partial(alternatives, "choices")
_PAYING = regex(r"(?<![^ ])" + _words("paying") + r"(?![^ ])")
_BY = frozenset("przez con tramite via by with per mit metoda metodo method zahlungsart".split())
_PLAN = r"(?:plan\w{0,2}|pakiet\w{0,2}|wersj\w{1,2}|piano|pacchetto|versione|package|version|tarif|paket)"
_ADDING = regex(r"(?<![^ ])" + _words("adding") + r"(?![^ ])")
_WISHED = regex(
    rf"{_ADDING.pattern}|(?<![^ ]){_words('wished')}(?![^ ])"
    r"|(?<![^ ])(?:z|ze|con|with|mit|plus) (?:\d{1,3}|\S{2,8}) (?:dodatkow|uzytkown|utent|extra|additional|more|seats"
    r"|users)"
)
_HAVING = regex(r"(?<![^ ])" + _words("having") + r"(?![^ ])")
_NAMES_PLAN = regex(rf"(?<![^ ]){_PLAN}(?![^ ])")
_OURS = regex(_words("ours"))
"""Before a word that may be a plan's name: it is a thing of theirs, or of the sentence."""
_HINTS = (
    regex(r"\d(?<!\d\d)(?<!\d \d)\d{0,2}(?:(?: 000)?(?! ?\d)| \d{1,3} (?=\D))"),  # a number, or a range
    OUT,
    _NAMES_PLAN,
    YEAR_WORD,
    _WISHED,
)
CLAUSE = regex(r"[,;:.()!]")
_STEM, _LONGEST = 5, 400
_MOST_OF_TERM = 3  # words of a message that is nothing but a term


class FoundFact(Struct, frozen=True):
    """A fact, and where it stands in the message; nowhere if its words say more than itself."""

    fact: Fact
    start: int = 0
    end: int = 0


def named_choices(
    text: str, expected: Expected, langs: Languages, nameable: Callable[[], Sequence[Nameable]], *, listed: bool
) -> Iterator[FoundFact]:
    """Yield the choices that a message makes by name; a question makes none, but a statement beside it may.

    `nameable` is looked at only where a word may name one. `listed`: the message states other facts, so that a bare
    method among them is one more.
    """
    if names_itself(text, expected.expects):
        return
    text = without_addresses(text)
    said = fold_words(text[:_LONGEST])
    counted = any(option.pieces for option in expected.options)
    if len(text) > _LONGEST or not (counted or _may_name(said, langs)):
        return
    asks, choices = is_question(text, said.split(), langs), nameable()
    timed = any(choice.step == "years" for choice in choices) and YEAR_WORD.search(said) is not None
    listed = listed or (timed and (term := meant_term(text, langs)) is not None and term.changes)
    if choices and names_renewal(text) and all(choice.step != RENEWAL for choice in choices):
        yield from (one for one in _renewal(text, expected, langs) if one.fact.text == "no")  # a way to pay may renew
    for choice in choices:
        if choice.called:
            continue
        if choice.step == "method":
            yield from _method(text, said, choice, expected, langs, listed=listed)
        elif choice.step == "years":
            row = choice.step in expected.rows
            alone = listed or is_term_alone(said) or (row and len(said.split()) <= _MOST_OF_TERM)
            yield from _years(text, choice, langs, listed=alone, row=row)
        elif choice.step == RENEWAL:
            yield from _renewal(text, expected, langs)
        elif asks:
            continue
        elif any(option.pieces for option in choice.options):
            yield from _amount(text, said, choice, expected, langs)
        else:
            yield from _plan(text, said, choice, langs)


def _may_name(said: str, langs: Languages) -> bool:
    hinted = any(hint.search(said) for hint in _HINTS) or takes_all_out(said)
    return hinted or names_a_method(said, langs) or names_renewal(said)


def _method(
    text: str, said: str, choice: Nameable, expected: Expected, langs: Languages, *, listed: bool
) -> Iterator[FoundFact]:
    """Yield the one method named as what is paid by: with a verb of paying, behind "by", or instead of another."""
    if not names_a_method(said, langs):
        return
    way = wanted_way(text, langs)
    if way is None or not _offers(choice, way.value):
        yield from _method_of_clause(text, said, choice, expected, langs, listed=listed)
        return
    if RENEWAL in expected.rows and RENEWAL in expected.correctable and renewal_beside(text, langs) is not None:
        yield FoundFact(Fact(choice.step, way.value, corrects=True))  # both are taken: neither eats the other
        return
    changes, whole = changes_way(text, langs), way.whole and not _takes_methods(expected)
    by = bool(_BY.intersection(fold_words(text[: way.start]).split()[-2:]))
    if whole or listed or by or changes or _PAYING.search(said) is not None:
        span = (0, 0) if changes else (0, len(text)) if whole else way.clause if listed and way.alone else (0, 0)
        yield FoundFact(Fact(choice.step, way.value, corrects=changes), *span)
    else:
        yield from _method_of_clause(text, said, choice, expected, langs, listed=listed)


def _method_of_clause(
    text: str, said: str, choice: Nameable, expected: Expected, langs: Languages, *, listed: bool
) -> Iterator[FoundFact]:
    """Yield the one method that a clause names by itself, beside what else the message gives."""
    way = wanted_way(text, langs, beside=True)
    if way is None or not _offers(choice, way.value):
        return
    pays = _PAYING.search(fold_words(text[slice(*way.clause)])) is not None
    if pays or (way.alone and (listed or names_renewal(said))):
        yield FoundFact(Fact(choice.step, way.value, corrects=choice.step in expected.correctable), *way.clause)


def _offers(choice: Nameable, value: str) -> bool:
    """Return whether a choice has this value, and nobody is bound by it."""
    return any(one.payload == f"{choice.step}:{value}" and one.binds is None for one in choice.options)


def _takes_methods(expected: Expected) -> bool:
    """Return whether a way to pay is an answer here, or another row of the card."""
    return "method" in expected.rows or any(option.payload.startswith("method:") for option in expected.options)


def _renewal(text: str, expected: Expected, langs: Languages) -> Iterator[FoundFact]:
    """Yield whether the term is to renew itself, where a clause says so, also before the card that has it is there."""
    if expected.step != RENEWAL and names_renewal(text) and (wanted := renewal_beside(text, langs)) is not None:
        yield FoundFact(Fact(RENEWAL, wanted, corrects=RENEWAL in expected.rows))


def _years(text: str, choice: Nameable, langs: Languages, *, listed: bool, row: bool) -> Iterator[FoundFact]:
    """Yield the one term of years that is wished for, not one that something has lasted.

    `listed`: it stands alone or among other facts; `row`: the card that is open has one.
    """
    meant = meant_term(text, langs)
    if meant is not None and _offers(choice, meant.value) and (listed or meant.wished or meant.changes):
        span = _beside_term(text) if meant.changes else (0, 0)
        yield FoundFact(Fact(choice.step, meant.value, corrects=meant.changes or row), *span)


def _beside_term(text: str) -> tuple[int, int]:
    """Return where nothing but words of closed classes stands beside a term: the message, or its clause."""
    said = fold_letters(text)
    term = TERM.search(said)
    for start, end in ((0, len(text)), part_around(said, term.start(), term.end(), CLAUSE)) if term is not None else ():
        words = fold_words(TERM.sub(" ", said[start:end])).split()
        if all(class_of(word) is not WordClass.content or word in OF_WORD for word in words):
            return start, end
    return 0, 0


def _plan(text: str, said: str, choice: Nameable, langs: Languages) -> Iterator[FoundFact]:
    """Yield the one option named beside the word for it ("the Team plan"): many names are words of their own.

    Where the message puts something right or wishes for something, its whole name will do, to a wish also the word that
    the others don't have, written as there ("I want Team"); what it denies isn't meant.
    """
    changes = _NAMES_PLAN.search(said) is not None and puts_right(fold_letters(text), langs)
    wished = _WISHED.search(said) is not None
    titles = {option: _titles(option) for option in choice.options}
    every = set.intersection(*(set(" ".join(words).split()) for words in titles.values())) if len(titles) > 1 else set()
    found: dict[str, str] = {}
    for option, spelt in titles.items():
        for title in spelt:
            own = " ".join(word for word in title.split() if word not in every)
            name = rf"(?:{re.escape(title)}|{re.escape(own)})" if own else re.escape(title)
            whole = rf"|{re.escape(title)}" if (changes or wished) and own != title else ""
            match = re.search(rf"(?<![^ ])(?:{_PLAN} {name}|{name} {_PLAN}{whole})(?![^ ])", said)
            if match is None and wished and _by_own_name(text, own, option):
                match = re.search(rf"(?<![^ ]){re.escape(own)}(?![^ ])", said)
            if match is not None and not _is_told_of(text, said, match, langs):
                found[option.payload] = option.payload.partition(":")[2]
    if len(found) == 1:
        yield FoundFact(Fact(choice.step, next(iter(found.values())), corrects=changes))


def _by_own_name(text: str, own: str, option: OptionWords) -> bool:
    """Return whether a name stands in a message as it is written on its button, and isn't "our Team"."""
    written = {word for title in option.titles for word in title.split() if fold_words(word) == own}
    found = (re.search(rf"(?:(\w+) )?(?<![\w-]){re.escape(word)}(?![\w-])", text) for word in written)
    return any(one is not None and _OURS.fullmatch(fold_words(one[1] or "")) is None for one in found)


def _is_told_of(text: str, said: str, plan: re.Match[str], langs: Languages) -> bool:
    """Return whether a plan is denied, or somebody else has it, or had it before."""
    words = tokens(text[:_LONGEST])
    first, last = said.count(" ", 0, plan.start()), said.count(" ", 0, plan.end())
    told = {Stance.negated, *TOLD_OF}
    return last >= len(words) or stance_at(text, words[first].start, words[last].end, langs) in told


def _amount(text: str, said: str, choice: Nameable, expected: Expected, langs: Languages) -> Iterator[FoundFact]:
    """Yield so many of each add-on that is wished for, and those that are to be taken out.

    One counts as two do: it is to be added, bought or had with the rest, or called by its whole name.
    """
    chosen = choice.step != expected.step and choice.step in expected.correctable
    late = expected.expects is Expects.payment
    filled = any(option.payload == f"{expected.step}:undo" for option in expected.options)
    if takes_all_out(said) and (chosen or late or (choice.step == expected.step and filled)):
        yield FoundFact(Fact(choice.step, f"none:{WITHOUT}", adds=True))
        return
    here = replace(expected, expects=Expects.choice, step=choice.step, options=choice.options, several=False)
    out, text = taken_out(text, here, langs)
    for name, fewer in out.items():
        yield FoundFact(Fact(choice.step, f"{name}:{WITHOUT}{fewer}", adds=True))
    if out:
        said = fold_words(text)
    each = each_with_amount(text, here, langs)
    if each and (choice.step == expected.step or all(one.then is not None for one in each)):
        named = (one.payload.partition(":")[2] + (f":{one.then}" if one.then is not None else "") for one in each)
        yield from (FoundFact(Fact(choice.step, value, adds=True)) for value in named)
        return
    wished = (bool(out) or chosen or _WISHED.search(said) is not None) and _HAVING.search(said) is None
    if not wished and not any(_called(said, option) for option in choice.options):
        return
    for part in (text, *CLAUSE.split(text)):
        pressed = with_amount(part, here, langs)
        if isinstance(pressed, Press):
            option = next(one for one in choice.options if one.payload == pressed.payload)
            if wished or _called(said, option):
                value = pressed.payload.partition(":")[2]
                number = f":{pressed.then}" if pressed.then is not None else ""
                yield FoundFact(Fact(choice.step, f"{value}{number}", adds=True))
            return
    adding = chosen and _ADDING.search(said) is not None and not runs(text, langs)
    asked = named_in(_ADDING.sub("", said), here, langs) if adding else in_a_range(text, here, langs)
    if asked is not None:
        yield FoundFact(Fact(choice.step, asked.payload.partition(":")[2], adds=True))


def _called(said: str, option: OptionWords) -> bool:
    """Return whether all words of one of its names, two or more, are in the message; a price beside it is none."""
    stems, counted = {word[:_STEM] for word in said.split()}, {word[:_STEM] for word in option.pieces}
    for title in _titles(option):
        name = {word[:_STEM] for word in title.split()}
        for own in (name, name & counted):
            if len(own) > 1 and own <= stems:
                return True
    return False


def _titles(option: OptionWords) -> list[str]:
    return [folded for title in option.titles if (folded := fold_words(title))]
