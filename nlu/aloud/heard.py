"""A recogniser's words at a step → the text that its author would have typed there."""

from collections.abc import Sequence

from msgspec import Struct

from nlu.aloud.addresses import with_addresses
from nlu.aloud.speech import spoken_name, with_its_mark, with_spelled_words, with_titles, without_pauses
from nlu.answers import Read, parser
from nlu.languages.language import Languages
from nlu.numbers.choose import candidates, choose
from nlu.numbers.groups import Run, runs
from nlu.parse import LABEL_WORDS
from nlu.phrase_lines import word_set
from nlu.stance import withheld
from nlu.tokens import tokens
from values import tax_number
from values.kinds import kind_of
from values.meaning import Expected, Expects
from values.parsing import Ok

_SAID_WITH = word_set("heard", "said_with")
"""Words beside a number that say nothing against it."""
_CODES = frozenset("kod kodem kodu sms smsa esemes esemesa codice code pin".split())
_PLUS = frozenset({"plus", "piu"})
_CUSTOMERS = frozenset("klienta cliente client customer".split())


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
        return AsTyped(said, _are_certain(runs(withheld(said, langs, dictated=True), langs), read, checked=checked))
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
