"""Redaction: secrets are taken out of a text before anything stores or shows it.

Cards in any digits, spaced or spelled; security codes, PINs, BLIK codes; announced passwords; private keys and tokens;
PESEL and, where it is not asked for, codice fiscale. Numbers of ours (tax numbers, accounts, phones, orders) stay.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence

from msgspec import Struct
from stdnum.it import iva
from stdnum.pl import pesel

from values.card_numbers import DigitSpan, account_spans, digit_chains, find_cards, fold_with_offsets, iban_spans
from values.kinds import kind_of
from values.meaning import Expects
from values.number_words import DIGITS_OF_WORD
from values.parsing import fold_words, folds_to_itself
from values.patterns import regex
from values.tax_number import codicefiscale_like

SecretSpan = tuple[int, int, str]

_PASSWORD_CUE = regex(
    r"(?<![^\W_])(?:has[lł]o|has[lł]em|password|passwort|kennwort|heslo|passwd|pwd|pass|passphrase|passcode|parola\s+d['’]ordine|parola\s+chiave)"
    r"(?![^\W_])[^\S\n]*"
    r"(?:(?:(?:do|dla|di|del|per|for|für|zum|zur)[^\S\n]+(?:[^\W_]+[^\S\n]+){1,2})?"
    r"(?P<sign>[:=\u2192]|->|[-–—](?=\s)|\b(?:(?:to[^\S\n]+)?(?:b[eę]dzie|jest|brzmi)|to|(?:will|shall|would|should)[^\S\n]+be"
    r"|is|are|ist|wird|lautet|soll|sei|è|e'|e’|sar[aà](?:['’](?=\s))?|sarebbe)(?=\s)\s*:?))?[^\S\n]*",
    re.I,
)
_STATEMENT = regex(
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
_NO_PASSWORD = regex(
    r"\+?[\d\s().\-/]+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+|https?://\S+|www\.\S+|[A-Z]{2}\d{8,12}|[A-Z]{1,5}(?:[/-]\d{1,8}){2,4}"
)
_DIGIT_CUES = (
    (
        "cvc",
        regex(r"\b(?:cvc|cvv|cvn|csc)2?\b|kod\w*\s+bezpiecze[nń]stwa|security\s+code|codice\s+di\s+sicurezza", re.I),
        3,
        4,
    ),
    ("pin", regex(r"\bpin(?:-?(?:u|em|ie))?\b", re.I), 4, 8),
)
_LIKE_A_DIGIT_CUE = regex("cv|csc|kod|secur|codic|pin")
_KEYS = (
    ("private_key", regex(
        r"-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----(?:[^-]|-(?!----END))*(?:-----END [A-Z ]{0,30}-----)?"
    )),
    ("token", regex(r"(?<![0-9A-Za-z])[0-9]{8,12}:[A-Za-z0-9_-]{30,60}(?![A-Za-z0-9_-])")),
    ("token", regex(
        r"(?<![A-Za-z0-9])(?:(?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,200}|sk-[A-Za-z0-9_-]{20,200}|gh[pousr]_[A-Za-z0-9]{30,100}"
        r"|github_pat_[A-Za-z0-9_]{30,120}|glpat-[A-Za-z0-9_-]{20,60}|xox[abeprs]-[A-Za-z0-9-]{10,120}|AKIA[0-9A-Z]{16}"
        r"|AIza[0-9A-Za-z_-]{35}|SG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{20,80}|eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{5,1000})"
    )),
    ("token", regex(
        r"\b(?:bearer|(?:api|secret|access|auth)[ _-]?(?:key|token)|apikey|klucz\s+api|chiave\s+api|token)\b"
        r"\s*(?:[:=]|\b(?:to|is|jest|è)\b)?\s*[\"']?(?P<value>(?=[A-Za-z_.-]*[0-9])[A-Za-z0-9_./+=-]{16,512})", re.I,
    )),
)  # fmt: skip

_LIKE_A_KEY = regex(r"[A-Za-z0-9_.:/+=-]{15}|-----BEGIN")
"""Signs of a key or a codice fiscale: "xoxb-" and ten characters are the shortest."""


def find_keys(text: str) -> Iterator[SecretSpan]:
    """Yield private keys and tokens: (start, end, kind)."""
    for kind, pattern in _KEYS:
        for match in pattern.finditer(text):
            start, end = match.span("value") if "value" in pattern.groupindex else match.span()
            yield start, end, kind


_LIKE_A_CUE = regex("has|pas|kenn|hesl|pwd|paro")
"""Beginnings without one of which nothing announces a password."""


def find_passwords(text: str) -> Iterator[SecretSpan]:
    """Yield passwords that a cue word announces: (start, end, "password")."""
    if folds_to_itself(text) and _LIKE_A_CUE.search(text.lower()) is None:
        return
    for match in _PASSWORD_CUE.finditer(text):
        line_end = text.find("\n", match.end())
        rest = text[match.end() : line_end if line_end >= 0 else len(text)][:120]
        span = _announced(rest, bool(match.group("sign")), (match.group("sign") or "").startswith((":", "=")))
        if span is not None:
            yield match.end() + span[0], match.end() + span[1], "password"


def _announced(rest: str, connected: bool, firmly: bool) -> tuple[int, int] | None:
    """Return the span of `rest` that is a password: a token that looks like one, or all of it behind a firm cue."""
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


def find_typed_passwords(text: str, is_known: Callable[[str], bool]) -> Iterator[SecretSpan]:
    """Passwords that nothing announces, in an answer to the request for one: (start, end, "password").

    A text of one or two words needs two kinds of characters, a word of a longer one more. `is_known` tells the words
    that a customer may well say there.
    """
    said = text.split()
    like = [n for n, word in enumerate(said) if _is_likely(word, few=len(said) <= _FEW_WORDS)]
    pair = len(said) == _FEW_WORDS and _mixed(text)
    if not like and not pair:  # whether words are known takes longer
        return
    words = [(match.start(), match.end(), match.group()) for match in re.finditer(r"\S+", text)]

    def odd(n: int) -> bool:
        return not _is_plain(words[n][2], is_known)

    likely = [n for n in like if odd(n)]
    if not likely and pair and (odd(0) or odd(1)):
        likely = [0, 1]
    if likely:
        first, last = likely[0], likely[-1]
        while first > 0 and odd(first - 1):  # a passphrase's other words
            first -= 1
        while last < len(words) - 1 and odd(last + 1):
            last += 1
        yield words[first][0], words[last][1], "password"


def _is_plain(word: str, is_known: Callable[[str], bool]) -> bool:
    core = word.strip(_AROUND)
    return not core or _NO_PASSWORD.fullmatch(core) is not None or is_known(core)


def _is_likely(word: str, *, few: bool) -> bool:
    core = word.strip(_AROUND)
    if core.isalpha() and core[1:].islower():  # letters alone
        return False
    kinds = _kinds_of(core)
    if few:
        return len(core) >= _SHORTEST and sum(kinds) >= 2
    return len(core) >= _SHORTEST_AMONG_WORDS and (sum(kinds) >= 3 or (kinds[0] and kinds[1]))


def _mixed(text: str) -> bool:
    one, other = sorted(text.split(), key=str.isdecimal)
    return len(other) >= _SHORTEST_NUMBER and other.isdecimal() and not one.isdecimal()


def _kinds_of(core: str) -> tuple[bool, bool, bool, bool]:
    """Return which kinds occur: digits, letters, signs (no emoji), small and capital letters mixed."""
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
    digits, letters, _, mixed = _kinds_of(core)
    joined = re.fullmatch(r"[^\W\d_]+(?:[-/'’][^\W\d_]+)+", core) is not None
    signs = not joined and any(not c.isalnum() for c in core.rstrip("?!"))
    return digits + letters + signs + mixed >= 2


def find_announced_digits(text: str, groups: Sequence[DigitSpan]) -> Iterator[SecretSpan]:
    """Yield card security codes and PINs: the digits that follow their name within a few words."""
    if not groups or (folds_to_itself(text) and _LIKE_A_DIGIT_CUE.search(text.lower()) is None):
        return
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


_AFTER_CARD = regex(
    r"[\s,;|/-]{0,6}(?:(?:exp\w*|wa[zż]n\w*|scad\w*|valid\w*|do|thru|data)[\s.:]{0,3}){0,2}"
    r"(?P<expiry>[0-9]{2}\s?[/.\-]\s?[0-9]{2}(?:[0-9]{2})?)(?:[\s,;|/-]{1,6}[0-9]{3,4}(?![0-9]))?",
    re.I,
)
_CODICE_FISCALE = regex(
    r"(?<![A-Za-z0-9])[A-Za-z]{6}[0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{2}[A-Za-z][0-9A-Za-z]{3}[A-Za-z](?![A-Za-z0-9])"
)
_PESEL_CUE = regex(r"pesel\W{0,10}(?:\w{1,6}\W{1,3}){0,2}$", re.I)
_BLIK = regex(r"blik", re.I)
_A_DIGIT = regex(r"\d")
_MOST_BLIK_PIECES = 6


class Redacted(Struct, frozen=True):
    """The text without its secrets, and their kinds in order of appearance; both as they were when there are none."""

    text: str
    kinds: tuple[str, ...] = ()


class _Hit(Struct, frozen=True):
    start: int
    end: int
    kind: str
    shown: str


def redact(
    text: str,
    expects: Expects | None = None,
    *,
    words: Mapping[str, str] = DIGITS_OF_WORD,
    is_known: Callable[[str], bool] | None = None,
) -> Redacted:
    """Take secrets out of `text`, which has passed the border rule.

    `expects` is what the open step awaits: at a code step six digits are our code, at a tax number a codice fiscale
    is an answer, at a payment six digits would be a BLIK code. `words`: number words with their digits, where a
    language has others than the shipped ones. `is_known` tells words that aren't a password where one is asked for
    (`Expects.secure_page`); without it none is looked for there. Kinds: `card, cvc, pin, blik, password, private_key,
    token, pesel, codice_fiscale`.
    """
    found = _hits(text, expects, words)
    if expects is Expects.secure_page and is_known is not None and not any(hit.kind == "password" for hit in found):
        found += [_Hit(*span, f"[removed: {span[2]}]") for span in find_typed_passwords(text, is_known)]
    if not found:
        return Redacted(text)
    hits = sorted(found, key=lambda h: (h.start, -h.end))
    out: list[str] = []
    kinds: list[str] = []
    at = 0
    for hit in hits:
        if hit.start < at:
            at = max(at, hit.end)
            continue
        out += [text[at : hit.start], hit.shown]
        kinds.append(hit.kind)
        at = hit.end
    return Redacted("".join([*out, text[at:]]), tuple(dict.fromkeys(kinds)))


def _hits(text: str, expects: Expects | None, words: Mapping[str, str]) -> list[_Hit]:
    groups = digit_chains(fold_with_offsets(text), words) if _may_count(text, words) else []
    flat = [group for chain in groups for group in chain]
    long = _LIKE_A_KEY.search(text) is not None
    found = [*_cards(text, groups)] if groups else []
    spans = (*(find_keys(text) if long else ()), *find_passwords(text), *find_announced_digits(text, flat))
    found += [_Hit(*span, f"[removed: {span[2]}]") for span in spans]
    once = expects is not None and kind_of(expects).one_time
    if groups and not once and (expects is Expects.payment or _BLIK.search(text)):
        found += _blik_codes(groups)
    found += _pesels(text, flat)
    return [*found, *_fiscal_codes(text)] if long and expects is not Expects.tax_number else found


def _may_count(text: str, words: Mapping[str, str]) -> bool:
    """Return whether a text may have digits, or number words: a cheap look before they are chained."""
    if not folds_to_itself(text) or _A_DIGIT.search(text) is not None:
        return True
    return not words.keys().isdisjoint(fold_words(text).split())


def _cards(text: str, groups: list[list[DigitSpan]]) -> Iterator[_Hit]:
    long = [chain for chain in groups if sum(len(g.digits) for g in chain) >= 13]
    ibans = iban_spans(text) if long else []
    for chain in long:
        for start, end, last4 in find_cards(chain, [*ibans, *account_spans(chain)]):
            after = _AFTER_CARD.match(text, end)
            yield _Hit(start, after.end() if after else end, "card", f"[card removed …{last4}]")


def _blik_codes(groups: list[list[DigitSpan]]) -> Iterator[_Hit]:
    for chain in groups:
        total = sum(len(g.digits) for g in chain)
        if total == 6 and len(chain) <= _MOST_BLIK_PIECES:
            yield _Hit(chain[0].start, chain[-1].end, "blik", "[removed: blik]")
        else:
            yield from (_Hit(g.start, g.end, "blik", "[removed: blik]") for g in chain if len(g.digits) == 6)


def _pesels(text: str, groups: list[DigitSpan]) -> Iterator[_Hit]:
    for group in groups:
        if len(group.digits) == 11 and _is_pesel(group.digits):
            announced = _PESEL_CUE.search(text[max(0, group.start - 30) : group.start])
            if announced or not iva.is_valid(group.digits):
                yield _Hit(group.start, group.end, "pesel", "[removed: pesel]")


def _fiscal_codes(text: str) -> Iterator[_Hit]:
    for match in _CODICE_FISCALE.finditer(text):
        if codicefiscale_like(match.group()):
            yield _Hit(match.start(), match.end(), "codice_fiscale", "[removed: codice_fiscale]")


def _is_pesel(digits: str) -> bool:
    """Return whether the check digit is right and the birth date is of the years 1900 to 2039."""
    year, month, day = int(digits[:2]), int(digits[2:4]), int(digits[4:6])
    born = 1 <= month <= 12 or (21 <= month <= 32 and year < 40)
    return born and 1 <= day <= 31 and pesel.calc_check_digit(digits[:10]) == digits[10]
