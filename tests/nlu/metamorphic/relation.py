"""Common to the relations between messages: which of them are broken, told apart from those that are known to be."""

from collections.abc import Collection, Iterable

LANGUAGES = ("pl", "it", "en")
_MOST_SHOWN = 60


def held(broken: Iterable[str], known: Collection[str] = (), tried: Collection[str] | None = None) -> None:
    """Assert that nothing is broken but what is known, and that all of it still is.

    `tried`: the cases of which `broken` are some, where they are only a part of all; known ones beside them aren't
    judged.
    """
    found = dict.fromkeys(broken)
    awaited = [case for case in known if tried is None or case in tried]
    new = [case for case in found if case not in known]
    mended = [case for case in awaited if case not in found]
    told = [f"broken: {case}" for case in new[:_MOST_SHOWN]]
    told += [f"holds now, strike it from the known ones: {case}" for case in mended]
    assert not told, f"{len(new)} broken, {len(mended)} mended\n" + "\n".join(told)
