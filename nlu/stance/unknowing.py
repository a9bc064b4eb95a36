"""Messages by which their author doesn't know what is asked: "nie wiem, chyba tak", "boh, forse la carta"."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from nlu.languages.language import Languages
from nlu.phrase_lines import wish
from nlu.stance.clauses import LONGEST, MARK
from nlu.stance.cues import UNKNOWING, FoundCue, cues_in, doubts, of_any_language
from values.parsing import fold_words
from values.slots.word_classes import TALK, WordClass, class_of

_BECAUSE = wish("reasons", "<because>|<otherwise>")
_AROUND = TALK | {WordClass.particle, WordClass.quality} - {WordClass.noun}


@lru_cache(maxsize=4)  # asked for what a message does, for its facts, and for the parts of an address in it
def surely_told(text: str, langs: Languages) -> str:
    """Return a message of the same length without the clauses of one who doesn't know.

    Those beside them that only suppose go with them; without the first, a supposition is left to its reader.
    """
    if not _found(fold_words(text[:LONGEST]), langs):
        return text
    parts = list(_parts(text))
    unknowing = [_is_unknowing(fold_words(text[start:end]), langs) for start, end in parts]
    if not any(unknowing):
        return text
    for (start, end), known in zip(parts, unknowing, strict=True):
        if known or doubts(fold_words(text[start:end])):
            text = text[:start] + " " * (end - start) + text[end:]
    return text


def names_what_is_unknown(text: str, langs: Languages) -> bool:
    """Return whether "I don't know" names a thing: the password, for example, or the way there."""
    return any(
        _names_more(said) for start, end in _parts(text) if _is_unknowing(said := fold_words(text[start:end]), langs)
    )


def _names_more(said: str) -> bool:
    words = said.split()
    cued = {at for cue in of_any_language(UNKNOWING).cues(words) for at in range(cue.start, cue.end)}
    return any(at not in cued and class_of(word) not in _AROUND for at, word in enumerate(words))


def _parts(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for border in MARK.finditer(text):
        yield start, border.start()
        start = border.end()
    yield start, len(text)


def _found(said: str, langs: Languages) -> bool:
    own = (lang.answers.at_a_loss for lang in langs)
    return bool(of_any_language(UNKNOWING).cues(said.split())) or any(one and one.search(said) for one in own)


def _is_unknowing(said: str, langs: Languages) -> bool:
    """Return whether a clause says it in words that are of no harmless phrase, nor a reason: "nie znam włoskiego"."""
    words = said.split()
    harmless = [cue for cue in cues_in(words, langs) if cue.kind == "harmless"]
    found = of_any_language(UNKNOWING).cues(words)
    kept = [cue for cue in found if not any(_is_harmless(cue, one, words) for one in harmless)]
    kept = [cue for cue in kept if not _is_reason(cue, words)]
    return bool(kept) if found else _found(said, langs)


def _is_harmless(cue: FoundCue, harmless: FoundCue, words: Sequence[str]) -> bool:
    """Return whether a cue is of a harmless phrase: a longer one, or one before a code ("I forgot START20")."""
    within = harmless.start <= cue.start and cue.end <= harmless.end
    return within and (cue.end < harmless.end or any(not word.isalpha() for word in words[cue.end :]))


def _is_reason(cue: FoundCue, words: Sequence[str]) -> bool:
    """Return whether a cue stands behind a word of reason, and tells of something else: "bo nie wiem, co będzie"."""
    before, behind = " ".join(words[: cue.start]), words[cue.end :]
    return _BECAUSE.search(before) is not None and any(class_of(word) not in _AROUND for word in behind)
