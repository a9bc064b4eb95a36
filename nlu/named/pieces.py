"""Things offered by the piece, with how many of them: "10 GB di spazio"."""

from collections.abc import Iterator, Mapping, Sequence

from msgspec.structs import replace

from nlu.amounts import Amount, counts_people, end_of_range, read_amount, tells_a_total
from nlu.choices import read_choice
from nlu.corrections.sentences import fold_letters, puts_right
from nlu.intents.score import likeliest
from nlu.languages.language import Languages
from nlu.named.restated import CLAUSE_END, named_length, names_price, put_instead
from nlu.numbers.groups import runs
from nlu.phrase_lines import Forms, word_set
from nlu.stance import Stance, is_told_of, stance_at
from nlu.tokens import part_around
from values.expected import Expected, OptionWords
from values.meaning import Correction, Entity, Fact, Intent, Press, Unclear
from values.offer import MORE, PACKS, PIECES, WITHOUT
from values.parsing import fold_words

_SAYS = Forms("pieces")

_LONGEST, _STEM = 120, 5
_MOST_OF_A_TOTAL = 5  # words of a message that tells nothing but how many people there are
_UNWANTED = frozenset({Stance.negated, Stance.past})
_FEW_WORDS = 3  # beside a number that stands alone for another
_NEAR = 3  # words on each side of a number, which tell whether it is counted on
_NAME_WORDS = 4  # of a thing, behind its number
_MORE = _SAYS.more_it, _SAYS.more_en, _SAYS.more_pl
_ADDITIONAL = ("aggiuntivi", "additional", "dodatkowych")
OUT = _SAYS.takes_out
"""Words that take out what they name."""
_SMALL = word_set("pieces", "small_words")
SEATS = "seats"
"""The step that asks how many seats of a plan are wanted."""


def with_amount(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return one of the things offered by the piece, with how many of it: "10 GB di spazio".

    Without the number where that is of all that there are ("siamo 5 utenti"), so that it has to be asked.
    """
    counted = tuple(option for option in expected.options if option.pieces)
    if not counted or len(text) > _LONGEST:
        return None
    if (parts := put_instead(text)) is not None:
        return _put_anew(parts, expected, langs)
    total = tells_a_total(fold_words(text))
    if total and len(text.split()) <= _MOST_OF_A_TOTAL:
        people = next((o for o in counted if counts_people(text, o.pieces, langs)), None)
        if people is not None:
            return Press(people.payload)
    amount = read_amount(text, tuple(word for option in counted for word in option.pieces), langs)
    if amount is None or not amount.counts or is_told_of(text, amount.start, amount.end, langs):
        return None
    before, behind = fold_words(text[: amount.start]), fold_words(text[amount.end :])
    rough = _SAYS.roughly.search(before) or _SAYS.compared.search(behind)
    total = total or rough is not None
    rest = f"{text[: amount.start]} {text[amount.end :]}"
    here = replace(expected, options=counted)
    named = read_choice(rest, here, langs)
    if not isinstance(named, Press):
        named = _behind(text[amount.end :], here, langs) or _measured(text, counted, langs)
    if not isinstance(named, Press):
        return None
    chosen = named.payload.partition(":")[0]
    if total or not (chosen in expected.correctable or any(o.payload == f"{chosen}:undo" for o in expected.options)):
        return named if total else replace(named, then=amount.text)  # there are none yet
    around = " ".join((*text[: amount.start].split()[-_NEAR:], "2", *text[amount.end :].split()[:_NEAR]))
    return replace(named, then=as_change(_SAYS.of_another.split(around)[0], amount.text))


def as_change(text: str, number: str) -> str:
    """Return a number as one more or less than there are, where the words around it say so: "add 2 more seats"."""
    said = fold_words(text)
    if _SAYS.to_reach.search(said) is not None:
        return number
    return (
        f"{MORE}{number}" if _SAYS.on_top.search(said) else f"{WITHOUT}{number}" if _SAYS.off.search(said) else number
    )


def _put_anew(parts: tuple[str, str], expected: Expected, langs: Languages) -> Press | None:
    """Return the thing with the last of two numbers of it, or the last of two things."""
    last, first = (with_amount(part, expected, langs) for part in reversed(parts))
    if last is not None or first is None:
        return last
    number = read_amount(parts[1], ("",), langs)
    return replace(first, then=number.text if number is not None and not number.counts else None)


def in_a_range(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the thing of which a message wants one number or another, so that it has to be asked: "1-2 users"."""
    counted = tuple(option for option in expected.options if option.pieces)
    place = end_of_range(text, langs) if counted and len(text) <= _LONGEST else None
    return None if place is None else _behind(text[place:], replace(expected, options=counted), langs)


def _behind(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the thing whose name stands right behind its number, whatever else the sentence says."""
    words = text.split()[:_NAME_WORDS]
    for length in range(len(words), 0, -1):
        name = " ".join(words[:length])
        for one in dict.fromkeys((name, *_said_otherwise(name))):
            if isinstance(read := read_choice(one, expected, langs), Press):
                return read
    return None


def _said_otherwise(name: str) -> Iterator[str]:
    """Yield a name with the word for "additional" that add-ons are mostly called by: "utenti in più"."""
    for more, additional in zip(_MORE, _ADDITIONAL, strict=True):
        if more.search(name):
            yield more.sub(additional, name)


def read_seats(
    text: str, expected: Expected, pieces: Sequence[str], langs: Languages
) -> Intent | Correction | Fact | None:
    """Return what a message says of seats: it asks for the price of so many, tells how many, or puts that right.

    `pieces` are the words by which they are counted. How many there are to be with those added is asked.
    """
    said, (term, beside) = fold_words(text[:_LONGEST]), named_length(text, langs, pieces)
    timed = term is not None and "?" not in text and not names_price(beside)  # "3 users monthly" is a choice
    plainly = ("?" in text and _SAYS.follows.search(said) is not None) or _SAYS.priced.search(said) is not None
    if plainly or (not timed and likeliest(text, langs).name == "ask_price"):
        read = (_priced(text, run.start, pieces, langs, bare=plainly) for run in runs(text, langs))
        number = next(filter(None, read), None)
        return None if number is None else Intent("ask_price", 1.0, (Entity("quantity", number),), text)
    if "?" in text or len(text) > _LONGEST:
        return None
    given, stems = SEATS in expected.correctable, {word[:_STEM] for word in pieces}
    instead, anew = put_instead(text), puts_right(fold_letters(text), langs)
    last = text if instead is None else instead[1]
    amount, named = read_amount(last, pieces, langs), any(word[:_STEM] in stems for word in said.split())
    if given and named and (_SAYS.makes_more.search(said) or any(more.search(text) for more in _MORE)):
        return Correction(SEATS)
    if amount is None:
        return Correction(SEATS) if given and named and anew else None
    counted = bool(amount.counts) or named or counts_people(last, pieces, langs) or (timed and _is_all(last, amount))
    alone = given and (anew or instead is not None) and len(last.split()) <= _FEW_WORDS
    unwanted = stance_at(last, amount.start, amount.end, langs) in _UNWANTED
    if unwanted or amount.counts == PACKS or not (counted or alone):
        return None
    return Correction(SEATS, amount.number) if given else Fact(SEATS, amount.number)


def _is_all(text: str, amount: Amount) -> bool:
    """Return whether a number is a clause of its own, or ends one behind "for": "monthly, for 3"."""
    start, end = part_around(text, amount.start, amount.end, CLAUSE_END)
    before, behind = fold_words(text[start : amount.start]), fold_words(text[amount.end : end])
    return not behind and _SAYS.alone.fullmatch(before) is not None


def _priced(text: str, start: int, pieces: Sequence[str], langs: Languages, *, bare: bool) -> str | None:
    """Return the number at this place of a question, if it counts these, or, `bare`, ends it behind "for"."""
    amount = read_amount(text[start:].rstrip(" ?!."), pieces, langs)
    if amount is None or amount.counts == PACKS:
        return None
    ends = bare and not fold_words(text[start + amount.end :]) and _SAYS.bare.search(fold_words(text[:start]))
    return amount.number if amount.counts or ends else None


def taken_out(text: str, expected: Expected, langs: Languages) -> tuple[Mapping[str, str], str]:
    """Return the things that a message takes out by their name, each with how many of it, and the rest of the message.

    Without a number all of it goes. "Not 3 but 5 users" puts a number right, and takes nothing out.
    """
    said = fold_words(text)
    if OUT.search(said) is None or _SAYS.rather.search(said) is not None or "?" in text:
        return {}, text
    counted = tuple(option for option in expected.options if option.pieces)
    here = replace(expected, options=counted, several=False)
    found: dict[str, str] = {}
    rest: list[str] = []
    verb = ""
    for part in _SAYS.joins.split(text):
        folded = fold_words(part)
        if (out := OUT.search(folded)) is not None:
            verb, folded = out.group(), f"{folded[: out.start()]} {folded[out.end() :]}"
        elif _SAYS.adds.search(folded) is not None:
            verb = ""
        read = (with_amount(folded, here, langs) or named_in(folded, here, langs)) if verb else None
        if read is None:
            rest.append(part)
        else:
            named = read.then or (f"1 {PIECES}" if _SAYS.one.match(folded) is not None else None)
            fewer = named if _SAYS.fewer.match(verb) is not None else None
            found[read.payload.partition(":")[2]] = fewer or ""
    return found, ", ".join(rest) if found else text


def takes_all_out(said: str) -> bool:
    """Return whether a message, folded, wants none of the things, and nothing else."""
    return _SAYS.all_out.search(said) is not None


def named_in(folded: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the thing whose name ends a clause or begins it, among other words."""
    words = [word for word in folded.split() if word not in _SMALL]
    for name in (" ".join(words), " ".join(words[-2:]), " ".join(words[-1:]), " ".join(words[:2]), " ".join(words[:1])):
        if name and isinstance(read := read_choice(name, expected, langs), Press):
            return read
    return None


def each_with_amount(text: str, expected: Expected, langs: Languages) -> tuple[Press, ...]:
    """Return the things, each with how many of it, that a message names one after the other: "3 users and 10 GB".

    Where the open step offers them, the number may be left out. Nothing where a part may mean two of them.
    """
    counted = tuple(option for option in expected.options if option.pieces)
    if len(counted) < 2 or len(text) > _LONGEST or "?" in text or put_instead(text) is not None:
        return ()
    here = replace(expected, options=counted, several=False)
    read = [with_amount(part, here, langs) or read_choice(part, here, langs) for part in _SAYS.joins.split(text)]
    named = {one.payload: one for one in read if isinstance(one, Press)}
    return () if len(named) < 2 or any(isinstance(one, Unclear) for one in read) else tuple(named.values())


def _measured(text: str, options: tuple[OptionWords, ...], langs: Languages) -> Press | None:
    """Return the one thing whose unit is named ("10 GB")."""
    read = {o.payload: read_amount(text, o.pieces, langs) for o in options}
    named = [payload for payload, amount in read.items() if amount is not None and amount.counts == PIECES]
    return Press(named[0]) if len(named) == 1 else None
