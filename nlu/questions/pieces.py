"""The pieces of a message that may say a thing each: its clauses, and what words that join part in them."""

from collections.abc import Iterator, Sequence, Set

from nlu.facts.named_choices import FoundFact
from nlu.languages.language import Languages
from nlu.phrase_lines import patterns, word_set
from nlu.questions.asking import asks
from nlu.stance.clauses import Part, part_clauses
from nlu.tokens import Token, is_question
from values.patterns import regex

_STOPS = ".?!\n"
_STOP = regex(r"[?!\n]|\.(?=\s|$)")
_LEAST_WORDS = 2
DIGIT = regex("[0-9]")
_JOINS = {lang: word_set("joining_words", lang) for lang in patterns("joining_words")}
_NONE = frozenset[str]()
_ALL = frozenset("all anything everything nothing none tutto niente nulla wszystko nic".split())
"""Behind these "but" makes an exception."""


def pieces(text: str, langs: Languages, *, joined: bool = True) -> list[Part]:
    """Return the clauses of a message, parted by marks and, if `joined`, by the words that join them in its language.

    What goes on behind a question in its sentence belongs to it.
    """
    joins, found = _JOINS.get(langs[0].code, _NONE) if joined else _NONE, list[Part]()
    for part in part_clauses(text):
        for words in _cut(text, part, part.words, joins, langs):
            end, marked = (part.end, part.asks) if words[-1] is part.words[-1] else (words[-1].end, False)
            before = found[-1] if found and found[-1].asks and text[found[-1].end - 1] not in _STOPS else None
            stop = _STOP.search(text, part.end - 1)
            asked = before is not None or (stop is not None and stop.group() == "?")  # "jak mówię" asks nothing
            own = _opens(text, words, langs) if asked else asks(text[words[0].start : words[-1].end], langs)
            if before is not None and not own:
                found[-1] = Part(before.start, end, (*before.words, *words), True, part.quoted)
            else:
                found.append(Part(words[0].start, end, words, own or marked, part.quoted))
    return found


def _cut(
    text: str, part: Part, words: tuple[Token, ...], joins: Set[str], langs: Languages
) -> Iterator[tuple[Token, ...]]:
    """Yield the words of a clause in the pieces that it falls into; a question falls in two at its own first word."""
    typed = [text[word.start : word.end] for word in words]
    words = words[1:] if typed[0].lower() in joins and len(words) > 1 else words
    for at in range(1, len(words) - 1):
        before, joint, behind = (text[one.start : one.end] for one in words[at - 1 : at + 2])
        named = before[0].isupper() and behind[0].isupper() and len(behind) > 1  # "I" is nobody's name
        if joint.lower() not in joins or named or words[at - 1].word in _ALL:
            continue
        asking = part.asks or _opens(text, words[:at], langs)
        if not asking or _opens(text, words[at + 1 :], langs):
            yield words[:at]
            yield from _cut(text, part, words[at + 1 :], joins, langs)
            return
    yield words


def _opens(text: str, words: Sequence[Token], langs: Languages) -> bool:
    """Return whether words ask without their mark, by one that only a question has, or as they begin."""
    said = [word.word for word in words]
    begins = len(said) >= _LEAST_WORDS and is_question(" ".join(said), said, langs)
    return begins or asks(text[words[0].start : words[-1].end], langs)


def may_ask(part: Part, *, marked: bool) -> bool:
    """Return whether a part may be a question of its own: not of a number, which may be one that isn't known."""
    return len(part.words) >= _LEAST_WORDS + (not marked) and not any(DIGIT.search(word.word) for word in part.words)


def holds(part: Part, facts: Sequence[FoundFact]) -> bool:
    """Return whether a fact stands in a part."""
    return any(one.start < part.end and part.start < one.end for one in facts if one.end)
