"""Typed words that say what a button says: titles, synonyms, ordinals, yes and no."""

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import cast

from nlu.entities.terms import find_terms
from nlu.intents.cues import Cue, Message, compile_cue
from nlu.intents.score import rank
from nlu.tokens import is_question
from values.expected import Expected, OptionWords
from values.folding import fold_words
from values.locale import Locale
from values.meaning import Press, Unclear

METHOD_VALUES = {
    "card": "card",
    "blik": "blik",
    "przelewy24": "przelewy24",
    "paypal": "paypal",
    "bank_transfer": "transfer",
    "bollettino": "postal_slip",
    "apple_pay": "card",
    "google_pay": "card",
}
"""Entity value → VALUE of `method:VALUE`."""

_FILE = Path(__file__).parent / "phrases" / "choices.toml"
_MOST_WORDS = 12
_MOST_WORDS_OF_TITLE_AND = 5
_STEM = 5
_POSITIVE = frozenset({"yes", "accept", "now", "activate", "confirm", "required"})
_NEGATIVE = frozenset({"no", "edit", "later", "skip", "none"})
_BINDING = frozenset({"pay:now"})
_SOLEMN = frozenset({"pay:now", "renew:now", "terms:accept", "clauses:accept", "statement:accept"})
_NOT_PLAIN = frozenset(
    "nie non not don dont t cant cannot never nigdy mai without bez senza refuse odmawiam rifiuto"
    " zaplacilem zaplacilam zaplacone zaplacono oplacilem oplacilam pagato paid payed accepted"
    " jutro domani tomorrow pozniej later dopo potem kiedy when quando moze maybe forse"
    " czy should if jesli jezeli se jak how come ile quanto czym dlaczego why perche".split()
)
"""Words by which a sentence denies, asks, or speaks of another time."""
_CLEAR_YES = frozenset(
    "tak|tak tak|no tak|tak poprosze|tak prosze|jasne|oczywiscie|pewnie|potwierdzam|zgadza sie|tak"
    " zgadza sie|tak potwierdzam|zgoda|zamawiam"
    "|tak zamawiam|ok|okej|dobrze|dobra|si|si certo|certo|confermo|si confermo|va bene|d accordo"
    "|ordino|yes|yes please|yep|yeah|sure|of course"
    "|confirm|i confirm|ok yes|okay|yes i confirm|correct|that s correct|zatwierdzam|akceptuje"
    "|accetto|i agree|i accept|agreed|zgadzam sie|esatto"
    "|giusto|si grazie|tak dziekuje|yes thanks|perfetto|k|jak najbardziej|procedi|dawaj".split("|")
)
_WEAK_YES = frozenset(
    "ok|okej|okay|k|dobrze|dobra|perfetto|sure|jasne|va bene|dawaj|giusto|esatto|correct|zgadza sie|yeah|yep".split("|")
)
_CLEAR_NO = frozenset(
    "nie|nie nie|nie dziekuje|nie dzieki|no|no grazie|no thanks|no thank you|nope|raczej nie|nie"
    " chce|non voglio|i don t want|absolutnie nie|nah"
    "|nie zgadza sie|nie potwierdzam|not really|assolutamente no|nie zgadzam sie|meglio di no|nie"
    " teraz|not now|non ora".split("|")
)
_SKIP = frozenset(
    "pomin|pomijam|pomin to|pomin ten krok|pomin krok|nie mam|nie mam kodu|brak|nie dotyczy|bez|bez"
    " kodu|bez kodu rabatowego|dalej|nie podam|nie chce podawac"
    "|przejdz dalej|idz dalej|salta|salto|saltare|salta questo|non ho|non ce l ho|non ho codici|non"
    " ho nessun codice|nessuno|niente|avanti|vai avanti|passa oltre|skip"
    "|skip it|skip this|skip this step|next|i don t have one|i don t have it|don t have one|i have"
    " none|none|no code|without|not applicable|n a|nie posiadam"
    "|nie|no|no thanks|nie dziekuje|no grazie|proceed|continue|continua|prosegui".split("|")
)
_ORDINALS = (
    "1|pierwsz[aeyo]\\w?|first|prim[ao]|jedynka|numer jeden|number one|numero uno|jeden|one|uno",
    "2|drug[aei]\\w{0,2}|second|second[ao]|dwojka|numer dwa|number two|numero due|dwa|two|due",
    "3|trzeci\\w?|third|terz[ao]|trojka|numer trzy|number three|numero tre|trzy|three|tre",
    "4|czwart\\w|fourth|quart[ao]|czworka|cztery|four|quattro",
    "5|piat\\w|fifth|quint[ao]|piatka|piec|five|cinque",
    "6|szost\\w|sixth|sest[ao]|szesc|six|sei",
    "7|siodm\\w|seventh|settim[ao]|siedem|seven|sette",
    "8|osm\\w|eighth|ottav[ao]|osiem|eight|otto",
)
_ORDINAL = [
    re.compile(
        rf"(?:ta |ten |to |opcja |opcje |option |the |la |il |l |numer |nr |opzione )?(?:{p})(?: opcj[ae]"
        rf"| option| one| opzione| z gory)?"
    )
    for p in _ORDINALS
]
_LAST = re.compile(r"(?:ta |the |la |l )?(?:ostatni[aey]?\w?|last|ultim[ao])(?: one| option| opcja)?")
_AT_A_LOSS = re.compile(
    r"\b(?:nie (?:wiem|rozumiem|jestem pewn\w+)|niewiem|non (?:so|capisco|sono sicur\w)|boh"
    r"|don t (?:know|understand)|not sure|no idea)\b"
)
_SMALL = frozenset(
    "a i w z na do o to poprosze prosze wybieram biore chce chcialbym chcialabym niech bedzie wole"
    " moze dla mnie the an of i d like ll take choose"
    " want please by with my it il lo la un una di per con vorrei voglio scelgo prendo preferisco"
    " prefer option opcja opzione let s make go for via"
    " poprosz daj dajcie me le przez tramite uzyj use usa pay place zaplace pago".split()
)


@cache
def _synonyms() -> dict[str, tuple[Cue, ...]]:
    raw = cast("dict[str, list[str]]", tomllib.loads(_FILE.read_text(encoding="utf-8")))
    return {payload: tuple(map(compile_cue, cues)) for payload, cues in raw.items()}


def read_skip(text: str, expected: Expected) -> Press | None:
    """The way past an optional step."""
    return Press(f"{expected.step}:skip") if expected.optional and fold_words(text[:80]) in _SKIP else None


def read_choice(text: str, expected: Expected, locale: Locale) -> Press | Unclear | None:
    """The option that a message names, several when it names them alike, None when none."""
    options = expected.options
    words = fold_words(text[:400]).split()
    if not options or not words or len(words) > _MOST_WORDS:
        return None
    exact = [
        o
        for o in options
        if any(fold_words(t) == " ".join(words) for t in o.titles) or o.payload.partition(":")[2] == text.strip()
    ]
    if exact:
        return Press(exact[0].payload)
    if is_question(text, words) and "?" in text:
        return None
    if _AT_A_LOSS.search(" ".join(words)):
        return None
    found = _yes_or_no(text, words, options, locale) or _by_synonym(text, words, options, locale)
    found = found or _by_words(text, words, options) or _by_ordinal(words, options)
    bound = isinstance(found, Press) and found.payload in _SOLEMN
    return None if bound and not is_plain(text, expected) else found


def is_plain(text: str, expected: Expected) -> bool:
    """Whether a text may be a yes at this step: an order or an acceptance is given by nothing that denies or asks."""
    if not any(option.payload in _SOLEMN for option in expected.options):
        return True
    return "?" not in text and not _NOT_PLAIN & set(fold_words(text[:400]).split())


def _value(option: OptionWords) -> str:
    return option.payload.rpartition(":")[2]


def _pressed(found: Iterable[OptionWords], text: str) -> Press | Unclear | None:
    payloads = tuple(dict.fromkeys(o.payload for o in found))
    if not payloads:
        return None
    return Press(payloads[0]) if len(payloads) == 1 else Unclear(payloads, text)


def _yes_or_no(text: str, words: list[str], options: tuple[OptionWords, ...], locale: Locale) -> Press | Unclear | None:
    positive = [o for o in options if _value(o) in _POSITIVE or o.payload == "consents:all"]
    negative = [o for o in options if _value(o) in _NEGATIVE]
    said = " ".join(words)
    if said in _CLEAR_YES:
        sure = [o for o in positive if o.payload not in _BINDING or said not in _WEAK_YES]
        return _pressed(sure, text)
    if said in _CLEAR_NO:
        return _pressed(negative, text) if len(negative) == 1 else None
    top = next(iter(rank(text, locale)), None)
    if top is None or top.confidence < 0.6 or top.name not in ("affirm", "deny") or len(words) > 6:
        return None
    chosen = positive if top.name == "affirm" else negative
    safe = [o for o in chosen if o.payload not in _BINDING]
    return Press(safe[0].payload) if len(safe) == 1 and len(chosen) == 1 else None


def _by_synonym(
    text: str, words: list[str], options: tuple[OptionWords, ...], locale: Locale
) -> Press | Unclear | None:
    methods = [o for o in options if o.payload.startswith("method:")]
    if methods:
        named = {f"method:{METHOD_VALUES[e.value]}" for e in find_terms(text, locale) if e.entity == "payment_method"}
        found = _pressed((o for o in methods if o.payload in named), text)
        if found is not None:
            return found
    message = Message.of(words, question=False)
    table = _synonyms()
    return _pressed((o for o in options if any(c.holds(message) for c in table.get(o.payload, ()))), text)


def _by_words(text: str, words: list[str], options: tuple[OptionWords, ...]) -> Press | Unclear | None:
    """Titles whose words all stand in a short message; else options whose titles hold all telling words of it."""
    stems = {w[:_STEM] for w in words}
    telling = {w[:_STEM] for w in words if w not in _SMALL}
    titles = [(o, {w[:_STEM] for w in fold_words(t).split()}) for o in options for t in o.titles if fold_words(t)]
    negated = bool({"nie", "non", "not", "no", "don"} & set(words))
    whole = [o for o, title in titles if title <= stems and len(words) <= len(title) + _MOST_WORDS_OF_TITLE_AND]
    if whole and not negated:
        return _pressed(whole, text)
    if not telling or negated:
        return None
    return _pressed((o for o, title in titles if telling <= title), text)


def _by_ordinal(words: list[str], options: tuple[OptionWords, ...]) -> Press | None:
    said = " ".join(words)
    named = [option for option, pattern in zip(options, _ORDINAL, strict=False) if pattern.fullmatch(said)]
    if _LAST.fullmatch(said):
        named = [options[-1]]
    # A number is no order.
    return Press(named[0].payload) if named and named[0].payload not in _BINDING else None
