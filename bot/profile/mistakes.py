"""Errors of pydantic and the TOML parser in the project's words, with what to write instead; what nothing reads."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from types import UnionType
from typing import Any, NotRequired, TypedDict, Union, get_args, get_origin
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from babel.core import get_global
from pydantic import BaseModel

from bot.profile.problems import Place, ProfileProblem, WrongProfile

REFERENCE = "docs/reference/profile.md"
_CORRECT = f"Correct the value; {REFERENCE} says what is taken."
_NAME = 0.7
"""Names alike by less are different ones: `seats` isn't `years`."""
_LISTED = tomllib.loads(Path(__file__).with_name("wished.toml").read_text("utf-8"))["wished"]
_WISHED: dict[str, str] = {name: one["instead"] for one in _LISTED for name in one["names"].split()}
"""Names that sellers look for in vain, in any table or in the one named, each with what there is instead."""
_ONE_CURRENCY = _WISHED["currencies"]
_IN_A_CURRENCY = re.compile(r"(net|price|gross|cost)_[a-z]{3}|eur|usd|gbp|chf|pln|czk")
_ABOVE = "It belongs above the first [table]."
_ALONE = {"currency": _ONE_CURRENCY, "net": _ONE_CURRENCY}
"""The remedy for several values where one belongs."""
_LONGEST = 40  # characters of a value that is shown again
_DATE = re.compile(r"=\s*\d{4}-\d\d-\d\d")


class FoundMistake(TypedDict):
    """A mistake as pydantic reports it."""

    type: str
    loc: Place
    msg: str
    input: Any
    ctx: NotRequired[dict[str, Any]]


def likely_name(name: str, known: Sequence[str], likeness: float = 0.6) -> str | None:
    """Return the known name that a misspelt one is likely to be."""
    found = get_close_matches(name, known, n=1, cutoff=likeness)
    return found[0] if found else None


def describe_mistakes(model: type[BaseModel], errors: Sequence[FoundMistake]) -> Iterator[tuple[Place, str, str]]:
    """Each mistake with its place, what is wrong, and the remedy; a name that is missing since it is misspelt once."""
    inner = {error["loc"][:n] for error in errors for n in range(len(error["loc"]))}
    extra = [error["loc"] for error in errors if error["type"] == "extra_forbidden"]
    misspelt = {place: name for place in extra if (name := _likely(model, place)) is not None}
    found = {place: misspelt.get(place, str(place[-1])) for place in extra}
    corrected = {of for place, name in found.items() for of in ((*place[:-1], name), (name,))}
    for error in errors:
        place = error["loc"]
        if place in inner or (error["type"] == "missing" and place in corrected):
            continue
        what, remedy = _extra(model, place, misspelt) if error["type"] == "extra_forbidden" else _words(error)
        yield place, f"{name_place(place)}: {what}", remedy


def name_place(place: Place) -> str:
    """Return the name of a value as messages write it: `plan.0.net`."""
    return ".".join(str(part) for part in place if part not in ("[key]", ""))


def _likely(model: type[BaseModel], place: Place) -> str | None:
    """Return the name that is likely to be meant, unless it has a place elsewhere or there is no such thing."""
    name = str(place[-1])
    if _wished(place) is not None or name in model.model_fields:
        return None
    return likely_name(name, _names(model, place[:-1]), _NAME) or likely_name(name, [*model.model_fields], _NAME)


def _wished(place: Place) -> str | None:
    """Return what there is instead of something that sellers look for in vain."""
    name, table = str(place[-1]), next((str(part) for part in reversed(place[:-1]) if isinstance(part, str)), "")
    instead = _WISHED.get(f"{table}.{name}") or _WISHED.get(name)
    return instead or (_ONE_CURRENCY if _IN_A_CURRENCY.fullmatch(name) else None)


def _extra(model: type[BaseModel], place: Place, misspelt: dict[Place, str]) -> tuple[str, str]:
    what, name = "nothing has this name", misspelt.get(place, str(place[-1]))
    if (instead := _wished(place)) is not None:
        return what, instead
    known, meant_is = _names(model, place[:-1]), f"Is `{name}` meant?"
    if (home := None if name in known else _home(model, name)) is not None:
        return f"{what} here", home if place not in misspelt else f"{meant_is} {home}"
    if place in misspelt:
        return what, meant_is
    may = f"Here may stand: {', '.join(known)}."
    return what, f"Remove it. {may}" if len(place) > 1 else f"Remove it; {REFERENCE} has all names."


def _home(model: type[BaseModel], name: str) -> str | None:
    """Return where a name belongs that stands in another table."""
    headings = {field: _heading(model, field) for field in model.model_fields}
    if name in headings:
        return f"It is a table of its own: {headings[name]}." if headings[name] else _ABOVE
    having = [of for field, of in headings.items() if name in (*_names(model, (field,)), *_names(model, (field, 0)))]
    return f"It belongs into {' or '.join(having)}." if having else None


def _heading(model: type[BaseModel], field: str) -> str:
    """Return a table's heading as it is written; nothing for a plain value."""
    if _names(model, (field, 0)):
        return f"[[{field}]]"
    is_table = _names(model, (field,)) or get_origin(model.model_fields[field].annotation) is dict
    return f"[{field}]" if is_table else ""


def _names(model: type[BaseModel], place: Place) -> list[str]:
    found: Any = model
    for part in place:
        if isinstance(part, str) and _is_model(found):
            found = found.model_fields[part].annotation if part in found.model_fields else None
        else:
            found = get_args(found)[0 if isinstance(part, int) else -1] if get_args(found) else None
        found = _bare(found)
    return list(found.model_fields) if _is_model(found) else []


def _bare(annotation: Any) -> Any:
    """Strip `Annotated` and `| None` from a type."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next((one for one in get_args(annotation) if one is not type(None)), None)
    return get_args(annotation)[0] if hasattr(annotation, "__metadata__") else annotation


def _is_model(found: Any) -> bool:
    return isinstance(found, type) and issubclass(found, BaseModel)


def _words(error: FoundMistake) -> tuple[str, str]:
    kind, given, last = error["type"], error["input"], str(error["loc"][-1])
    bounds = error.get("ctx", {})
    if isinstance(given, (list, tuple, dict)) and kind.partition("_")[0] in _SINGLE:
        what = "this is a table" if isinstance(given, dict) else "this is a list"
        return f"{what}, and there is one value of it", _ALONE.get(last, "Write one, without brackets.")
    match kind:
        case "missing":
            return "this is missing", f"Add `{last} = …`."
        case "value_error":
            wrong = bounds.get("error")
            remedy = wrong.remedy if isinstance(wrong, WrongProfile) else _CORRECT
            return error["msg"].removeprefix("Value error, "), remedy
        case "literal_error":
            return f"{_shown(given)} isn’t known here", _one_of(given, str(bounds.get("expected", "")))
        case "less_than_equal" | "less_than":
            return f"{_shown(given)} is too much", f"Write {bounds.get('le', bounds.get('lt'))} at most."
        case "greater_than_equal" | "greater_than":
            return f"{_shown(given)} is too little", f"Write {bounds.get('ge', bounds.get('gt'))} at least."
        case _:
            return _kind(kind, given, bounds, error["msg"])


_KINDS = {
    "int": ("is no whole number", "Write digits only, without quotes."),
    "decimal": ("is no price", "Write it with a point and in quotes, like “299.00”."),
    "bool": ("is neither true nor false", "Write true or false, without quotes."),
    "datetime": ("is no moment", "Write it without quotes, like 2027-12-31T23:59:59+01:00."),
    "date": ("is no day", "Write it without quotes, like 2027-12-31."),
    "string": ("is no text", "Put it in quotes."),
    "tuple": ("is no list", "Put it in brackets: [ … ]."),
    "dict": ("is no table", "Write its names and values below a heading in brackets."),
    "model": ("is no table", "Write its names and values below a heading in brackets."),
}


_SINGLE = ("literal", "int", "decimal", "bool", "datetime", "date", "string")
"""Kinds of mistakes about a value that stands alone."""


def _kind(kind: str, given: object, bounds: dict[str, Any], message: str) -> tuple[str, str]:
    match kind:
        case "too_short":
            return "this list is too short", f"Write {bounds['min_length']} at least."
        case "string_too_short":
            return f"{_shown(given)} is too short", f"Write {bounds['min_length']} characters at least."
        case "string_too_long":
            return f"{_shown(given)} is too long", f"Write {bounds['max_length']} characters at most."
        case _ if (known := _KINDS.get(kind.partition("_")[0])) is not None:
            return f"{_shown(given)} {known[0]}", known[1]
        case _:
            return message, _CORRECT


def _shown(given: object) -> str:
    if isinstance(given, bool):
        return "true" if given else "false"
    if isinstance(given, (list, tuple, dict)):
        return "this"
    text = str(given)
    return f"“{text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}”"


def _one_of(given: object, expected: str) -> str:
    known = [name.strip("'") for name in re.split(r", | or ", expected)]
    if isinstance(given, str) and (name := likely_name(given, known)) is not None:
        return f"Is {name} meant?"
    return f"Write one of {', '.join(known)}."


def toml(message: str, line: str) -> tuple[str, str]:
    """Return what is wrong in a line that the TOML parser refuses, and the remedy."""
    if "Illegal character" in message or "Unterminated string" in message:
        return "a text isn’t closed", "Close it with a quotation mark on the same line."
    if "Cannot overwrite a value" in message:
        return f"{line.partition('=')[0].strip()} stands here twice", "Keep one of them."
    if "Cannot declare" in message:
        return f"{line.strip()} stands here twice", "Put both together under one heading."
    if _DATE.search(line):
        return "there is no such date", "Write it like 2027-12-31T23:59:59+01:00."
    if "Expected newline" in message:
        return "something stands behind the value", "Put texts in quotes, and each setting on a line of its own."
    if "Invalid value" in message:
        return "this value isn’t written as TOML has it", "Put texts in quotes; numbers, true and false go without."
    return f"this is no TOML: {message}", "Correct the line, see https://toml.io."


_ALIKE = 0.75
"""Cities alike by less are different ones: Milan is neither Manila nor Minsk."""


def is_time_zone(name: str) -> bool:
    """Return whether there is a time zone of this name."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return False
    return True


def suggest_zone(name: str, places: Iterable[str]) -> str:
    """Return the zone that is spelt like it; else those of these countries, some of them told by their language."""
    area, _, city = name.rpartition("/")
    cities = {zone.rpartition("/")[2]: zone for zone in available_timezones() if zone.startswith(area)}
    if (found := likely_name(city, [*cities], _ALIKE)) is not None:
        return f"Is {cities[found]} meant?"
    countries = dict.fromkeys(place.upper() for place in places)
    zones = {country: zone for zone, country in sorted(get_global("zone_territories").items(), reverse=True)}
    listed = ", ".join(f"{zones[country]} ({country})" for country in countries if country in zones)
    return f"A zone bears the name of one city for its whole country: {listed}."


_READ = frozenset({"profile.toml", "texts", "faq", "pages", "nlu", "documents", "desk", "tests"})
_NOTES = (".md", ".txt", ".rst")
"""A folder under version control may say what it is."""
_PICTURES = (".svg", ".png", ".jpg", ".jpeg", ".ico", ".webp", ".woff2", ".css")


def find_unread_files(folder: Path, locales: Sequence[str], logo: str | None) -> Iterator[ProfileProblem]:
    """Yield what lies at the top of the folder or among its words, and isn't read."""
    for path in sorted(folder.iterdir()):
        if path.name in (*_READ, logo) or path.name.startswith((".", "_", "LICEN")) or path.suffix in _NOTES:
            continue
        picture = path.suffix.lower() in _PICTURES
        remedy = "Remove it; the one picture of the seller's is [brand] `logo`, an SVG." if picture else "Remove it."
        yield ProfileProblem(path, 0, "nothing reads this", remedy)
    for kind in ("texts", "faq", "pages"):
        for path in sorted((folder / kind).glob("*.toml")):
            if path.stem not in locales:
                what = f"nothing reads this: “{path.stem}” isn’t among `locales`"
                yield ProfileProblem(path, 0, what, "Remove it, or add the language in profile.toml.")
