"""`okienko nlu review`: customers' sentences that weren't understood, or were wrongly read; `adopt`: into the FAQ."""

import json
import re
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import sqlalchemy as sa
from msgspec import DecodeError, Struct, field
from msgspec import json as msgspec_json

from bot.app.settings import Settings
from bot.cli import refuse
from bot.cli.database import in_store, read_profile
from bot.profile.load import load
from bot.profile.problems import ProfileErrors, line_of
from bot.profile.profile import FaqEntry, Profile
from bot.usecases.handoff.training import TrainingLabels
from dialogs.journey import journey_of
from services.support.faq_drafts import DraftWords
from values.parsing import fold_words


class LabelledRow(Struct, frozen=True):
    """A line of `okienko nlu review --labelled`.

    An `entry`'s words by language, or a `text` that is a way to ask for `faq`; lines about intents have neither.
    """

    faq: str | None = None
    text: str = ""
    lang: str = ""
    entry: dict[str, DraftWords] = field(default_factory=dict[str, DraftWords])


class ChangedFile(Struct, frozen=True):
    """A file as it was and as it is to be, with the number of ways to ask and of new entries that it gets."""

    path: Path
    before: bytes
    after: bytes
    questions: int
    entries: int


class Adopted(Struct, frozen=True):
    """The files that were written; `left` says of each thing that was left out why."""

    files: tuple[ChangedFile, ...]
    left: tuple[str, ...]


class NotAdopted(Exception):
    """Nothing was written; the message says why."""


def rows_of(lines: Iterable[str]) -> Iterator[LabelledRow]:
    """Read the lines that are about the FAQ. Raises NotAdopted, which names the line that can't be read."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = msgspec_json.decode(line, type=LabelledRow)
        except DecodeError as error:
            raise NotAdopted(f"line {number}: {error}") from None
        if row.faq is not None:
            yield row


def adopt(folder: Path, rows: Sequence[LabelledRow]) -> Adopted:
    """Write what the profile lacks, and load it: what would be a mistake in it leaves the files as they were.

    Raises ProfileErrors for a profile that has mistakes already, NotAdopted otherwise.
    """
    profile = load(folder)
    wanted = _Wanted(profile, rows)
    files = [wanted.file(locale) for locale in profile.seller.locales]
    changed = tuple(file for file in files if file.after != file.before)
    try:
        for file in changed:
            file.path.write_bytes(file.after)
        load(folder)
    except (OSError, ProfileErrors) as error:
        for file in changed:
            file.path.write_bytes(file.before)
        raise NotAdopted(f"nothing was written:\n{error}") from error
    return Adopted(changed, tuple(wanted.left()))


class _Wanted(Struct, frozen=True):
    """The rows beside a profile."""

    profile: Profile
    rows: Sequence[LabelledRow]

    def file(self, locale: str) -> ChangedFile:
        """Return a language's file with what it lacks. Raises NotAdopted."""
        path = self.profile.folder / "faq" / f"{locale}.toml"
        before = path.read_bytes()
        source, added = before.decode(), 0
        for n, entry in enumerate(self.profile.faq[locale]):
            if new := _lacking(entry.questions, self._said(entry.id, locale)):
                source, added = _with_more(path, source, n, entry, new), added + len(new)
        begun = {id: words[locale] for id, words in self._complete().items() if not self._has(id, locale)}
        for id, words in begun.items():
            questions = _lacking((), (words.title, *self._said(id, locale)))
            source = with_entry(source, id, words.title, questions, words.answer)
        return ChangedFile(path, before, source.encode(), added, len(begun))

    def left(self) -> Iterator[str]:
        """Yield new entries that lack a language, and ways to ask that lead nowhere."""
        locales = self.profile.seller.locales
        for id, words in self._drafts().items():
            if lacking := [locale for locale in locales if locale not in words and not self._has(id, locale)]:
                yield f"{id}: it has no words in {', '.join(lacking)}"
        complete = self._complete()
        for row in self.rows:
            if row.text and row.lang not in locales:
                yield f"“{row.text}”: the profile doesn’t speak {row.lang}"
            elif row.text and row.faq not in complete and not self._has(row.faq, row.lang):
                yield f"“{row.text}”: there is no entry {row.faq}"

    def _has(self, id: str | None, locale: str) -> bool:
        return any(entry.id == id for entry in self.profile.faq[locale])

    def _drafts(self) -> dict[str, dict[str, DraftWords]]:
        return {row.faq: row.entry for row in self.rows if row.faq is not None and row.entry}

    def _complete(self) -> dict[str, dict[str, DraftWords]]:
        """Return new entries with words in each language: an entry that one lacks is a mistake in a profile."""
        locales = self.profile.seller.locales
        return {id: words for id, words in self._drafts().items() if all(locale in words for locale in locales)}

    def _said(self, id: str, locale: str) -> Iterator[str]:
        return (row.text for row in self.rows if row.text and (row.faq, row.lang) == (id, locale))


def _lacking(has: Iterable[str], said: Iterable[str]) -> list[str]:
    """Return what is said and isn't there, each once, whatever its case and punctuation."""
    seen, new = {fold_words(one) for one in has}, dict[str, str]()
    for one in said:
        new.setdefault(fold_words(one), one)
    return [one for folded, one in new.items() if folded not in seen]


def _with_more(path: Path, source: str, n: int, entry: FaqEntry, questions: Sequence[str]) -> str:
    try:
        return with_questions(source, n, questions)
    except NotWritable:
        by_hand = ", ".join(f"“{one}”" for one in questions)
        raise NotAdopted(f"{path}: the questions of {entry.id} can’t be added to; write by hand: {by_hand}") from None


_MARK = "\ufeff"
"""The mark that Notepad puts before the first line."""
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""|\'\'\'.*?\'\'\'|"(?:\\.|[^"\\\n])*"|\'[^\'\n]*\'|(?P<comment>#[^\n]*)|[\[\],]|[^\s]',
    re.DOTALL,
)
_INDENT = "    "


class NotWritable(ValueError):
    """A list of questions is written in a form to which nothing can be added by itself."""


class _List(Struct, frozen=True):
    """Offsets of a list's opening bracket, of the end of its last value or comma, and of its closing bracket."""

    opens: int
    last: int
    closes: int


def with_questions(source: str, entry: int, questions: Sequence[str]) -> str:
    """Return the text with more ways to ask for the entry (from 0) at the end of its list. Raises NotWritable."""
    line = line_of(source.removeprefix(_MARK), ("entry", entry, "questions"))
    begin = sum(map(len, source.splitlines(keepends=True)[: line - 1]))
    at = _list_from(source, begin)
    separator = "" if source[at.last - 1] == "," else ","
    before = source.rfind("\n", 0, at.closes) + 1
    if before > at.opens and not source[before : at.closes].strip():
        lines = "".join(f"{_INDENT}{quote_text(one)},{_newline(source)}" for one in questions)
        added = f"{source[: at.last]}{separator}{source[at.last : before]}{lines}{source[before:]}"
    else:
        values = ", ".join(map(quote_text, questions))
        added = f"{source[: at.last]}{separator} {values}{source[at.last :]}"
    if _questions(added, entry) != [*_questions(source, entry), *questions]:
        raise NotWritable
    return added


def with_entry(source: str, id: str, title: str, questions: Sequence[str], answer: str) -> str:
    """Return the text with one entry more at its end."""
    lines = (
        "[[entry]]",
        f"id = {quote_text(id)}",
        f"title = {quote_text(title)}",
        "questions = [",
        *(f"{_INDENT}{quote_text(one)}," for one in questions),
        "]",
        f"answer = {quote_text(answer)}",
    )
    newline = _newline(source)
    # A mark before the first line is no text yet.
    gap = f"{newline}{newline}" if source.strip(f"{_MARK} \r\n") else ""
    return f"{source.rstrip()}{gap}{newline.join(lines)}{newline}"


def quote_text(text: str) -> str:
    """Return the text as a TOML string of one line."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _list_from(source: str, begin: int) -> _List:
    """Return the first list behind `begin`. Raises NotWritable."""
    opens, last = source.find("[", begin), 0
    for token in _TOKEN.finditer(source, opens + 1):
        if token[0] == "]" and last:
            return _List(opens, last, token.start())
        if token["comment"] is None:
            last = token.end()
    raise NotWritable


def _questions(source: str, entry: int) -> list[str]:
    try:
        return list(tomllib.loads(source.removeprefix(_MARK))["entry"][entry]["questions"])
    except (tomllib.TOMLDecodeError, LookupError):
        raise NotWritable from None


def _newline(source: str) -> str:
    return "\r\n" if "\r\n" in source else "\n"


PAGE = 200


def lines(profile: Path | None, *, labelled: bool) -> list[str]:
    """Return them as JSON, a line each: those without a label, or those with one."""
    settings = Settings()
    seller = read_profile(profile or settings.profile)
    desk = TrainingLabels(journey_of(seller.seller), seller.known)
    return in_store(settings, lambda s: s.read(lambda c: list(desk.exported(c) if labelled else _unlabelled(c, desk))))


def _unlabelled(connection: sa.Connection, desk: TrainingLabels) -> Iterator[str]:
    """Yield all sentences without a label, the newest first."""
    before: int | None = None
    while page := desk.listed(connection, before=before, most=PAGE):
        for one in page:
            asked = {"asked": one.asked} if one.asked is not None else {}
            row = {"text": one.words, "lang": one.said.locale, **asked, "guess": one.guess}
            misread = {"misread": True} if one.said.misread else {}
            yield json.dumps(row | {"confidence": one.confidence, **misread}, ensure_ascii=False)
        before = page[-1].said.line_id


def adopt_labels(folder: Path, said: Path | None) -> Iterator[str]:
    """Yield lines about what was written; the labels are those of a file, or of the desk's database."""
    try:
        labels = lines(folder, labelled=True) if said is None else said.read_text("utf-8").splitlines()
        found = adopt(folder, [*rows_of(labels)])
    except (ProfileErrors, NotAdopted) as error:
        refuse(error)
    except (OSError, UnicodeDecodeError) as error:
        refuse(f"{said}: {error}")
    yield from _told(folder, found)


def _told(folder: Path, found: Adopted) -> Iterator[str]:
    yield from (f"{one.path}: new ways to ask {one.questions}, new entries {one.entries}" for one in found.files)
    yield from (f"left out: {one}" for one in found.left)
    if found.files:
        yield f"Next: read what was written, then `okienko check {folder}`, and start the desk anew."
    else:
        yield "There is nothing to write."
