"""Things offered by the piece, with how many of them: "10 GB di spazio"."""

import re

from msgspec.structs import replace

from nlu.amounts import read_amount
from nlu.choices import read_choice
from nlu.languages.language import Languages
from values.meaning import Expected, OptionWords, Press, Unclear
from values.offer import PIECES

_LONGEST = 120
_AND = re.compile(r"[,;+&]|\b(?:e|ed|i|oraz|plus|più|and|und|sowie)\b", re.I)


def with_amount(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return one of the things offered by the piece, with how many of it: "10 GB di spazio"."""
    counted = tuple(option for option in expected.options if option.pieces)
    if not counted or len(text) > _LONGEST:
        return None
    amount = read_amount(text, tuple(word for option in counted for word in option.pieces), langs)
    if amount is None or not amount.counts:
        return None
    rest = f"{text[: amount.start]} {text[amount.end :]}"
    named = read_choice(rest, replace(expected, options=counted), langs) or _measured(text, counted, langs)
    return replace(named, then=amount.text) if isinstance(named, Press) else None


def each_with_amount(text: str, expected: Expected, langs: Languages) -> tuple[Press, ...]:
    """Return the things, each with how many of it, that a message names one after the other: "3 users and 10 GB".

    Where the open step offers them, the number may be left out. Nothing where a part may mean two of them.
    """
    counted = tuple(option for option in expected.options if option.pieces)
    if len(counted) < 2 or len(text) > _LONGEST or "?" in text:
        return ()
    here = replace(expected, options=counted, several=False)
    read = [with_amount(part, here, langs) or read_choice(part, here, langs) for part in _AND.split(text)]
    named = {one.payload: one for one in read if isinstance(one, Press)}
    return () if len(named) < 2 or any(isinstance(one, Unclear) for one in read) else tuple(named.values())


def _measured(text: str, options: tuple[OptionWords, ...], langs: Languages) -> Press | None:
    """Return the one thing whose unit is named ("10 GB")."""
    read = {o.payload: read_amount(text, o.pieces, langs) for o in options}
    named = [payload for payload, amount in read.items() if amount is not None and amount.counts == PIECES]
    return Press(named[0]) if len(named) == 1 else None
