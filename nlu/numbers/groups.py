"""Text → runs of digit groups with the marks of corrections between them (`runs.py`)."""

from functools import lru_cache

from msgspec import Struct

from nlu.languages.language import Language, Languages
from nlu.numbers.number_words import Phrases
from nlu.numbers.runs import DigitGroup, Run, Segment, beginnings, first_words, may_count, spoken_language
from values.card_numbers import Folded, fold_with_offsets
from values.parsing import unaccent, undo_lookalikes
from values.patterns import regex

_TOKEN = regex(r"(?:[0-9]|[OolI](?=[0-9]))[0-9OolI]*(?![^\W\d_])|[0-9]+|[^\W\d_]+|\S")
_LOOKALIKES = frozenset("OolI")
_FEW_DIGITS = 3
_SOFT = frozenset("-–—./()'’*_")
_HARD = frozenset(',;:\n"!?…|&=')
_LONGEST_WORD = 40
_LONGEST_REPEATED = 4
_HUNDRED = 100


class _Token(Struct, frozen=True):
    word: str
    raw: str
    start: int
    end: int


@lru_cache(maxsize=4)  # several readers look at one message in a row
def runs(text: str, langs: Languages) -> tuple[Run, ...]:
    """Return all runs of a text, read with the number words of the language it uses."""
    if not may_count(text, langs):
        return ()
    tokens, lang = _tokens(fold_with_offsets(text)), spoken_language(text, langs)
    begins = first_words(lang)
    joined = lang.numbers.thousands and (lang.numbers.thousands, lang.numbers.thousand)
    found = any(
        token.word[0].isdecimal() or token.word in begins or (joined and any(one in token.word for one in joined))
        for token in tokens
    )
    return tuple(_Reader(tokens, lang).read()) if found else ()


def _tokens(folded: Folded) -> list[_Token]:
    tokens: list[_Token] = []
    for m in _TOKEN.finditer(folded.text):
        raw = m.group()
        if raw[0].isdecimal() or raw[1:2].isdecimal():  # "O15" begins with a nought
            word = undo_lookalikes(raw)
        else:
            word = (unaccent(raw) or raw) if len(raw) <= _LONGEST_WORD else raw[:_LONGEST_WORD]
        tokens.append(_Token(word, raw, *folded.span(m.start(), m.end())))
    return _with_noughts(tokens)


def _with_noughts(tokens: list[_Token]) -> list[_Token]:
    """Return the tokens with a letter O for a nought (or an l for a one) that stands alone among typed digits."""
    typed = sum(token.word[0].isdecimal() for token in tokens)
    if typed < _FEW_DIGITS or not any(token.raw in _LOOKALIKES for token in tokens):
        return tokens

    def put_back(at: int) -> _Token:
        token = tokens[at]
        beside = [tokens[i].word[0].isdecimal() for i in (at - 1, at + 1) if 0 <= i < len(tokens)]
        meant = token.raw in _LOOKALIKES and (any(beside) if token.raw == "O" else len(beside) == 2 and all(beside))
        return _Token(undo_lookalikes(token.raw), token.raw, token.start, token.end) if meant else token

    return [put_back(at) for at in range(len(tokens))]


_RANK = ("", "fix", "restart", "instead", "tail", "first", "before_last")
"""Of several phrases in a row the one that says more counts."""
_MOST_WORDS_AHEAD = 4
_ARTICLES = frozenset({"un", "ein", "eine", "einen"})
_MOST_WORDS_BEFORE = {"tail": 4, "first": 4, "before_last": 4, "instead": 1}
"""Words that may stand between a phrase and its digits, whatever they are: "the last two ought to have been 36"."""


class _Reader:
    """One pass over the tokens; each is looked at a bounded number of times."""

    def __init__(self, tokens: list[_Token], lang: Language) -> None:
        self.tokens, self.cues, self.words = tokens, lang.cues, lang.numbers
        self.beginnings = beginnings(lang)
        self.at = 0
        self.run = Run()
        self.done: list[Run] = []
        self.pending = ""
        self.patience = 0
        self.hard = False

    def read(self) -> list[Run]:
        while self.at < len(self.tokens):
            self._step()
        self._close()
        return self.done

    def _step(self) -> None:
        # Phrases first: "oh no" is no nought, "dwie ostatnie" no two.
        if self.run.groups and self._correction():
            return
        if self.pending in _MOST_WORDS_BEFORE and self._article():
            self.at += 1
            return
        group = self._group()
        if group is not None:
            self._add(group)
        else:
            self._other()

    def _correction(self) -> bool:
        """Go past a phrase that corrects, and return whether there was one."""
        cues = self.cues
        if self.tokens[self.at].word not in self.beginnings:
            return False
        tables = {
            "tail": cues.tail,
            "before_last": cues.before_last,
            "first": cues.first if self.pending or self.hard else {},
            "restart": cues.restarts,
            "fix": cues.corrections,
            "instead": cues.instead,
        }
        how, length = next(((how, taken) for how, table in tables.items() if (taken := self._cue(table))), ("", 0))
        if not how and self.pending and (length := self._cue(cues.ends)):
            how = "tail"
        if how:
            self.at += length
            if how == "instead" and self.at < len(self.tokens) and self.tokens[self.at].raw in _HARD:
                how = "fix"
            self.pending = max(self.pending, how, key=_RANK.index)
            self.patience = _MOST_WORDS_BEFORE.get(self.pending, 0)
        return bool(how)

    def _cue(self, cues: Phrases, at: int | None = None) -> int:
        """Return how many tokens a cue phrase takes here; commas and apostrophes inside it are passed over."""
        at = self.at if at is None else at
        for phrase in cues.get(self.tokens[at].word, ()):
            here = at
            for part in phrase:
                while here < len(self.tokens) and self.tokens[here].raw in ",.'’":
                    here += 1
                if here >= len(self.tokens) or self.tokens[here].word != part:
                    break
                here += 1
            else:
                return here - at
        return 0

    def _add(self, group: DigitGroup) -> None:
        group.hard_before, self.hard = self.hard, False
        if self.pending:
            self.run.segments.append(Segment(self.pending))
            self.pending = ""
        self.run.segments[-1].groups.append(group)

    def _other(self) -> None:
        token = self.tokens[self.at]
        self.at += 1
        if token.word in ("+", "plus", "piu"):
            if self.run.groups:
                self._close()
            self.run.plus = True
        elif token.raw in _HARD or token.word in self.cues.fillers or self._contrast(token.word):
            self.hard = True
        elif self.patience and self.pending and token.word.isalpha():
            self.patience -= 1
        elif self.pending and token.word.isalpha() and self._placed_ahead():
            self.hard = True
        elif token.raw not in _SOFT:
            self._close()

    def _article(self) -> bool:
        """Return whether a word is the article of the digit behind it: "l'ultima è un tre"."""
        behind = self._word(self.at + 1)
        return self.tokens[self.at].word in _ARTICLES and (behind.isdecimal() or self.words.value(behind) is not None)

    def _placed_ahead(self) -> bool:
        """Return whether a correction names its place a few words on: "sorry, make the last one a three"."""
        places = (self.cues.tail, self.cues.before_last, self.cues.first)
        ahead = range(self.at, min(self.at + _MOST_WORDS_AHEAD, len(self.tokens)))
        return any(self._cue(table, at) for at in ahead for table in places)

    def _contrast(self, word: str) -> bool:
        """Return whether a word stands between the wrong digits and the right ones: "not 34 but 36"."""
        segment = self.run.segments[-1]
        how = self.pending or segment.how
        if word not in self.cues.contrasts or how not in ("fix", "instead"):
            return False
        if not self.pending:
            segment.how = "instead"
        return True

    def _close(self) -> None:
        if self.run.groups:
            self.done.append(self.run)
        self.run, self.pending, self.hard = Run(), "", False

    def _group(self) -> DigitGroup | None:
        token = self.tokens[self.at]
        repeated = self._repeated()
        if repeated is not None:
            return repeated
        if token.word[0].isdecimal():
            self.at += 1
            return DigitGroup([token.word], token.start, token.end, spelled=False)
        return self._spelled()

    def _unit(self, at: int) -> str | None:
        if not 0 <= at < len(self.tokens):
            return None
        word = self.tokens[at].word
        if len(word) == 1 and word.isdecimal():
            return word
        unit = self.words.units.get(word)
        return None if unit is None else str(unit)

    def _repeated(self) -> DigitGroup | None:
        """Read a repetition: "double five", "dwie piątki", "trzy razy zero", "sette zeri"."""
        first = self.tokens[self.at]
        times, length, digit = self.cues.times.get(first.word, 0), 2, self._unit(self.at + 1)
        if not (times and digit):
            count = self.cues.counted.get(first.word) or (first.word if first.word in "23456789" else "")
            times, digit, length = int(count or 0), self.cues.plurals.get(self._word(self.at + 1)), 2
            if times and digit is None and self._word(self.at + 1) in self.cues.repeaters:
                digit, length = self._unit(self.at + 2), 3
                if digit is None or self._word(self.at + 3) in self.cues.scales:
                    return self._group_repeated(times)
        if not times or digit is None:
            return None
        self.at += length
        last = self.tokens[self.at - 1]
        return DigitGroup([digit * times], first.start, last.end, spelled=True)

    def _group_repeated(self, times: int) -> DigitGroup | None:
        """Read several digits that are said so often: "trzy razy sześćset sześćdziesiąt osiem"."""
        first, begun = self.tokens[self.at], self.at
        self.at += 2
        group = self._spelled() if self.at < len(self.tokens) else None
        digits = group.readings()[0] if group is not None else ""
        if group is None or not 1 < len(digits) <= _LONGEST_REPEATED:
            self.at = begun
            return None
        return DigitGroup([digits * times], first.start, group.end, spelled=True)

    def _word(self, at: int) -> str:
        return self.tokens[at].word if at < len(self.tokens) else ""

    def _spelled(self) -> DigitGroup | None:
        start = self.tokens[self.at]
        value = self.words.value(start.word)
        if value is None:
            return None
        parts, end = [value], start.end
        self.at += 1
        while self.at < len(self.tokens) and len(parts) < 6:
            taken = self._join(parts)
            if not taken:
                break
            self.at += taken
            end = self.tokens[self.at - 1].end
        return DigitGroup([str(p) for p in parts], start.start, end, spelled=True)

    def _join(self, parts: list[int]) -> int:
        """Join the next number word to `parts` where the language would; return how many tokens that took."""
        skip = 1 if self._follows(parts) else 0
        word = self._word(self.at + skip)
        scale = self.cues.scales.get(word)
        if scale and not skip and 0 < sum(parts) < 1000 and (scale > 100 or sum(parts) < 10):
            parts[:] = [sum(parts) * scale]
            return 1
        value = self.words.value(word)
        if value is None or not _joins(sum(parts), value) or self._begins_another(self.at + skip):
            return 0
        parts.append(value)
        return skip + 1

    def _begins_another(self, at: int) -> bool:
        """Return whether a word counts what is behind it: "thirty | three eights", "one hundred | two hundred"."""
        behind = self._word(at + 1)
        counts = behind in self.cues.plurals or behind in self.cues.repeaters
        return (counts and self._word(at) in self.cues.counted) or self.cues.scales.get(behind) == _HUNDRED

    def _follows(self, parts: list[int]) -> bool:
        joiner = self._word(self.at)
        return joiner == "-" or (joiner in self.cues.joiners and sum(parts) % 100 == 0)


def _joins(total: int, value: int) -> bool:
    """Return whether the words make one number: six hundred | twenty, twenty | three, two thousand | five."""
    if value <= 0:
        return False
    if total >= 1000 and total % 1000 == 0:
        return value < 1000
    if total >= 100 and total % 100 == 0:
        return value < 100
    return total % 100 >= 20 and total % 10 == 0 and value < 10
