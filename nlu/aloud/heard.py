"""A recogniser's words at a step → the text that its author would have typed there."""

import re
from collections.abc import Sequence

from msgspec import Struct

from nlu.aloud.speech import spoken_name, with_its_mark, with_spelled_words, with_titles, without_pauses
from nlu.answers import Read, parser
from nlu.entities.spoken_addresses import INTRO, LEADS, read_spoken
from nlu.entities.taken_back import without_taken_back
from nlu.languages.language import Language, Languages
from nlu.numbers.choose import candidates, choose
from nlu.numbers.groups import runs
from nlu.numbers.runs import Run
from nlu.numbers.spelling import letter
from nlu.parse import LABEL_WORDS
from nlu.phrase_lines import Forms, word_set
from nlu.stance import hide_withheld
from nlu.tokens import tokens
from values import tax_number
from values.expected import Expected
from values.kinds import kind_of
from values.meaning import Entity, Expects
from values.parsing import Ok, fold_words, unaccent

_SAYS = Forms("aloud_addresses")
_BESIDE = INTRO | LEADS | frozenset("dziekuje dzieki grazie thanks thank".split())
_DENYING = frozenset("nie no non not wrong zle same sempre zawsze or albo lub oppure instead zamiast invece".split())
_SAID_WITH = word_set("heard", "said_with")
"""Words beside a number that say nothing against it."""
_CODES = frozenset("kod kodem kodu sms smsa esemes esemesa codice code pin".split())
_PLUS = frozenset({"plus", "piu"})
_CUSTOMERS = frozenset("klienta cliente client customer".split())


class ReadAddresses(Struct, frozen=True):
    """A text with its addresses as they are typed; not `sure` where one was said that can't be read for certain."""

    text: str
    sure: bool = True
    found: bool = False
    alone: str = ""  # the address, where nothing but words that lead to it stands beside it


def with_addresses(text: str, langs: Languages) -> ReadAddresses:
    """Put the addresses that were said in the place of their words."""
    said = _without_notes(text, langs[0])
    if said is None:
        return ReadAddresses(text, sure=False)
    spoken = read_spoken(said, langs, heard=True)
    if not spoken.found:
        return ReadAddresses(text, sure=not spoken.unread)
    found = spoken.found
    # The one address that isn't taken back; none where several stand.
    every = [Entity("email", value, start, end) for start, end, value in found]
    standing = {one.value for one in without_taken_back(every, said, langs)}
    last = standing.pop() if len(standing) == 1 else None
    if last is None:
        return ReadAddresses(text, sure=False)
    # What was taken back goes, with the words that take it back.
    before, behind = said[: found[0][0]], said[found[-1][1] :]
    alone = all(word in _BESIDE and word not in _DENYING for word in fold_words(f"{before} {behind}").split())
    return ReadAddresses(before + last + behind, sure=not spoken.unread, found=True, alone=last if alone else "")


def _without_notes(text: str, lang: Language) -> str | None:
    """Return the text without notes on its spelling; None where one of them changes what was said."""
    text = _SAYS.notes.sub(" ", text)
    for note in reversed([*_SAYS.by_letter.finditer(text)]):
        named = letter(unaccent(note[1]), lang.letters)
        before = re.search(r"[^\W\d_]+$", text[: note.start()])
        if not named or before is None:
            continue
        if named not in unaccent(before.group()):
            return None
        text = text[: note.start()] + text[note.end() :]
    return text


class AsTyped(Struct, frozen=True):
    """The text, empty where nothing was said.

    Not `sure` where an answer read from it may be another than was given; an `answer` is surely the open step's.
    """

    text: str
    sure: bool = True
    answer: bool = False


def as_typed(words: str, expected: Expected, langs: Languages) -> AsTyped:
    """Return a recording's words as they would be typed at the open step."""
    kind = kind_of(expected.expects)
    said = without_pauses(words, langs[0], named=kind.worded.dictated)
    if expected.expects is Expects.person_name:
        name = spoken_name(said)
        return AsTyped(said, sure=False) if name is None else AsTyped(name.text, answer=name.introduced)
    said = said if kind.worded.dictated else with_its_mark(said)
    addressed = with_addresses(said, langs)
    said = addressed.text
    if expected.expects is Expects.email and addressed.sure and addressed.alone:
        return AsTyped(addressed.alone)
    if expected.expects is Expects.email or addressed.found:
        return AsTyped(said, addressed.sure)
    if kind.aloud.one_number:
        return _number(said, expected, langs)
    if not expected.options or kind.worded.dictated:
        return AsTyped(said)
    titles = (title for option in expected.options if option.binds is None for title in option.titles)
    return AsTyped(with_titles(with_spelled_words(said), titles))


def _number(said: str, expected: Expected, langs: Languages) -> AsTyped:
    found, read = runs(said, langs), parser(expected.expects, expected, langs[0].code)
    if read is None or not found:
        return AsTyped(said)
    checked = expected.expects is Expects.tax_number
    lettered = checked and expected.country == tax_number.VATIN
    if len(found) != 1 or lettered or not _alone(said, found[0]):
        return AsTyped(
            said, _are_certain(runs(hide_withheld(said, langs, dictated=True), langs), read, checked=checked)
        )
    value = _right(found[0], read)
    whole = said[found[0].start : found[0].end]
    plus = "+" if found[0].plus else ""
    return AsTyped(plus + (whole if value is None else value), _are_certain(found, read, checked=checked))


def _right(run: Run, read: Read) -> str | None:
    """Return the likeliest reading of all that was said which is a right number, without its plus."""
    plus = "+" if run.plus else ""
    return next((one for one in candidates(run) if isinstance(read(plus + one), Ok)), None)


def _are_certain(found: Sequence[Run], read: Read, *, checked: bool) -> bool:
    """Return whether the numbers said can be read in one way only, or were said so that no other is meant.

    A check digit tells right numbers from wrong ones, not the one that was meant among two right ones (`checked`). A
    right number that is only a part of what was said isn't certain.
    """
    every: set[str] = set()
    for run in found:
        plus = "+" if run.plus else ""
        said = candidates(run)
        right = {str(outcome.value) for one in said if isinstance(outcome := read(plus + one), Ok)}
        if not right and choose(run, lambda one, plus=plus: isinstance(read(plus + one), Ok), lambda _one: False):
            return False
        if len(right) > 1 and (checked or not isinstance(read(plus + said[0]), Ok)):
            return False
        every.add(said[0] if len(right) > 1 else "".join(right))
    return len(every - {""}) < 2


def _alone(said: str, run: Run) -> bool:
    """Return whether nothing but what it is called, and courtesy, stands beside a number."""
    beside = [token.word for token in tokens(said) if token.end <= run.start or token.start >= run.end]
    if not _CODES.isdisjoint(beside) and _CUSTOMERS.isdisjoint(beside):
        return False
    return all(word in LABEL_WORDS or word in _SAID_WITH or word in _PLUS for word in beside)
