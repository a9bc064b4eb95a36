"""The reading of a message: all that it says, by the stages in which it is found.

1. `understand` tells what its words do, answer or ask as a whole: payload, command, secret, value, act, question.
2. `find_facts` finds every value that it names, each by its own form, whatever step takes it.
3. `read_beside_facts` decides what the words mean beside these facts, and `as_wanted` which of several ways to pay is
   wanted.
4. Whoever knows more may change that: the desk has the stages of `bot/conversation/words.py`.
5. `with_the_rest` adds what its parts give, want and ask that the meaning leaves out (`questions/several.py`).
6. `with_not_given` adds what looked like a value and isn't taken, so that the reply can name it.
7. `judge_changes` leaves out the values that the words around don't give (`nlu/gate.py`).
"""

from collections.abc import Callable, Sequence

from msgspec import Struct
from msgspec.structs import replace

from nlu.commands import read_payload
from nlu.facts.named_choices import FoundFact
from nlu.facts.stated import find_facts, read_beside_facts
from nlu.languages.language import Languages
from nlu.named.ways_to_pay import as_wanted
from nlu.phrase_lines import Forms
from nlu.questions.several import VALUED, PartsReader
from nlu.stance import not_given, surely_told, without_denied_acts
from values.expected import TITLE, Expected, Nameable
from values.meaning import Correction, Expects, Fact, Intent, Meaning, Press
from values.parsing import fold_words

Understand = Callable[[str], Meaning]
_SAYS = Forms("understand")


class Reading(Struct, frozen=True):
    """All that a message says at the open step.

    `meaning` is what it does, answers or asks, `besides` what its other parts do; `facts` are the values that it gives,
    `not_given` those that it only names. `settled`: its form leaves no doubt, so no later stage reads it otherwise.
    `typed` is false for a payload sent as a text, which states nothing more.
    """

    text: str
    meaning: Meaning
    facts: tuple[FoundFact, ...] = ()
    besides: tuple[Meaning, ...] = ()
    not_given: tuple[Fact, ...] = ()
    settled: bool = False
    typed: bool = True

    def with_parts(self, meaning: Meaning, parts: Sequence[Fact]) -> "Reading":
        """Return the reading of an address by its form: one part is the meaning, and what else stands beside stays."""
        own = meaning.what if isinstance(meaning, Correction) else ""
        kinds = {own, *(str(part.kind) for part in parts)}
        others = (one for one in self.facts if one.fact.kind not in kinds)
        return replace(self, meaning=meaning, facts=(*map(FoundFact, parts), *others), settled=True)


def read_message(
    text: str,
    expected: Expected,
    langs: Languages,
    understand: Understand,
    nameable: Callable[[], Sequence[Nameable]] = tuple,
) -> Reading:
    """Return the reading of a message by the stages that need no desk, without its further questions."""
    whole = understand(text)
    if read_payload(text, expected) is not None:
        return Reading(text, whole, typed=False)
    facts, left = find_facts(surely_told(text, langs), expected, langs, nameable), without_denied_acts(text)
    facts = tuple(one for one in facts if not one.end or left[one.start : one.end].strip())
    if isinstance(whole, Press) and whole.payload.startswith(TITLE):
        return _named_by_title(Reading(text, whole, facts), nameable)
    if isinstance(whole, Press) and expected.pages.get(fold_words(text)) == whole.payload:
        return Reading(text, whole)  # the title of a button says that and nothing else
    meaning = read_beside_facts(text, facts, whole, expected, understand)
    meaning = as_wanted(text, meaning, expected, langs) or meaning
    if isinstance(meaning, Correction) and meaning.what == Expects.tax_number and _adds_company(fold_words(text)):
        meaning = Intent("add_company", 1.0, (), text)
    return Reading(text, meaning, facts)


def _adds_company(said: str) -> bool:
    """Return whether a number is one more company's: it replaces none unless the first is said to be wrong."""
    return _SAYS.other_company.search(said) is not None and _SAYS.not_this_one.search(said) is None


def _named_by_title(told: Reading, nameable: Callable[[], Sequence[Nameable]]) -> Reading:
    """Return the title of another button with the choice that it is by itself, which is noted; with no other value."""
    title, facts = fold_words(told.text), told.facts
    options = [option for one in nameable() for option in one.options] if facts else ()
    own = {option.payload for option in options if title in map(fold_words, option.titles)}
    facts = tuple(one for one in facts if f"{one.fact.kind}:{one.fact.text}" in own)
    meaning = Intent("inform", 1.0, (), told.text) if facts else told.meaning
    return replace(told, meaning=meaning, facts=facts)


def with_the_rest(reading: Reading, reader: PartsReader) -> Reading:
    """Add what the parts of a message give, want and ask besides what it means."""
    if not reading.typed:
        return reading
    meaning, besides = reader.told(reading.text, reading.meaning, reading.facts)
    return replace(reading, meaning=reading.meaning if reading.settled else meaning, besides=besides)


def with_not_given(reading: Reading, expected: Expected, langs: Languages) -> Reading:
    """Add the values that a message names as somebody else's, old or denied, where it gives no other.

    Each is a fact of the kind that its form has, of no kind where it has none.
    """
    if not reading.typed or reading.facts or isinstance(reading.meaning, VALUED):
        return reading
    named = tuple(_named(value, expected, langs) for value in not_given(reading.text, langs))
    return replace(reading, not_given=named) if named else reading


def _named(value: str, expected: Expected, langs: Languages) -> Fact:
    found = find_facts(value, expected, langs)
    return replace(found[0].fact, others=True) if len(found) == 1 else Fact("", value, others=True)
