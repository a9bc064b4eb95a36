"""Reads a profile folder whole, or raises all that is wrong with it at once."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from bot.profile.problems import Problem, ProfileErrors
from bot.profile.profile import FaqEntry, Profile
from bot.profile.schema import FaqFile, ProfileFile
from bot.profile.sense import offer_problems
from bot.profile.where import line_of
from bot.profile.words import text_problems
from bot.texts.catalogue import Catalogue
from bot.texts.load import common, texts_of
from bot.texts.text import Text, TextError, parse

M = TypeVar("M", bound=BaseModel)
FORMS: Mapping[str, str] = {"pl": "ty", "it": "tu", "en": "you"}


def load(folder: Path) -> Profile:
    """The profile in `folder`. Errors: ProfileErrors with every mistake, each with file, line and remedy."""
    problems: list[Problem] = []
    main = folder / "profile.toml"
    raw, source = _read(main, problems)
    file = _validated(ProfileFile, raw, source, main, problems) if raw is not None else None
    if file is None:
        raise ProfileErrors(tuple(problems))
    problems += offer_problems(file, main, source)
    faq = {locale: _faq(folder / "faq" / f"{locale}.toml", problems) for locale in file.locales}
    own = {locale: _own(folder / "texts" / f"{locale}.toml", problems) for locale in file.locales}
    answers = {locale: _answers(folder / "faq" / f"{locale}.toml", faq[locale], problems) for locale in file.locales}
    texts = {locale: {**common(locale), **own[locale], **answers[locale]} for locale in file.locales}
    catalogue = Catalogue(texts, {**FORMS, **file.address}, file.time_zone)
    profile = Profile(folder, file.build(), file.brand.build(), catalogue, faq, file.providers, file.pay_to())
    problems += text_problems(profile, own, _line_of_text)
    if problems:
        raise ProfileErrors(tuple(problems))
    return profile


def _line_of_text(path: Path, key: str) -> int:
    return line_of(path.read_text("utf-8"), key.split(".")) if path.exists() else 0


def _read(path: Path, problems: list[Problem]) -> tuple[dict[str, Any] | None, str]:
    try:
        source = path.read_text("utf-8")
    except FileNotFoundError:
        problems.append(Problem(path, 0, "there is no such file", "Write it, or begin anew with `okienko new`."))
        return None, ""
    except UnicodeDecodeError:
        problems.append(Problem(path, 0, "this is no UTF-8 text", "Store the file as UTF-8."))
        return None, ""
    try:
        return tomllib.loads(source), source
    except tomllib.TOMLDecodeError as error:
        line = _line_told(str(error), source)
        problems.append(Problem(path, line, f"this is no TOML: {error}", "Correct the line, see https://toml.io."))
        return None, source


def _line_told(message: str, source: str) -> int:
    _, found, rest = message.partition("(at line ")
    return int(rest.partition(",")[0]) if found else source.count("\n") + 1


def _validated(model: type[M], raw: Any, source: str, path: Path, problems: list[Problem]) -> M | None:
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        mistakes = error.errors(include_url=False)
        inner = {place[:n] for place in (m["loc"] for m in mistakes) for n in range(len(place))}
        for mistake in mistakes:
            place = mistake["loc"]
            if place in inner:  # what is wrong inside is told already
                continue
            name = ".".join(map(str, place))
            what = f"{name}: {mistake['msg'].removeprefix('Value error, ')}"
            problems.append(Problem(path, line_of(source, place), what, _remedy(mistake["type"], str(place[-1]))))
        return None


def _remedy(kind: str, name: str) -> str:
    if kind == "missing":
        return f"Add `{name} = …`."
    if kind == "extra_forbidden":
        return "Remove it, or correct its spelling."
    return "Correct the value; docs/reference/profile.md says what is taken."


def _faq(path: Path, problems: list[Problem]) -> tuple[FaqEntry, ...]:
    raw, source = _read(path, problems)
    file = _validated(FaqFile, raw, source, path, problems) if raw is not None else None
    if file is None:
        return ()
    seen: set[str] = set()
    for n, entry in enumerate(file.entry):
        if entry.id in seen:
            line = line_of(source, ("entry", n, "id"))
            problems.append(Problem(path, line, f"{entry.id} stands here twice", "Put the questions together."))
        seen.add(entry.id)
    return tuple(FaqEntry(e.id, e.questions, e.answer) for e in file.entry)


def _own(path: Path, problems: list[Problem]) -> dict[str, Text]:
    """The profile's own texts."""
    raw, source = _read(path, problems)
    try:
        return dict(texts_of(raw or {}))
    except TextError as error:
        key = str(error).partition(":")[0]
        problems.append(Problem(path, line_of(source, key.split(".")), str(error), "Correct the text."))
        return {}


def _answers(path: Path, entries: tuple[FaqEntry, ...], problems: list[Problem]) -> dict[str, Text]:
    """The answers of the FAQ as texts `faq.<id>`."""
    answers: dict[str, Text] = {}
    for n, entry in enumerate(entries):
        try:
            answers[f"faq.{entry.id}"] = parse(entry.answer)
        except TextError as error:
            line = line_of(path.read_text("utf-8"), ("entry", n, "answer"))
            problems.append(Problem(path, line, f"{entry.id}: {error}", "Correct the answer."))
    return answers
