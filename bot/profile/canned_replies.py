"""A seller's first ready answers for agents: `desk/replies.toml` of the profile, which may be left out."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import Field

from bot.profile.fields import StrictTable
from bot.profile.mistakes import likely_name
from bot.profile.problems import ProfileProblem, line_of
from bot.profile.toml_reader import read_tables, validate_tables
from services.support.canned_replies import PLACES, PROFILE, SHARED, CannedReply, ReplyRefused, find_mistake

_REMEDIES = {
    "shortcut": "Write it in small letters, digits, - and _, 24 at most.",
    "title": "Give it a title of at most 60 characters.",
    "words": "Write the words.",
    "too_long": "Write at most 4000 characters.",
    "place": f"Use {', '.join(f'{{{place}}}' for place in PLACES)}; a brace is written twice.",
}


class ReplyTable(StrictTable):
    """`[[reply]]`."""

    shortcut: str
    title: str
    words: dict[str, str] = Field(min_length=1)

    def build(self) -> CannedReply:
        return CannedReply(f"{PROFILE}{self.shortcut}", SHARED, self.shortcut, self.title, self.words)


class RepliesFile(StrictTable):
    """`desk/replies.toml`."""

    reply: tuple[ReplyTable, ...] = ()


def replies(folder: Path, locales: Sequence[str], problems: list[ProfileProblem]) -> tuple[CannedReply, ...]:
    """Return the canned replies, each in all languages of the profile; mistakes are added to `problems`."""
    path = folder / "desk" / "replies.toml"
    if not path.exists():
        return ()
    raw, source = read_tables(path, problems)
    file = validate_tables(RepliesFile, raw, source, path, problems) if raw is not None else None
    if file is None:
        return ()
    found = tuple(table.build() for table in file.reply)
    problems += _languages(found, locales, path, source)
    every = [one for one in locales if len(found) == 1 or any(one in reply.words for reply in found)]
    for n, reply in enumerate(found):
        earlier = {other.shortcut for other in found[:n]}
        for place, what, remedy in _mistakes(reply, every, earlier):
            line = line_of(source, ("reply", n, *place)) or line_of(source, ("reply", n))
            problems.append(ProfileProblem(path, line, f"{reply.shortcut}: {what}", remedy))
    return found


def _languages(
    found: Sequence[CannedReply], locales: Sequence[str], path: Path, source: str
) -> Iterator[ProfileProblem]:
    """Yield languages in which the profile doesn't speak, and those in which no answer has words: once each."""
    for locale in dict.fromkeys(locale for reply in found for locale in reply.words if locale not in locales):
        having = [n for n, reply in enumerate(found) if locale in reply.words]
        line = line_of(source, ("reply", having[0], "words", locale))
        what = f"there are words in “{locale}”, which isn’t among `locales`, in {len(having)} of {len(found)} replies"
        remedy = f"Remove the lines `words.{locale}`, or add the language in profile.toml."
        yield ProfileProblem(path, line, what, remedy)
    for locale in locales if len(found) > 1 else ():
        if not any(locale in reply.words for reply in found):
            what = f"no reply has words in “{locale}”"
            yield ProfileProblem(path, line_of(source, ("reply", 0)), what, f"Add `words.{locale} = …` to each.")


def _mistakes(
    reply: CannedReply, locales: Sequence[str], earlier: set[str]
) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """Yield mistakes, each with its place within the answer and the remedy."""
    if reply.shortcut in earlier:
        yield ("shortcut",), "this shortcut stands here twice", "Choose another one."
    for locale in locales:
        if locale not in reply.words:
            yield ("words",), f"there are no words in “{locale}”", f"Add `words.{locale} = …`."
    for locale, text in reply.words.items():
        if locale in locales and (wrong := find_mistake(reply.shortcut, reply.title, {locale: text})) is not None:
            at = ("words", locale) if wrong.reason in ("words", "too_long", "place") else (wrong.reason,)
            name = likely_name(wrong.detail, PLACES) if wrong.reason == "place" else None
            yield at, _said(wrong), _REMEDIES[wrong.reason] if name is None else f"Is {{{name}}} meant?"
            if at[0] != "words":
                return


def _said(wrong: ReplyRefused) -> str:
    if wrong.reason == "place":
        return f"{wrong.detail} can't be filled in"
    odd = {"words": "empty", "too_long": "too long"}.get(wrong.reason)
    return f"the answer is {odd}" if odd else f"this {wrong.reason} can't be used"
