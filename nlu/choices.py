"""Typed words that say what a button says: titles, synonyms, ordinals, yes and no."""

from collections.abc import Callable, Iterable
from functools import lru_cache

from msgspec.structs import replace

from nlu.amounts import read_amount, read_range
from nlu.answer_words import SHIPPED
from nlu.binding import named_document, read_binding, read_joint, refuses, unknown_words, withholds
from nlu.entities.terms import find_terms
from nlu.intents.as_meant import is_agreement, is_meant, is_reserved
from nlu.intents.cues import Cue, CueIndex, CueMessage, phrase_cues
from nlu.intents.score import likeliest
from nlu.languages.language import AnswerWords, Languages
from nlu.named.ways_to_pay import methods_meant
from nlu.numbers.groups import runs
from nlu.phrase_lines import Forms
from nlu.stance import doubts, find_spared
from nlu.tokens import is_question
from values.expected import Expected, OptionWords
from values.meaning import Press, Refusal, Unclear
from values.parsing import fold_words
from values.patterns import regex

_SAYS = Forms("choices")

_METHOD = "method:"
_PARTS = regex(r"[,.;!]+")
_MOST_WORDS = 12
_MOST_WORDS_OF_REASON = 40
_MOST_WORDS_OF_TITLE_AND = 5
_STEM, _ENDING = 5, 3
_LIKELY, _FEW_WORDS = 0.6, 6
_TELLING = 4  # letters: shorter words are "nie", "don't" and the like
_LIMITING = frozenset("ale tylko oprocz poza ma pero tranne eccetto but except apart only aber nur ausser".split())
_POSITIVE = frozenset({"yes", "accept", "now", "activate", "confirm", "required", "send"})
_EDIT = "edit"
_NEGATIVE = frozenset({"no", _EDIT, "later", "skip", "none"})


def cues_of(payload: str) -> tuple[Cue, ...]:
    """Return the shipped cues that mean a payload, or what is filed beside payloads."""
    return phrase_cues("choices")[payload]


def _answers(langs: Languages) -> tuple[AnswerWords, ...]:
    """Return the words of answers: the conversation's own first, then the shipped ones, then brought ones."""
    own, *others = (lang.answers for lang in langs)
    return (own, SHIPPED, *others)


def read_skip(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the press that skips an optional step, if the message asks for it; "no" doesn't where it is an answer."""
    words, known = fold_words(text[:80]), _answers(langs)
    answers_no = {f"{expected.step}:no", f"{expected.step}:none"} & {option.payload for option in expected.options}
    if not expected.optional or (answers_no and any(words in answers.no for answers in known)):
        return None
    return Press(f"{expected.step}:skip") if any(words in answers.skip for answers in known) else None


def read_enough(text: str, langs: Languages) -> bool:
    """Return whether a whole message says that nothing more is wanted."""
    said = fold_words(text[:80])
    parts = [fold_words(part) for part in _PARTS.split(text[:80])]

    def enough(words: str) -> bool:
        return any(words in answers.enough for answers in _answers(langs))

    beside = all(not part or enough(part) or read_plain_answer(part, langs) for part in parts)
    return enough(said) or (beside and any(map(enough, parts)))


def is_lost(text: str, langs: Languages) -> bool:
    """Return whether a whole message wants to go on without an answer."""
    words = fold_words(text[:80])
    return any(words in answers.lost for answers in _answers(langs))


def read_choice(text: str, expected: Expected, langs: Languages) -> Press | Unclear | Refusal | None:
    """Return the option that a message names, several when it names them alike, None when none.

    One that binds is named by its title, or by the words that `read_binding` takes; never by a likeness.
    """
    options = expected.options
    words = fold_words(text[:400]).split()
    if words[1:] and langs[0].code == "pl" and words[0] == "no":  # Polish opens with it: "no pasuje" is no no
        words = words[1:]
    if not options or not words:
        return None
    if len(words) > _MOST_WORDS:
        return _beside_a_reason(text, words, expected, langs)
    said = " ".join(words)
    exact = [
        o
        for o in options
        if (any(fold_words(t) == said for t in o.titles) and not (o.binds is not None and withholds(text)))
        or (o.binds is None and not o.beside and o.payload.partition(":")[2] == text.strip())
    ]
    if exact:
        return Press(exact[0].payload)
    if "?" in text:
        return None
    if (joint := read_joint(text, expected, langs)) is not None:
        return joint
    document = named_document(text, options)
    if document is not None and (given := read_binding(text, (document,), expected, langs)) is not None:
        return given
    own = tuple(option for option in options if not option.beside)
    if len(own) < len(options):
        thought = is_question(text, words, langs) or doubts(said)
        options = own if thought else _meant(text, words, options, langs)
    if all(_value(o).isdecimal() for o in own) and runs(text, langs):
        return _by_years(text, own, langs)
    binding = tuple(option for option in options if option.binds is not None)
    free = tuple(option for option in options if option.binds is None)
    if not binding:
        return _named(*_without_reason(text, words), options, expected, langs)
    given = _chosen(text, words, binding, langs) or read_binding(text, binding, expected, langs)
    if given is not None:
        return given
    if refuses(text, langs):
        no = [option for option in free if _value(option) in _NEGATIVE and not option.beside]
        return Press(no[0].payload) if len(no) == 1 else Refusal(text)
    return _named(text, words, free, expected, langs)


def _without_reason(text: str, words: list[str]) -> tuple[str, list[str]]:
    """Return a message without its reason, whose words choose nothing: "by e-mail, because I never hear the phone"."""
    *reasons, conclusion = _SAYS.so.split(text)
    if reasons and conclusion:
        return conclusion, fold_words(conclusion).split()
    reason = _SAYS.because.search(text)
    if reason is None or reason.start() == 0:
        return text, words
    return text[: reason.start()], fold_words(text[: reason.start()]).split()


def _beside_a_reason(
    text: str, words: list[str], expected: Expected, langs: Languages
) -> Press | Unclear | Refusal | None:
    """Return the option that a long message names beside a reason: one that binds by its act, another by any words."""
    binding = tuple(option for option in expected.options if option.binds is not None and not option.beside)
    if binding and len(words) <= _MOST_WORDS_OF_REASON:
        given = read_binding(text, binding, expected, langs)
        if isinstance(given, Press):
            return given
    free = tuple(option for option in expected.options if option.binds is None)
    said, before = _without_reason(text, words)
    if len(before) == len(words) or len(before) > _MOST_WORDS or not free:
        return None
    return read_choice(said, replace(expected, options=free), langs)


def _meant(text: str, words: list[str], options: tuple[OptionWords, ...], langs: Languages) -> tuple[OptionWords, ...]:
    """Return the options without those of a card's other rows that a yes, a no or a refusal doesn't call by name."""
    agreeing, refusing = _agreeing(words, langs), refuses(text, langs)
    if not agreeing and not refusing:
        return options
    said = {word[:_STEM] for word in words if len(word) >= _TELLING}

    def called(option: OptionWords) -> bool:
        return refusing and any(word[:_STEM] in said for title in option.titles for word in fold_words(title).split())

    return tuple(option for option in options if not option.beside or called(option))


def _chosen(text: str, words: list[str], binding: tuple[OptionWords, ...], langs: Languages) -> Press | None:
    """Return the one of several binding answers that a message calls by its name.

    All consents, for example, or the obligatory ones; every other word must be of that name, of agreeing or one of the
    small words of the step ("consents:*").
    """
    if len(binding) == 1 or "?" in text:
        return None
    message = CueMessage.of(words, question=False)
    unknown = [CueMessage.of([word], question=False) for word in unknown_words(" ".join(words), langs)]

    def named(option: OptionWords) -> bool:
        cues, small = _cues(option, langs), phrase_cues("choices").get(f"{option.payload.partition(':')[0]}:*", ())
        whole = any(cue.holds(message) for cue in cues)
        return whole and all(any(cue.holds(word) for cue in (*cues, *small)) for word in unknown)

    found = [option for option in binding if named(option)]
    return Press(found[0].payload) if len(found) == 1 else None


def _cues(option: OptionWords, langs: Languages) -> tuple[Cue, ...]:
    """Return the words that mean the option: those of languages that a seller brings, then the shipped ones."""
    own = (cue for lang in langs for cue in lang.choices.get(option.payload, ()))
    shipped = phrase_cues("choices")
    return (*own, *shipped.get(option.payload, shipped.get(f"*:{_value(option)}", ())))


def words_of(options: Iterable[OptionWords], langs: Languages) -> Callable[[str], bool]:
    """Return what tells whether a folded word belongs to options: to their titles, or to what else means them."""
    options = tuple(options)
    titles = {word for option in options for title in option.titles for word in fold_words(title).split()}
    small = {f"{option.payload.partition(':')[0]}:*" for option in options}
    cues = [cue for option in options for cue in _cues(option, langs)]
    cues += [cue for name in small for cue in phrase_cues("choices").get(name, ())]
    return lambda word: word in titles or any(cue.names(word) for cue in cues)


def _named(
    text: str, words: list[str], options: tuple[OptionWords, ...], expected: Expected, langs: Languages
) -> Press | Unclear | None:
    options = _not_refused(text, words, options, langs)
    own = tuple(option for option in options if not option.beside)
    found = _plain_answer(text, words, own, langs) or _by_synonym(text, words, options, langs)
    found = found or _likely_answer(words, own, langs)
    found = found or _by_words(text, words, options, langs) or _by_ordinal(" ".join(words), own, langs)
    agreeing = {option.payload for option in own if _value(option) in _POSITIVE}
    if isinstance(found, Press) and found.payload in agreeing and not is_agreement(text, langs):
        return _by_reservation(text, own, langs)
    if expected.several and isinstance(found, Unclear) and not _negated(words, langs):
        return _together(found, expected)
    return found


def _by_reservation(text: str, options: tuple[OptionWords, ...], langs: Languages) -> Press | None:
    """Return the option of changing something for a yes that leaves something out: "the rest is fine"."""
    edits = [option for option in options if _value(option) == _EDIT]
    return Press(edits[0].payload) if edits and is_reserved(text, langs) else None


def _not_refused(
    text: str, words: list[str], options: tuple[OptionWords, ...], langs: Languages
) -> tuple[OptionWords, ...]:
    """Return the options without those that a message refuses, and the ways to pay that it tells of or leaves."""
    if denied := find_spared(words):
        options = tuple(one for one in options if not _is_spared(words_of([one], langs), denied))
    if not any(option.payload.startswith(_METHOD) for option in options):
        return options
    _, refused = methods_meant(text, langs)
    return tuple(o for o in options if not (o.payload.startswith(_METHOD) and o.payload[len(_METHOD) :] in refused))


def _is_spared(belongs: Callable[[str], bool], denied: Iterable[tuple[str, str]]) -> bool:
    """Return whether an option is named behind a word of denying that is none of its own: "Without renewal" has it."""
    return any(belongs(word) and not belongs(by) for by, word in denied)


REQUESTS = ("ask_end", "change_plan", "payment_status")
"""Requests of the desk's own, beside the catalogue of intents."""
FREE_VERSION = ("free_version",)
"""One that a seller's FAQ answers better, where it does."""


def read_request(text: str, langs: Languages, names: tuple[str, ...] = REQUESTS) -> str | None:
    """Return the first of these requests that the text makes."""
    made = _requests(text, langs)
    return next((name for name in names if name in made), None)


@lru_cache(maxsize=4)  # several readers look at one message in a row
def _requests(text: str, langs: Languages) -> frozenset[str]:
    """Return all of these requests that the text makes."""
    words = fold_words(text[:400]).split()
    return frozenset(_request_cues(langs).holding(CueMessage.of(words, question=is_question(text, words, langs))))


@lru_cache(maxsize=16)
def _request_cues(langs: Languages) -> CueIndex:
    known, names = (
        (*(lang.choices for lang in langs if lang.choices), phrase_cues("choices")),
        (*REQUESTS, *FREE_VERSION),
    )
    return CueIndex((name, table.get(f"ask:{name.removeprefix('ask_')}", ())) for name in names for table in known)


def _negated(words: list[str], langs: Languages) -> bool:
    return any(a.negating & set(words) for a in _answers(langs))


def _together(found: Unclear, expected: Expected) -> Press | Unclear:
    """Return several answers named at once to a step that takes them; one that excludes the others is asked about.

    A box and the answer of the same name are one: named alone it is ticked.
    """
    box = f"{expected.step}:toggle:"
    named = dict.fromkeys(p.removeprefix(box).removeprefix(f"{expected.step}:") for p in found.candidates)
    values = [*named]
    if len(values) == 1 and f"{box}{values[0]}" in found.candidates:
        return Press(f"{box}{values[0]}")
    if any(":" in value or value in _NEGATIVE for value in values):
        return found
    return Press(f"{expected.step}:{','.join(values)}")


def _value(option: OptionWords) -> str:
    return option.payload.rpartition(":")[2]


def _pressed(found: Iterable[OptionWords], text: str) -> Press | Unclear | None:
    payloads = tuple(dict.fromkeys(o.payload for o in found))
    if not payloads:
        return None
    return Press(payloads[0]) if len(payloads) == 1 else Unclear(payloads, text)


def read_plain_answer(said: str, langs: Languages) -> str:
    """Return "yes" or "no" where the folded words are just that, else an empty text."""
    for answers in _answers(langs):
        if said in answers.yes:
            return "yes"
        if said in answers.no:
            return "no"
    return ""


def _sides(options: tuple[OptionWords, ...]) -> tuple[list[OptionWords], list[OptionWords]]:
    """Return the options that a yes stands for, and those that a no does."""
    positive = [o for o in options if _value(o) in _POSITIVE or o.payload == "consents:all"]
    return positive, [o for o in options if _value(o) in _NEGATIVE]


def _plain_answer(
    text: str, words: list[str], options: tuple[OptionWords, ...], langs: Languages
) -> Press | Unclear | None:
    positive, negative = _sides(options)
    answer = read_plain_answer(" ".join(words), langs)
    if answer == "no":
        return _pressed(negative, text) if len(negative) == 1 else None
    return _pressed(positive, text) if answer else None


def _likely_answer(words: list[str], options: tuple[OptionWords, ...], langs: Languages) -> Press | None:
    positive, negative = _sides(options)
    agreeing = _agreeing(words, langs)
    if agreeing is None or not is_meant(agreeing, " ".join(words), langs):
        return None
    chosen = positive if agreeing == "affirm" else negative
    return Press(chosen[0].payload) if len(chosen) == 1 else None


def _agreeing(words: list[str], langs: Languages) -> str | None:
    """Return "affirm" or "deny" where a short message likely is one, None where it says something else."""
    if answer := read_plain_answer(" ".join(words), langs):
        return "affirm" if answer == "yes" else "deny"
    if len(words) > _FEW_WORDS or _LIMITING & set(words):
        return None
    top = likeliest(" ".join(words), langs)
    return top.name if top.confidence >= _LIKELY and top.name in ("affirm", "deny") else None


def _by_years(text: str, options: tuple[OptionWords, ...], langs: Languages) -> Press | Unclear | None:
    """Return the option of so many years, by a bare number or one of years or months; never by its place in the row."""
    if (between := read_range(text, langs)) is not None:
        alike = tuple(o.payload for o in options if _value(o) in between.split())
        return Unclear(alike, text) if len(alike) > 1 else None
    said = [e.value for e in find_terms(text, langs) if e.entity == "years"]
    bare = read_amount(text, ("",), langs)
    number = said[0] if said else bare.number if bare is not None and not bare.counts else None
    return next((Press(o.payload) for o in options if _value(o) == number), None)


def _by_synonym(
    text: str, words: list[str], options: tuple[OptionWords, ...], langs: Languages
) -> Press | Unclear | None:
    methods = [o for o in options if o.payload.startswith("method:")]
    if methods:
        paid_by = {f"{_METHOD}{value}" for value in methods_meant(text, langs)[0]}
        found = _pressed((o for o in methods if o.payload in paid_by), text)
        if found is not None:
            return found
    message = CueMessage.of(words, question=False)
    return _pressed((o for o in options if any(cue.holds(message) for cue in _cues(o, langs))), text)


def _by_words(
    text: str, words: list[str], options: tuple[OptionWords, ...], langs: Languages
) -> Press | Unclear | None:
    """Return the option whose title's words all stand in a short message.

    Else the options whose titles hold all telling words of it.
    """
    answers = _answers(langs)
    telling = [w for w in words if not any(w in a.small for a in answers)]
    titles = [(o, fold_words(t).split()) for o in options for t in o.titles if fold_words(t)]
    negated = _negated(words, langs)
    whole = [o for o, title in titles if len(words) <= len(title) + _MOST_WORDS_OF_TITLE_AND and _all_in(title, words)]
    if whole and not negated:
        return _pressed(whole, text)
    if not telling or negated:
        return None
    return _pressed((o for o, title in titles if all(any(_alike(t, w) for t in title) for w in telling)), text)


def _all_in(title: list[str], words: list[str]) -> bool:
    return all(any(_alike(named, word) for word in words) for named in title)


def _alike(named: str, word: str) -> bool:
    """Return whether a word is that of a title, but for its ending; "płatnika" is no form of "płatności"."""
    stem = max(_STEM, len(named) - _ENDING)
    return named[:stem] == word[:stem]


def _by_ordinal(said: str, options: tuple[OptionWords, ...], langs: Languages) -> Press | None:
    named: list[OptionWords] = []
    for answers in _answers(langs):
        named += [option for option, p in zip(options, answers.ordinals, strict=False) if p.fullmatch(said)]
        if answers.last is not None and answers.last.fullmatch(said):
            named += options[-1:]
    return Press(named[0].payload) if named else None
