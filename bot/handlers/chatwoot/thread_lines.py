"""The journal's lines as the help desk's people read them: who said what, and who did what; the rest is left out."""

import html
import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from bot.conversation.desk import BY_AGENT
from bot.conversation.stored import StoredCause
from bot.usecases.agents import lines_outside
from bot.usecases.agents.line_words import titles_of
from bot.usecases.agents.masking import ContactMasks
from bot.web.page_texts import PageWords, words_in
from services.store.journal import CUSTOMER, JournalEntry

VIA = "chatwoot"
"""What the journal notes of words that came from there."""
AGENTS = "chatwoot:"
"""How the ids of its people begin."""
LONGEST = 20_000
_SIGNS = re.compile(r"([\\`*_\[\]<>#~|!])")
_MENTION = re.compile(r"mention://", re.IGNORECASE)


def words(locale: str) -> PageWords:
    """Return the words that stand in the help desk."""
    return words_in(Path(__file__).parent / "texts", locale)


def lines_of(
    t: PageWords, entries: Sequence[JournalEntry], earlier: Iterable[JournalEntry], reason: str, masks: ContactMasks
) -> list[lines_outside.OutsideLine]:
    """Return a line for each entry, in order. `reason`: why a person is wanted."""
    titles = titles_of((*earlier, *entries))
    from_there = lines_outside.acts_from_place(entries, VIA)
    lines: list[lines_outside.OutsideLine] = []
    for entry in entries:
        cause, own = StoredCause.from_json(entry.data), entry.kind == CUSTOMER
        if own:
            words = cause.text or ""
            text = masks.mask_said(titles.get(words, words), cause.step)
            text = "\n".join((lines_outside.named_kind(t, cause), text)).strip() if cause.under or not text else text
        elif entry.kind == BY_AGENT and (cause.agent or "").startswith(AGENTS):
            text = ""  # done there
        else:
            text = "\n".join(lines_outside.desk_lines(t, entry, from_there, _WORDS, masks))
        lines.append(
            lines_outside.OutsideLine(entry.id, text[:LONGEST], own, lines_outside.sound_of(cause) if own else None)
        )
        if wanted := "\n".join(lines_outside.tell_handoff_wish(t, entry, reason)):
            lines.append(lines_outside.OutsideLine(entry.id, wanted, own=False))
    return lines


def transcript(t: PageWords, lines: Iterable[lines_outside.OutsideLine]) -> str:
    """Return the lines as one text, the last of them if it were too long."""
    told = "\n".join(t("line.customer", text=as_text(one.text)) if one.own else one.text for one in lines if one.text)
    return told[-LONGEST:]


def as_text(words: str) -> str:
    """Return text without mark-up and mentions, as a note shows it."""
    return _MENTION.sub("mention:\u200b//", _SIGNS.sub(r"\\\1", words))


_WORDS = lines_outside.LineWords(plain=as_text, bot=as_text, agent=as_text)


_GUARDED = "*_`~[]()#<>+-.!|{}"
_HIDDEN = {ord(sign): chr(0xE000 + at) for at, sign in enumerate(f"{_GUARDED}&")}
_SHOWN = {ord(stand_in): chr(sign) for sign, stand_in in _HIDDEN.items()}
"""Signs that are text, as behind a backslash or in an address, stand aside while mark-up is taken off."""
_TAGS = "a|b|strong|i|em|u|s|del|ins|strike|mark|small|sub|sup|code|pre|p|div|span|font|ul|ol|li|h[1-6]|blockquote|img"
_AROUND = "(?<![\\w{0}]){1}(?=[^\\s).,;:!?])([^\\n]+?)(?<=[^\\s(]){1}(?![\\w{0}])"
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)


def strip_markup(words: str) -> str:
    """Return the words without mark-up; a link keeps its address beside its title."""
    text = words.replace("\\\n", "\n")
    for pattern, made in _STEPS:
        text = pattern.sub(made, text)
    return _unescaped(text).translate(_SHOWN).strip()


def _unescaped(text: str) -> str:
    return _ENTITY.sub(lambda found: html.unescape(found[0]), text)


def _text(found: re.Match[str]) -> str:
    """Return the last group that matched, to be read as it stands."""
    return (found[found.lastindex or 0]).removeprefix("mailto:").translate(_HIDDEN)


def _named(title: str, address: str) -> str:
    """Return a link as text: its title with the address, once where they are the same; of a mention the name."""
    shown, bare = title.strip(), _unescaped(address.removeprefix("mailto:").removeprefix("tel:"))
    if address.startswith("mention://") or not address:
        return shown
    where = bare.translate(_HIDDEN)
    return where if shown in ("", address, bare) else f"{shown} ({where})"


def _step(pattern: str, made: Callable[[re.Match[str]], str] | str) -> tuple[re.Pattern[str], Callable[..., str] | str]:
    return re.compile(pattern, re.IGNORECASE | re.MULTILINE | re.DOTALL), made


_STEPS = (
    _step(rf"\\([{re.escape(_GUARDED)}])", _text),
    _step(r"^ {0,3}(```|~~~)[^\n`]*\n(.*?)\n? {0,3}\1[ \t]*$", _text),
    _step(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", _text),
    _step(r"<a\s[^<>]*?href\s*=\s*[\"']?([^\"'\s<>]+)[^<>]*>(.*?)</a\s*>", lambda found: _named(found[2], found[1])),
    _step(r"!?\[([^\[\]\n]*)\]\(<?([^\s()<>]*)>?(?:\s+\"[^\"\n]*\")?\)", lambda found: _named(found[1], found[2])),
    _step(r"<((?:https?://|mailto:)[^\s<>]+)>", _text),
    _step(r"(?:https?://|www\.)[^\s<>()\[\]*~`]*[^\s<>()\[\]*~`_.,;:!?]", _text),
    _step(r"<br\s*/?>\n?|</(?:p|div|h[1-6]|blockquote|pre|ul|ol|li)\s*>\n?", "\n"),
    _step(r"<li(?:\s[^<>]*)?>", "- "),
    _step(rf"</?(?:{_TAGS})(?:\s[^<>]*)?/?>", ""),
    _step(r"^ {0,3}(?:#{1,6}[ \t]+|>[ \t]?)+", ""),
    _step(r"^([ \t]*)[*+][ \t]+", r"\1- "),
    *(_step(_AROUND.format(sign[0], re.escape(sign)), r"\1") for sign in ("***", "**", "__", "~~", "*", "_")),
)
