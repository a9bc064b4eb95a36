"""Rasa's `/model/parse` form over JSON lines: `{"text", "lang", "asked"?}` → intent, entities, ranking.

No line makes it raise: what can't be read is answered as out of scope.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, cast

from nlu.entities.extract import extract
from nlu.entities.identifiers import ALIASES
from nlu.entities.terms import TERMS
from nlu.intents.score import OUT_OF_SCOPE, THRESHOLD, Scored, rank
from nlu.languages.language import Languages
from nlu.languages.shipped import KNOWN, Known, order_langs
from nlu.phrase_lines import word_set
from nlu.questions.asking import asks
from nlu.stance import clauses, not_given, stance
from nlu.tokens import Token, tokens
from values.incoming_text import MAX_CHARS, clean
from values.locale import ENGLISH, parse_locale
from values.meaning import Entity

_RANKED = 10
_INFORM = 0.8
_ID_ENTITIES = word_set("parse", "id_entities")
LABEL_WORDS = word_set("parse", "label_words")


def parse(text: str, lang: str = "pl", asked: str | None = None, known: Known = KNOWN) -> dict[str, Any]:
    """One message in Rasa's parse form. `lang` is the conversation's language, `asked` the entity waited for."""
    langs = order_langs(known, parse_locale(lang) or ENGLISH)
    cleaned = clean(text[: MAX_CHARS + 1]).text
    wanted = ALIASES.get(asked or "", asked or "")
    entities = extract(
        cleaned, langs, "codice_destinatario" if asked in ("codice_destinatario", "sdi_code") else wanted
    )
    ranking = _ranking(cleaned, langs, entities)
    if ranking[0].name == OUT_OF_SCOPE:  # "my library card", "Spotify Premium": another firm's
        entities = [e for e in entities if e.entity not in TERMS or e.entity == wanted]
    return {
        "text": text,
        "intent": _shown(ranking[0]),
        "entities": [_entity(e) for e in entities],
        "intent_ranking": [_shown(s) for s in ranking[:_RANKED]],
    }


def explain_reading(text: str, lang: str = "pl", known: Known = KNOWN) -> dict[str, Any]:
    """Return what a message was read by: its clauses with their stance, and the values named without being given."""
    langs = order_langs(known, parse_locale(lang) or ENGLISH)
    cleaned = clean(text[: MAX_CHARS + 1]).text
    return {
        "clauses": [{"text": clause, "stance": str(stance(clause, langs))} for clause in clauses(cleaned)],
        "not_given": list(not_given(cleaned, langs)),
        "asks": asks(cleaned, langs),
    }


def _ranking(text: str, langs: Languages, entities: list[Entity]) -> list[Scored]:
    """Return the intents, best first; a value alone, or with no more than its name, is one given."""
    ranked = rank(text, langs)
    ids = [e for e in entities if e.entity in _ID_ENTITIES]
    if ids and _only_value(tokens(text), ids):
        sure = max(_INFORM, *(s.confidence for s in ranked), 0.0)
        return [Scored("inform", sure), *(s for s in ranked if s.name != "inform")]
    return [*ranked] or [Scored("inform", THRESHOLD) if ids else Scored(OUT_OF_SCOPE, 1.0)]


def _only_value(words: Sequence[Token], ids: list[Entity]) -> bool:
    """Return whether a message is a value and at most its label."""
    spans = [(e.start, e.end) for e in ids if e.start is not None and e.end is not None]
    return all(w.word in LABEL_WORDS or any(a <= w.start < b for a, b in spans) for w in words)


def _shown(scored: Scored) -> dict[str, Any]:
    return {"name": scored.name, "confidence": scored.confidence}


def _entity(entity: Entity) -> dict[str, Any]:
    shown: dict[str, Any] = {"entity": entity.entity, "value": entity.value}
    if entity.start is not None and entity.end is not None:
        shown |= {"start": entity.start, "end": entity.end}
    return shown if entity.valid else shown | {"valid": False}


def parse_lines(lines: Iterable[str], *, reasons: bool = False) -> Iterator[str]:
    """Yield one line of JSON for each line that is not blank, in order; with `reasons` each has a "why"."""
    for line in lines:
        if line.strip():
            yield json.dumps(_parsed_line(line, reasons=reasons), ensure_ascii=True)


def _parsed_line(line: str, *, reasons: bool) -> dict[str, Any]:
    try:
        row: Any = json.loads(line)
    except (ValueError, RecursionError):
        row = None
    fields = cast("dict[str, Any]", row) if isinstance(row, dict) else {}
    text, lang, asked = fields.get("text"), fields.get("lang"), fields.get("asked")
    said, spoken = text if isinstance(text, str) else "", lang if isinstance(lang, str) else "pl"
    parsed = parse(said, spoken, asked if isinstance(asked, str) else None)
    return parsed | {"why": explain_reading(said, spoken)} if reasons else parsed
