"""Answers that bind: given by the act's own verb in a message that says nothing else, refused by any clear no.

The vocabulary is closed. A word that isn't of it (a negation, a condition, a doubt, a method, a number) makes a message
one that binds nobody, so that nothing has to be known about the word. One thing may stand beside: a reason, where a
word of consequence says that the act follows from it ("…, so I accept"), or in a clause of its own
(`nlu/binding_reasons.py`).
"""

from collections.abc import Callable, Iterable, Sequence
from functools import cache, lru_cache

from msgspec import Struct
from msgspec.structs import replace

from nlu import binding_words as kind
from nlu.answer_words import SHIPPED
from nlu.binding_reasons import Clause
from nlu.binding_words import Kinds, Vocabulary, name_topic, raw_words, vocabulary
from nlu.languages.language import Languages
from nlu.phrase_lines import alternatives, word_set
from nlu.stance import Stance, clauses, stance
from values.expected import Expected, OptionWords
from values.locale import SHIPPED as LOCALES
from values.meaning import BindingAct, Press, Unclear
from values.parsing import fold_words
from values.patterns import regex

_LONGEST = 400
_DOCUMENTS = {
    "terms": ("regulamin", "warunk", "termini", "condizion", "terms", "conditions", "agb", "bedingung"),
    "clauses": ("klauzul", "clausol", "clause", "vessator", "klausel"),
}
"""Names of the documents that the same verb accepts, by their step: beginnings of unaccented words."""
_AGREE = str(BindingAct.agree)
_AGREEING = frozenset({_AGREE, kind.YES})
PLAINLY = (kind.STANDING_BY | _AGREEING | {name_topic(BindingAct.agree), kind.EVERYTHING}) - {kind.PARTING, kind.IRONIC}
"""Kinds of the words that agree without a goodbye."""
_END, _NOWHERE = "\n", range(0)
"""Where the second part of a phrase stood; no word is called so."""
_SAYING = kind.ALL_KINDS & (kind.ACTS | {kind.YES})
_YESES = frozenset({kind.YES})
_PASSED = frozenset({kind.PRONOUN, kind.BESIDE})
_LEADING = frozenset({kind.SO, kind.LEANING})
_SMALL, _ALONE = frozenset({kind.POINTING, kind.PRONOUN}), frozenset[str]()
_PLAINLY = frozenset({_AGREE, kind.YES, kind.PLAIN, kind.BESIDE, kind.PRONOUN})
_HARMLESS = frozenset({kind.BESIDE, kind.PLAIN})
_OF_EVERYTHING = frozenset(
    {kind.EVERYTHING, _AGREE, name_topic(BindingAct.agree), kind.BESIDE, kind.POINTING, kind.PRONOUN, kind.PARTING}
)
_TAKING_BACK = frozenset({str(BindingAct.withdraw)})
_OF_ANYTHING = frozenset({str(BindingAct.activate), str(BindingAct.renew)})
"""Acts whose verbs are said of any program, too: "start it, because it hung"."""
_RENEWING = ("odn", "przedl", "rinn", "renew", "prolong")
_IT = frozenset("je ja go nie nich le lo la li them these those".split())
_NODS = "👍✅👌🆗💯"
_NODDING, _NODDED = str.maketrans(dict.fromkeys(_NODS, " ok ")), str.maketrans(dict.fromkeys(_NODS, " "))
"""Signs that say yes where they stand alone, and nothing more beside words."""
# A question's mark, and signs that take back what the words say: no, a doubt, rolled eyes.
_WITHHOLDING = frozenset("😂🤣?？؟👎❌🚫🙅🤔🤨🙄🤷🤡⛔❓❔✖🖕😒🙃")
_QUOTES = frozenset('"„”“«»')
_LAZY = word_set("binding", "lazy")
_SIGH = regex(alternatives("binding", "sighs"))
_WELL = frozenset("cosi tutto wszystko".split())
"""With one of these a lazy word says that all is well as it is: "va bene così, grazie" wants nothing."""
_SLIGHT = frozenset("a all and be do i is it jest ll no o oh s that then to tu well".split())
"""Words that make no more of a lazy one: "that's fine, thanks"."""
_THANKS = frozenset("dzieki dziekuje dziekuje thanks thank thx ta cheers grazie danke".split())


class _Message(Struct, frozen=True):
    """A message, its words, and where those behind a reason begin: 0 where there is none."""

    text: str
    words: list[str]
    known: Vocabulary
    behind: int
    langs: Languages


class _Read(Struct, frozen=True):
    """Words split into phrases, by what each may be (an act's verb, a yes), and words that are of none."""

    phrases: tuple[Kinds, ...]
    unknown: tuple[str, ...]

    def says(self, kinds: Kinds) -> bool:
        """Return whether one of the phrases is of these kinds."""
        return any(phrase & kinds for phrase in self.phrases)


def read_binding(
    text: str, options: Iterable[OptionWords], expected: Expected, langs: Languages
) -> Press | Unclear | None:
    """Return the binding option that a message gives.

    Several where it doesn't say which, none where it says yes to something that isn't asked.
    """
    if withholds(text) or len(text) > _LONGEST:
        return None
    message, options = _message(text, langs), tuple(options)
    if (document := named_document(text, (*options, *expected.options))) is not None:
        options = tuple(option for option in options if option == document)
        expected = replace(expected, step=_step(document))
    elif (named := documents(text)) and not named.isdisjoint(expected.rows):
        options = tuple(option for option in options if _step(option) not in _DOCUMENTS or _step(option) in named)
    given = [option for option in options if _gives(message, option, expected)]
    given = [option for option in given if _own(option, expected)] or given
    payloads = tuple(dict.fromkeys(option.payload for option in given))
    if payloads and _is_filler(message, langs):
        return Unclear((), text)
    if payloads:
        return Press(payloads[0]) if len(payloads) == 1 else Unclear(payloads, text)
    # A yes that binds nobody here, another act's verb or a slip: nothing to guess from. To take back is a no.
    read = _split(message.known.mended(message.words), message.known, kind.ALL_KINDS)
    says = {kind.POINTING}.issuperset(read.unknown) and read.says(_SAYING) and not read.says(_TAKING_BACK)
    return Unclear((), text) if says else None


def _is_filler(message: _Message, langs: Languages) -> bool:
    """Return whether a mere yes stands in words that make it none ("tak sobie", "sì vabbè"), or somebody else acts."""
    known = message.known
    acts = known.names_an_act(message.words)
    if not acts and (_acknowledges(message.words, message.known) or _repeats(message)):
        return True
    for clause in clauses(message.text):
        how = stance(clause, langs)
        if how is Stance.others and (not acts or known.names_an_act(fold_words(clause).split())):
            return True
        if how is Stance.filler and not acts:
            return True
    return False


def _acknowledges(words: Sequence[str], known: Vocabulary) -> bool:
    """Return whether thanks stand beside no more than a lazy word: "cool, thanks", but not "sounds great, thanks"."""
    if _THANKS.isdisjoint(words) or _LAZY.isdisjoint(words):
        return False
    at = 0
    while at < len(words):
        length, kinds = known.phrases.longest(words, at, kind.ALL_KINDS)
        said = words[at : at + max(length, 1)]
        if kind.YES in kinds and not is_lazy(said):
            return False
        at += len(said)
    return True


def is_lazy(phrase: Sequence[str]) -> bool:
    """Return whether a phrase is a lazy word and nothing that makes more of it."""
    rest = [word for word in phrase if word not in _LAZY]
    return len(rest) < len(phrase) and (_SLIGHT.issuperset(rest) or not _WELL.isdisjoint(rest))


def _repeats(message: _Message) -> bool:
    """Return whether a yes is said twice in a row, which waves it away ("eh già"); a plain one only behind a sigh."""
    words, phrases = message.words, message.known.phrases
    if words[:1] and _SIGH.fullmatch(words[0]) is not None:
        said = next((at for at, word in enumerate(words) if _SIGH.fullmatch(word) is None), len(words))
        if words[said : said + 1] * 2 == words[said : said + 2]:
            return True
    for at in range(len(words)):
        length, kinds = phrases.longest(words, at, _YESES)
        if length and kind.PLAIN not in kinds and words[at : at + length] == words[at + length : at + 2 * length]:
            return True
        half = length // 2  # "ok ok" is a phrase of its own
        if half and words[at : at + half] * 2 == words[at : at + length] and words[at] not in kind.PLAIN_YES:
            return True
    return False


def named_document(text: str, options: Sequence[OptionWords]) -> OptionWords | None:
    """Return the option of the one document that a message names, where several are offered.

    Terms and clauses are accepted by the same verb: "I approve the clauses" doesn't accept the terms.
    """
    offered = {_step(option): option for option in options if _step(option) in _DOCUMENTS}
    if len(offered) < 2:
        return None
    named = [offered[step] for step in documents(text) if step in offered]
    return named[0] if len(named) == 1 else None


def documents(text: str) -> frozenset[str]:
    """Return the documents that a message names, by their steps."""
    said = fold_words(text[:_LONGEST]).split()
    return frozenset(step for step, names in _DOCUMENTS.items() if any(word.startswith(names) for word in said))


def read_joint(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the press that accepts several documents together, where a message names each of them, or everything.

    A mere yes is an answer to the one question that is open, and "all right" is no "I accept all".
    """
    joint = expected.joint
    if joint is None or withholds(text) or len(text) > _LONGEST:
        return None
    message, named = _message(text, langs), documents(text)
    covered = named.issuperset(joint.covers) if named else _says_everything(message)
    given = covered and _gives(message, joint, replace(expected, step=_step(joint)))
    return Press(joint.payload) if given and not _is_filler(message, langs) else None


def _says_everything(message: _Message) -> bool:
    """Return whether a verb accepts all that stands there: "I accept both", not "thanks for everything"."""
    said = _split(message.words, message.known, _OF_EVERYTHING)
    return said.says(frozenset({kind.EVERYTHING})) and said.says(frozenset({_AGREE}))


def _step(option: OptionWords) -> str:
    return option.payload.partition(":")[0]


def withholds(text: str) -> bool:
    """Return whether a message asks, or has a sign that takes its words back."""
    return not _WITHHOLDING.isdisjoint(text)


def refuses(text: str, langs: Languages) -> bool:
    """Return whether a message clearly says no to what is asked."""
    if "?" in text:
        return False
    said = fold_words(text[:_LONGEST])
    whole = said in SHIPPED.no or any(said in lang.answers.no for lang in langs)
    return whole or vocabulary(langs).refuses(said.split())


def agrees_plainly(text: str, langs: Languages) -> bool:
    """Return whether a message says yes, or agrees, and names nothing that it agrees to."""
    message = _message(text, langs)
    read = _split(message.words, message.known, _PLAINLY)
    return not (withholds(text) or read.unknown or _is_filler(message, langs)) and read.says(_AGREEING)


def wants_another(text: str, langs: Languages) -> bool:
    """Return whether a message asks for another way: "I'd rather pay differently", "wolę inną metodę"."""
    words = fold_words(text[:_LONGEST]).split()
    rather = any(word in _shipped_words("rather") for word in words)
    other = any(word.startswith(tuple(_shipped_words("other"))) for word in words)
    return rather and (other or len(words) == 1) and "?" not in text and not refuses(text, langs)


def unknown_words(text: str, langs: Languages, wanted: Kinds = kind.ALL_KINDS) -> tuple[str, ...]:
    """Return the words of a message beside those of an act."""
    found = _split(fold_words(text[:_LONGEST]).split(), vocabulary(langs), wanted).unknown
    return tuple(word for word in found if word not in (kind.POINTING, kind.LEANING))


@lru_cache(maxsize=4)  # several options are read out of one message in a row
def _message(text: str, langs: Languages) -> _Message:
    known, text = vocabulary(langs), text.translate(_NODDED if fold_words(text) else _NODDING)
    words = fold_words(text).split()
    behind = known.reason(words, langs) if _QUOTES.isdisjoint(text) else 0
    return _Message(text, words, known, behind, langs)


def _gives(message: _Message, option: OptionWords, expected: Expected) -> bool:
    """Return whether the words give this act: by its own verb or, where nothing else is asked, by agreeing."""
    act = option.binds
    if act is None:
        return False
    kinds = kind.STANDING_BY | _AGREEING | {str(act), name_topic(act)}
    read, agreeing = _split(message.words, message.known, kinds), frozenset({_AGREE})
    if read.unknown and message.behind:
        read = _split(message.words[message.behind :], message.known, kinds)
    elif not read.says(frozenset({kind.PARTING})):  # whoever says yes and goodbye leaves
        agreeing = _AGREEING
    if read.unknown:
        return _gives_beside_a_reason(message, option, expected, kinds)
    if read.says(frozenset({str(act)})):
        return True
    return act is not BindingAct.order and read.says(agreeing) and _own(option, expected)


def _gives_beside_a_reason(message: _Message, option: OptionWords, expected: Expected, kinds: Kinds) -> bool:
    """Return whether a clause gives the act by its verb, and all others are closed or its reasons."""
    known, act = message.known, str(option.binds)
    money = option.binds is BindingAct.order
    giving = frozenset({act} if money or not _own(option, expected) else {act, _AGREE})
    if not known.phrases.may_say(message.words, giving):
        return False
    clauses = known.reasons.clauses(message.text)
    reads = [_split(clause.words, known, kinds) for clause in clauses]
    acting = [at for at, read in enumerate(reads) if not read.unknown and read.says(giving)]
    if not acting:
        return False
    gives, object_named = clauses[acting[0]].words, _names_its_object(clauses[acting[0]], reads[acting[0]], act)
    closed = [phrase for read in reads if not read.unknown for phrase in read.phrases]
    if not _joined(closed, kinds):
        return False
    if act in _OF_ANYTHING and not (object_named or any(word.startswith(_RENEWING) for word in gives)):
        return False
    caused = False
    for at, clause in enumerate(clauses):
        caused = at not in acting and (caused or bool(clause.opening))
        before = at < acting[0]
        if not reads[at].unknown:
            stands = before or at in acting or known.reasons.plain(clause.words)
        elif before and known.follows(gives):
            stands = known.reasons.lead(clause.words, gives, message.langs)
        elif caused:
            stands = known.is_reason(clause, message.langs)
        else:  # people tell stories in the present ("I sit in the office, I pay"), and agree with what they say next
            stands = not money and known.is_reason(clause, message.langs, known=not before) and (before or object_named)
        if not stands:
            return False
    return True


def _names_its_object(clause: Clause, read: _Read, act: str) -> bool:
    """Return whether a clause says what its verb is about: by a noun, a pronoun, or in words that are an act, too."""
    acts = sum(act in kinds for kinds in read.phrases)
    return acts > 1 or read.says(frozenset({name_topic(BindingAct(act))})) or not _IT.isdisjoint(clause.words)


def _own(option: OptionWords, expected: Expected) -> bool:
    return _step(option) == expected.step


def _split(said: list[str], known: Vocabulary, wanted: Kinds) -> _Read:
    """Split words into phrases of the kinds that are wanted, the longest first.

    Phrases in two parts count unless it is they that leave words over: "please, electronic will do".
    """
    read, parted = _split_by(said, known.phrases.found, wanted)
    if read.unknown and parted:
        whole, _ = _split_by(said, known.phrases.whole, wanted)
        return read if whole.unknown else whole
    return read


def _split_by(
    said: list[str], found: Callable[[Sequence[str], int, Kinds], tuple[int, Kinds, range]], wanted: Kinds
) -> tuple[_Read, bool]:
    """Return words split into the phrases that are found, and whether one of them is in two parts."""
    words, at = said, 0
    phrases: list[Kinds] = []
    unknown: list[str] = []
    ends: list[Kinds] = []
    while at < len(words):
        if words[at] is _END:
            length, kinds, end = 1, ends.pop(0), _NOWHERE
        else:
            length, kinds, end = found(words, at, wanted)
        if kinds and kind.IRONIC not in kinds:
            phrases.append(kinds)
        else:
            unknown += words[at : at + length]
        if end:
            words = [*words[: end.start], _END, *words[end.stop :]]
            ends.append(kinds)
        at += length
    if any(kind.LEANING in kinds for kinds in phrases) and not _native(phrases):
        unknown.append(kind.LEANING)
    if not _joined(phrases, wanted):
        unknown.append(kind.POINTING)
    return _Read(tuple(phrases), tuple(unknown)), _END in words


def _joined(phrases: Sequence[Kinds], wanted: Kinds) -> bool:
    """Return whether small words lead to a verb or its object, pronouns touch a verb, and nothing mocks behind it."""
    told = wanted & (kind.ACTS | kind.OBJECTS)
    leading = so = False  # from the end: whether what follows small words is a verb or its object, or says anything
    for at in range(len(phrases) - 1, -1, -1):
        kinds = phrases[at]
        if not kinds.isdisjoint(_LEADING) and not kinds & told:
            if not so:
                return False
        elif not kinds.isdisjoint(_SMALL) and kind.YES not in kinds and not kinds & told:
            if not leading and not (kind.PRONOUN in kinds and _touches(phrases[:at], wanted & kind.ACTS)):
                return False
        elif kind.BESIDE not in kinds or kinds & told:
            leading = bool(kinds & told)
            so = so or kind.YES in kinds or leading
    acts = [at for at, kinds in enumerate(phrases) if kinds & wanted & kind.ACTS]
    said = acts or [at for at, kinds in enumerate(phrases) if kind.YES in kinds]
    return not said or not any(_mocks(kinds, told, bool(acts)) for kinds in phrases[said[-1] + 1 :])


def _touches(before: Sequence[Kinds], told: Kinds) -> bool:
    """Return whether a verb stands before a pronoun, with no more than pronouns and courtesies between."""
    around = next((kinds for kinds in reversed(before) if kinds & told or kinds.isdisjoint(_PASSED)), _ALONE)
    return bool(around & told)


def _mocks(kinds: Kinds, told: Kinds, act: bool) -> bool:
    """Return whether a phrase behind what is said mocks it: a sigh, praise, and behind an act's verb a lazy yes."""
    late = kind.OPENING in kinds or (act and kind.YES in kinds and kinds.isdisjoint(_HARMLESS))
    return late and not kinds & told


def _native(phrases: list[Kinds]) -> bool:
    """Return whether what is said is said in the language that the small words are of."""
    said = [kinds for kinds in phrases if kinds & _SAYING]
    return bool(said) and all(kind.NATIVE in kinds for kinds in said)


@cache
def _shipped_words(name: str) -> frozenset[str]:
    return frozenset(fold_words(word) for code in LOCALES for word in raw_words(code)["refusing"][name])
