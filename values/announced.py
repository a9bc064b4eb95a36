"""Secrets that their writer announces: "hasło: …", "my PIN is …", keys and tokens by their look."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence

from values.digit_groups import DigitSpan

Span = tuple[int, int, str]

_PASSWORD_CUE = re.compile(
    r"(?<![^\W_])(?:has[lł]o|has[lł]em|password|passwort|kennwort|heslo|passwd|pwd|pass|passphrase|passcode|parola\s+d['’]ordine|parola\s+chiave)"
    r"(?![^\W_])[^\S\n]*"
    r"(?:(?:(?:do|dla|di|del|per|for|für|zum|zur)[^\S\n]+(?:[^\W_]+[^\S\n]+){1,2})?"
    r"(?P<sign>[:=\u2192]|->|[-–—](?=\s)|\b(?:(?:to[^\S\n]+)?(?:b[eę]dzie|jest|brzmi)|to|(?:will|shall|would|should)[^\S\n]+be"
    r"|is|are|ist|wird|lautet|soll|sei|è|e'|e’|sar[aà](?:['’](?=\s))?|sarebbe)(?=\s)\s*:?))?[^\S\n]*",
    re.I,
)
_STATEMENT = re.compile(
    r"nie|not|non|wrong|z[lł]e|b[lł][eę]dne|zapomn\w*|forgot\w*|dimentic\w*|pami[eę]tam|remember\w*|ricord\w*|lost|lose|persa?|"
    r"smarrit\w*|zgubi\w*|sbagliat\w*|errat\w*|incorrect|invalid|too|za|troppo|weak|s[lł]abe|debole|short|kr[oó]tkie|corta|"
    r"expired|wygas\w*|scadut\w*|needed|required|potrzebne|secret|tajne|segret\w*|safe|ok|okay|dobre|good|fine|my|moje|mia|the|a|"
    r"vergessen|falsch|nicht|neues?|zur[uü]cksetz\w*|zapomenut\w*|do|na|w|in|per|for|reset\w*|nowe|new|nuova|jakie|what|which|jaki\w*|quale|co|che|then|potem|working|dzia[lł]a|"
    r"chang\w*|zmieni\w*|cambi\w*|gone|missing|konta|dello|della|di|del|to|by|with|rules?|page|link|stron\w*|impostat\w*|set",
    re.I,
)
_SHORTEST = 4
_SHORTEST_AMONG_WORDS = 6
_FEW_WORDS = 2
_SHORTEST_NUMBER = 3
_AROUND = "\"'.,;:?()„”“…"
# Numbers, e-mails, addresses of pages, tax numbers with their country, numbers of orders and invoices.
_NO_PASSWORD = re.compile(
    r"\+?[\d\s().\-/]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+|[A-Z]{2}\d{8,12}|[A-Z]{1,5}(?:[/-]\d{1,8}){2,4}"
)
_DIGIT_CUES = (
    (
        "cvc",
        re.compile(
            r"\b(?:cvc|cvv|cvn|csc)2?\b|kod\w*\s+bezpiecze[nń]stwa|security\s+code|codice\s+di\s+sicurezza", re.I
        ),
        3,
        4,
    ),
    ("pin", re.compile(r"\bpin(?:-?(?:u|em|ie))?\b", re.I), 4, 8),
)
_KEYS = (
    ("private_key", re.compile(
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^-]|-(?!----END))*(?:-----END [A-Z ]{0,30}-----)?"
    )),
    ("token", re.compile(r"(?<![0-9A-Za-z])[0-9]{8,12}:[A-Za-z0-9_-]{30,60}(?![A-Za-z0-9_-])")),
    ("token", re.compile(
        r"(?<![A-Za-z0-9])(?:(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,200}|sk-[A-Za-z0-9_-]{20,200}|gh[pousr]_[A-Za-z0-9]{30,100}"
        r"|github_pat_[A-Za-z0-9_]{30,120}|glpat-[A-Za-z0-9_-]{20,60}|xox[abeprs]-[A-Za-z0-9-]{10,120}|AKIA[0-9A-Z]{16}"
        r"|AIza[0-9A-Za-z_-]{35}|SG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{20,80}|eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{5,1000})"
    )),
    ("token", re.compile(
        r"\b(?:bearer|(?:api|secret|access|auth)[ _-]?(?:key|token)|apikey|klucz\s+api|chiave\s+api|token)\b"
        r"\s*(?:[:=]|\b(?:to|is|jest|è)\b)?\s*[\"']?(?P<value>(?=[A-Za-z_.-]*[0-9])[A-Za-z0-9_./+=-]{16,512})", re.I,
    )),
)  # fmt: skip


def find_keys(text: str) -> Iterator[Span]:
    """Private keys and tokens: (start, end, kind)."""
    for kind, pattern in _KEYS:
        for match in pattern.finditer(text):
            start, end = match.span("value") if "value" in pattern.groupindex else match.span()
            yield start, end, kind


def find_passwords(text: str) -> Iterator[Span]:
    """Passwords that a cue word announces: (start, end, "password")."""
    for match in _PASSWORD_CUE.finditer(text):
        line_end = text.find("\n", match.end())
        rest = text[match.end() : line_end if line_end >= 0 else len(text)][:120]
        span = _announced(rest, bool(match.group("sign")), (match.group("sign") or "").startswith((":", "=")))
        if span is not None:
            yield match.end() + span[0], match.end() + span[1], "password"


def _announced(rest: str, connected: bool, firmly: bool) -> tuple[int, int] | None:
    """The part of `rest` that is a password: a token that looks like one, or all of it when it is introduced so."""
    tokens = [(m.start(), m.end()) for m in re.finditer(r"\S+", rest)]
    if not tokens:
        return None
    first = rest[slice(*tokens[0])]
    if _looks_like_one(first) and (connected or len(first) >= 6):
        return tokens[0]
    words = [rest[a:b].strip(".,;:!?\"'()") for a, b in tokens]
    if any(_STATEMENT.fullmatch(w) for w in words if w) or "?" in rest:
        return None
    if connected and len(tokens) == 1 and len(first) >= _SHORTEST:
        return tokens[0]
    if firmly and len(tokens) <= 10 and len(rest.strip()) >= _SHORTEST:
        return tokens[0][0], tokens[-1][1]
    return None


def find_typed_passwords(text: str, is_known: Callable[[str], bool]) -> Iterator[Span]:
    """Passwords that nothing announces, in an answer to the request for one: (start, end, "password").

    A text of one or two words needs two kinds of characters, a word of a longer one more. `is_known` tells the words
    that a customer may well say there.
    """
    words = [(match.start(), match.end(), match.group()) for match in re.finditer(r"\S+", text)]
    odd = [not _is_plain(word, is_known) for _, _, word in words]
    few = len(words) <= _FEW_WORDS
    likely = [n for n, (_, _, word) in enumerate(words) if odd[n] and _is_likely(word, few=few)]
    if not likely and len(words) == _FEW_WORDS and any(odd) and _mixed(text):
        likely = [0, 1]
    if likely:
        first, last = likely[0], likely[-1]
        while first > 0 and odd[first - 1]:  # a passphrase's other words
            first -= 1
        while last < len(words) - 1 and odd[last + 1]:
            last += 1
        yield words[first][0], words[last][1], "password"


def _is_plain(word: str, is_known: Callable[[str], bool]) -> bool:
    core = word.strip(_AROUND)
    return not core or is_known(core) or _NO_PASSWORD.fullmatch(core) is not None


def _is_likely(word: str, *, few: bool) -> bool:
    core = word.strip(_AROUND)
    kinds = _kinds_of(core)
    if few:
        return len(core) >= _SHORTEST and sum(kinds) >= 2
    return len(core) >= _SHORTEST_AMONG_WORDS and (sum(kinds) >= 3 or (kinds[0] and kinds[1]))


def _mixed(text: str) -> bool:
    """A word and a number, such as a name and a year."""
    one, other = sorted(text.split(), key=str.isdecimal)
    return len(other) >= _SHORTEST_NUMBER and other.isdecimal() and not one.isdecimal()


def _kinds_of(core: str) -> tuple[bool, bool, bool, bool]:
    """Digits, letters, signs (no emoji), small and capital letters mixed."""
    return (
        any(c.isdigit() for c in core),
        any(c.isalpha() for c in core),
        any(unicodedata.category(c)[0] == "P" or unicodedata.category(c) in ("Sm", "Sc", "Sk") for c in core),
        any(c.isupper() for c in core[1:]) and any(c.islower() for c in core),
    )


def _looks_like_one(token: str) -> bool:
    core = token.strip("\"'.,;()„”")
    if len(core) < _SHORTEST or "://" in core or re.fullmatch(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", core):
        return False
    kinds = (
        any(c.isdigit() for c in core),
        any(c.isalpha() for c in core),
        any(not c.isalnum() for c in core.rstrip("?!")) and not re.fullmatch(r"[^\W\d_]+(?:[-/'’][^\W\d_]+)+", core),
        any(c.isupper() for c in core[1:]) and any(c.islower() for c in core),
    )
    return sum(kinds) >= 2


def find_announced_digits(text: str, groups: Sequence[DigitSpan]) -> Iterator[Span]:
    """Card security codes and PINs: the digits that follow their name within a few words."""
    starts = [g.start for g in groups]
    for kind, cue, fewest, most in _DIGIT_CUES:
        position = 0
        for match in cue.finditer(text):
            while position < len(groups) and starts[position] < match.end():
                position += 1
            span = _digits_after(text, groups[position : position + most], match.end(), fewest, most)
            if span is not None:
                yield *span, kind


def _digits_after(text: str, groups: Sequence[DigitSpan], after: int, fewest: int, most: int) -> tuple[int, int] | None:
    if not groups or groups[0].start - after > 20 or "\n" in text[after : groups[0].start]:
        return None
    digits, end = "", after
    for group in groups:
        if digits and group.start - end > 3:
            break
        if len(digits) + len(group.digits) > most:
            break
        digits, end = digits + group.digits, group.end
    return (groups[0].start, end) if fewest <= len(digits) <= most else None
