"""Values that a message names by their form alone, whatever it is about: the facts that a dialog may keep.

Only closed forms: an address with its @, a number whose check digits or range fit, a code that the seller knows. Two
different values of one kind say nothing, as nobody can tell which is meant.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise

from msgspec.structs import replace

from nlu.answers import has_closed_form, names_itself
from nlu.corrections.correction_words import nouns_of
from nlu.corrections.sentences import fold_letters
from nlu.entities.addresses import TYPED
from nlu.entities.extract import find_names
from nlu.entities.identifiers import cue_before
from nlu.entities.vat_numbers import VAT_NUMBER
from nlu.facts.company_facts import company_facts
from nlu.facts.corrected_facts import as_meant, correction_by, instead_of_refused
from nlu.facts.named_answers import INVOICE_EMAIL, by_labels, named_answers
from nlu.facts.named_choices import FoundFact, named_choices
from nlu.facts.told_places import told_places
from nlu.languages.language import Languages
from nlu.named.discount_codes import NOT_GIVEN, typed_codes
from nlu.parse import LABEL_WORDS
from nlu.phrase_lines import alternatives, word_set
from nlu.stance import hide_withheld, stance_at
from nlu.tokens import Token, tokens
from values import email, phone, sdi_code, tax_number
from values.codes import parse_customer_number
from values.country import RULES
from values.expected import Expected, Nameable
from values.kinds import KINDS, SHAPED, answers_with, kind_of
from values.meaning import Answer, Correction, Discount, Expects, Fact, Faq, Intent, Meaning, Press, Unclear
from values.offer import WITHOUT, codes_by_form
from values.parsing import Ok, ParseRefused, fold_digits, only_digits
from values.patterns import regex

LONGEST = 2000
_HINT = regex(r"[\d@]")
_NUMBER = regex(r"(?:(?<![\w@])|(?<=nip)|(?<=tel))\+?\(?\d(?:[ \u00a0.\-–/()]{0,3}\d){6,27}(?![\w@])", re.I)
_OF_A_PERSON = frozenset({"name", "tel"})
"""Values of `autocomplete` where a person is asked for."""
_GLUED = {"nip": "nip", "tel": "phone"}
"""Names of a number written without a space before it: "NIP1234563218"."""
_LEAST_OF_TWO, _TWO_NUMBERS = 16, 24  # digits of a tax number and a phone together
_GROUP = regex(r"\+?\d+")
_TWO_CODES = regex(r"\d{3}[ .\-–]?\d{3}\D{1,3}\d{3}[ .\-–]?\d{3}")
_DELIVERY = regex(
    rf"{alternatives('stated', 'delivery')}(?:\s+(?:è|e|is|to|code))?[\s:=]{{1,3}}(?P<code>[A-Za-z0-9]{{7}})(?![\w@])",
    re.I,
)
_MAY_DELIVER = regex("cod|sdi|kod")
_CERTIFIED = regex(r"\bpec\b[\s:=]*(?:è|e'|is|to)?\s*$", re.I)
_CODE = regex(r"(?<![\w@.-])[A-Za-z0-9][A-Za-z0-9_\-]{1,31}(?![\w@])")
_CODE_WORD = regex(r"\b(?:kod|kupon|rabat|voucher|coupon|codice|sconto|discount|promo|code|buono|gutschein)", re.I)
_TAX_CUES = ("nip", "partita_iva", "vat_number")
_INVOICE = regex(r"faktur|fattur|invoic|rechnung", re.I)
_MOST_OF_CODE = 8
"""Digits: behind "send the codes to" a longer number is where they go."""
_TAX_DIGITS = range(8, 14)
"""Digits of a mistyped tax number; with fewer or more it is something else by that name."""
_MISTYPED = frozenset(f"tax_number.{reason}" for reason in ("checksum", "invalid", "pattern", "too_short", "too_long"))
_GOES_ON = regex(r"[ .\-]?[A-Za-z0-9]")
_JOINING = word_set("stated", "joining")
_ANSWERS = frozenset("tak si yes ok no well so".split())
_LABELS = (LABEL_WORDS | _JOINING) - _ANSWERS
_CHANGING = word_set("stated", "changing")
_CLOSING = regex(alternatives("stated", "closing"), re.I)
_TWO_NAMES = regex(r"(?<!\w)[A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻ][\w'’.-]+ (?:[a-z]{2,3} )?[A-ZÀ-ÖØ-ÞĄĆĘŁŃÓŚŹŻ]")
_INTRODUCING = regex(r"[^\s,.;:!?]+(?: [^\s,.;:!?]+)?\s*:?\s*$")
_SIGNED = 2
_NOTHING = frozenset({"none", "no", "skip", "later"})
_GREETED = frozenset({"start:buy", "start:log_in"})
_VAGUE = frozenset({"renew_subscription", "inform", "out_of_scope"})
"""Intents by which "I'd like Team for two years" may be classified."""
_WANTING_CHANGE = frozenset({"correct_data", "change_contact", "wrong_register_data", "change_contact_channel"})
_SURE = 0.85
_SHAPED = frozenset(str(kind.expects) for kind in SHAPED)
_PLACES = {str(expects): place for place, expects in enumerate(KINDS)}


def find_facts(
    text: str, expected: Expected, langs: Languages, nameable: Callable[[], Sequence[Nameable]] = tuple
) -> tuple[FoundFact, ...]:
    """Return the facts of a message, those of one kind once; linear in its length, and cheap where there are none.

    Only the countries and codes of `expected` matter, not the step: what that takes is judged by the dialogs.
    """
    text = text[:LONGEST]
    found: list[FoundFact] = []
    if _HINT.search(text) is not None:
        text = hide_withheld(text, langs)
        plain = fold_digits(text) if len(fold_digits(text)) == len(text) else text
        found = [*_addresses(plain), *_codes(plain, expected, langs)]
        found += _numbers(plain, expected, found)
    of_company = expected.expects is Expects.company_name and nouns_of(Expects.company_name).match(fold_letters(text))
    if _TWO_NAMES.search(text) is not None and not of_company:
        found += _people(text, langs)
    found = _single(as_meant(text, by_labels(text, found, expected), expected, langs)) if found else found
    own = [*company_facts(text, expected.expects, langs, found)]
    found += told_places(text, expected, langs, (*found, *own))
    kinds = {one.fact.kind for one in found}
    told = [one for one in own if one.fact.kind not in kinds]
    found += [replace(one, fact=replace(one.fact, corrects=one.fact.kind in expected.correctable)) for one in told]
    found += named_choices(text, expected, langs, nameable, listed=bool(found))
    found += named_answers(text, langs, nameable)
    return tuple(found)


def read_beside_facts(
    text: str, found: Sequence[FoundFact], whole: Meaning, expected: Expected, read: Callable[[str], Meaning]
) -> Meaning:
    """Return the meaning of a message beside the facts that it names; `whole` is what it means with them.

    Only what reads the message's own words is read again (`read`). Where the open question binds nothing is: there a
    message that names anything else is no yes.
    """
    if not found:
        return _wanted_changed(whole, (), expected) or whole
    if any(WITHOUT in one.fact.text for one in found if one.fact.adds) and not isinstance(whole, Correction | Discount):
        return Intent("inform", 1.0, (), text)
    if isinstance(whole, Intent) and whole.name in _VAGUE and _names_plan_to_newcomer(found, expected):
        whole = replace(whole, name="choose_plan")
    refuses = isinstance(whole, Press) and whole.payload.rpartition(":")[2] in _NOTHING
    if refuses and any(one.end for one in found) and not strip_facts(text, found):
        return Intent("inform", 1.0, (), text)  # "no, two years!" takes back what was understood before
    several = sum(one.fact.adds for one in found) > 1
    if several and (isinstance(whole, Unclear) or _presses_one(whole, found)):  # it means all that it names
        return Intent("inform", 1.0, (), text)
    binds = any(option.binds is not None for option in expected.options)
    other = [one for one in found if one.fact.kind not in answers_with(expected.expects)]
    apart = [one for one in other if one.end]
    other = instead_of_refused(other, whole, expected)
    if any(one.fact.corrects for one in other) and not _answers_too(whole, apart, found):

        def beside_them() -> Meaning | None:
            rest = strip_facts(text, apart) if not binds else ""
            return read(rest) if rest else None

        put_right = correction_by(other, whole, beside_them, expected)
        if put_right is not None:
            return put_right
    if not _answers_too(whole, apart, found) and (changed := _wanted_changed(whole, apart, expected)) is not None:
        return changed
    guessed = isinstance(whole, Intent | Faq | Unclear | Answer | Discount)
    own = _answers_too(whole, apart, found)
    named = [one.fact.text for one in found if one.end and one.fact.kind in _called(whole, expected)]
    if own and len(named) == 1:  # "my name is Anna Nowak my phone is 512 000 111": only the name is the answer
        return Answer(named[0])
    alone = isinstance(whole, Discount) and len(apart) < 2
    if binds or not apart or not guessed or own or alone or kind_of(expected.expects).worded.says_all:
        return whole
    nothing = Intent("inform", 1.0, (), text)
    if "\n" in text and len(apart) >= _SIGNED:
        return _above(text, apart, expected, read) or nothing
    rest = strip_facts(text, apart)
    if rest and isinstance(whole, Intent) and all(token.word in _CHANGING for token in tokens(rest)):
        return whole  # "change my NIP to …": the verb alone would name another button that changes something
    meant = read(rest) if rest else nothing
    return _wanted_changed(meant, apart, expected) or meant


def _wanted_changed(said: Meaning, apart: Sequence[FoundFact], expected: Expected) -> Correction | None:
    """Return the correction that a wish for a change is beside the one value that an answer may be changed to."""
    if not isinstance(said, Intent) or said.name not in _WANTING_CHANGE:
        return None
    changed = [one.fact for one in apart if one.fact.kind in expected.correctable and not one.fact.others]
    if not apart:  # dictated
        told = (one for one in said.entities if one.valid and one.entity in _SHAPED)
        changed = [Fact(one.entity, one.value) for one in told if one.entity in expected.correctable]
    return Correction(changed[0].kind, changed[0].text) if len(changed) == 1 else None


def _names_plan_to_newcomer(found: Sequence[FoundFact], expected: Expected) -> bool:
    """Return whether a plan is wished for at the greeting: whoever has said no more wants to buy it."""
    offered = {option.payload for option in expected.options}
    return offered.issuperset(_GREETED) and any(one.fact.kind == "plan" for one in found)


def _called(whole: Meaning, expected: Expected) -> tuple[str, ...]:
    """Return the kinds of facts of which one is the answer among others: a name, one of two addresses."""
    if expected.expects is Expects.person_name:
        return (Expects.person_name,)
    two = expected.expects is Expects.email and isinstance(whole, Answer) and " " in str(whole.value)
    return (INVOICE_EMAIL if expected.step == INVOICE_EMAIL else Expects.email,) if two else ()


def _presses_one(whole: Meaning, found: Sequence[FoundFact]) -> bool:
    """Return whether a press means no more than one of the add-ons that a message names."""
    name = whole.payload.partition(":")[0] if isinstance(whole, Press) else ""
    return any(one.fact.adds and one.fact.kind == name for one in found)


def _answers_too(whole: Meaning, apart: Sequence[FoundFact], found: Sequence[FoundFact]) -> bool:
    """Return whether a message also answers the open question."""
    return len(apart) < sum(1 for one in found if one.end) and isinstance(whole, Answer)


def _above(text: str, found: Sequence[FoundFact], expected: Expected, read: Callable[[str], Meaning]) -> Meaning | None:
    """Return the meaning of what stands above a signature, or of the lines without facts, where it is sure.

    Names and streets of a signature aren't words of the customer's wish.
    """
    head = text[: match.start()] if (match := _CLOSING.search(text)) is not None else ""
    if head.strip() and all(one.start >= len(head) for one in found):
        return read(head)
    rest = read(strip_facts(text, found) or " ")
    sure = isinstance(rest, Intent) and rest.confidence >= _SURE
    answer = isinstance(rest, Answer) and has_closed_form(expected.expects)
    return rest if sure or answer or isinstance(rest, Press) else None


def strip_facts(text: str, found: Sequence[FoundFact]) -> str:
    """Return what a message says beside its facts and their names; empty where that is nothing."""
    words, kept, at = tokens(text), "", 0
    for one in sorted((one for one in found if one.end), key=lambda one: one.start):
        start = max(at, _label_start(words, one.start))
        kept, at = f"{kept} {text[at:start]}", max(at, one.end)
    kept = " ".join(f"{kept} {text[at:]}".split()).strip(" ,;:.")
    return kept if any(token.word not in _LABELS for token in tokens(kept)) else ""


def _label_start(words: Sequence[Token], start: int) -> int:
    """Return where the words begin that only name the value behind them: "mój mail to"."""
    for token in reversed([token for token in words if token.start < start]):
        if token.word not in _LABELS:
            break
        start = token.start
    return start


def _single(found: list[FoundFact]) -> list[FoundFact]:
    """Return the facts of which there is one value of their kind, in the order in which dialogs take them.

    A wrong one gives way to a right one.
    """
    right = {one.fact.kind for one in found if not one.fact.wrong}
    found = [one for one in found if not (one.fact.wrong and one.fact.kind in right)]
    values = {one.fact.kind: {other.fact.text for other in found if other.fact.kind == one.fact.kind} for one in found}
    once = {one.fact.kind: one for one in found if len(values[one.fact.kind]) == 1}
    return sorted(once.values(), key=lambda one: _PLACES.get(one.fact.kind, len(_PLACES)))


def _people(text: str, langs: Languages) -> Iterator[FoundFact]:
    """Yield the name that a message introduces, with the words that do so."""
    for name in find_names(text, langs):
        start = name.start or 0
        cue = _INTRODUCING.search(text, 0, start)
        yield FoundFact(Fact(Expects.person_name, name.value), cue.start() if cue else start, name.end or 0)


def _addresses(text: str) -> Iterator[FoundFact]:
    for match in TYPED.finditer(text):
        read = email.parse("".join(match.group().split()).rstrip("."))
        if isinstance(read, Ok):
            named = _CERTIFIED.search(text[max(0, match.start() - 16) : match.start()]) is not None
            kind = Expects.sdi_code if named else Expects.email
            yield FoundFact(Fact(kind, read.value), match.start(), match.end())


def _codes(text: str, expected: Expected, langs: Languages) -> Iterator[FoundFact]:
    """Yield VAT numbers with their letters, codes of Italian e-invoices, and the seller's discount codes."""
    for match in VAT_NUMBER.finditer(text):
        read = tax_number.parse(match.group(), expected.country, _home(expected))
        if isinstance(read, Ok):
            yield FoundFact(Fact(Expects.tax_number, read.value), match.start(), match.end())
        elif _is_mistyped(match, read, expected):
            yield FoundFact(Fact(Expects.tax_number, match.group(), wrong=True), match.start(), match.end())
    for match in _DELIVERY.finditer(text) if _MAY_DELIVER.search(text.lower()) is not None else ():
        read = sdi_code.parse(match["code"], _home(expected))
        if isinstance(read, Ok) and (match["code"].isupper() or any(c.isdecimal() for c in match["code"])):
            yield FoundFact(Fact(Expects.sdi_code, read.value), match.start(), match.end())
    if names_itself(text, expected.expects):
        return
    known = codes_by_form(expected.discount_codes) if expected.discount_codes else {}
    said = [(match, known[match.group().upper()]) for match in _CODE.finditer(text) if match.group().upper() in known]
    typed = typed_codes(text, langs).looked_up if said else ()
    named = bool(said) and _CODE_WORD.search(text) is not None
    for match, code in said:
        if match.group().upper() not in typed or stance_at(text, *match.span(), langs) in NOT_GIVEN:
            continue
        if named or (match.group() == code and any(c.isdecimal() for c in code)):
            yield FoundFact(Fact(Expects.discount_code, code), match.start(), match.end())


def _is_mistyped(match: re.Match[str], read: ParseRefused, expected: Expected) -> bool:
    """Return whether a number with its country's letters is a tax number but for a digit, no account or the like."""
    home = RULES.get(_home(expected))
    own = home is not None and match.group().startswith(home.letters)
    if _GOES_ON.match(match.string, match.end()) is not None:
        return False
    if read.reason == "tax_number.foreign":
        return cue_before(tokens(match.string), 0, match.start()) in _TAX_CUES
    return own and read.reason in _MISTYPED


def _numbers(text: str, expected: Expected, taken: Sequence[FoundFact]) -> Iterator[FoundFact]:
    """Yield tax numbers, phones and customer numbers; a landline only where there is no mobile number."""
    words, previous, landlines, mobile = tokens(text), 0, list[FoundFact](), False
    # Where a person is asked for, "Anna Nowak, 22 123 45 67, anna@firma.pl" needn't say that it is a phone.
    asked = kind_of(expected.expects).input
    of_person = asked is not None and asked.autocomplete in _OF_A_PERSON
    reached = of_person and any(one.fact.kind == Expects.email for one in taken)
    for match in _NUMBER.finditer(text):
        if any(one.start < match.end() and match.start() < one.end for one in taken):
            previous = match.end()
            continue
        # A word inside an address names no number: "tel@firma.pl 1234563218".
        previous = max((previous, *(one.end for one in taken if one.end <= match.start())))
        cue = _GLUED.get(text[max(0, match.start() - 3) : match.start()].lower().strip(), "")
        cue = cue or cue_before(words, previous, match.start())
        previous = match.end()
        for start, end in _parts(match, cue, expected):
            called = cue if start == match.start() else ""
            fact = _judged(text[start:end], called, expected)
            if fact is None and reached and not cue:
                fact = _judged(text[start:end], "phone", expected)
            fact = fact or _wrong(text, start, end, called)
            if fact is None:
                continue
            one = FoundFact(fact, start, end)
            # What isn't called a phone was taken for one because it is a mobile number.
            by_name = fact.kind == Expects.phone and (cue == "phone" or text[start] == "+" or reached)
            if by_name and not isinstance(phone.parse(fact.text, _home(expected), ()), Ok):
                landlines.append(one)
                continue
            mobile = mobile or fact.kind == Expects.phone
            yield one
    if not mobile:
        yield from landlines


def _parts(match: re.Match[str], cue: str, expected: Expected) -> Iterator[tuple[int, int]]:
    """Yield the number, or the two that stand side by side: "1234563218 512000321". A longer one is neither."""
    start, end, text = match.start(), match.end(), match.string
    digits = len(only_digits(match.group()))
    if cue == "other" or digits > _TWO_NUMBERS:
        return
    if expected.expects is Expects.contact_code and _TWO_CODES.fullmatch(match.group()):
        return
    if digits >= _LEAST_OF_TWO and _judged(match.group(), cue, expected) is None:
        groups = [(start + g.start(), start + g.end()) for g in _GROUP.finditer(match.group())]
        for (_, left), (right, _) in pairwise(groups):
            both = _judged(text[start:left], cue, expected), _judged(text[right:end], "", expected)
            if both[0] is not None and both[1] is not None and both[0].kind != both[1].kind:
                yield from ((start, left), (right, end))
                return
    yield start, end


def _judged(typed: str, cue: str, expected: Expected) -> Fact | None:
    """Return what a number is, by its name, its check digits or its range; None where that isn't sure."""
    home, digits = _home(expected), only_digits(typed)
    if cue == "other" or (cue == "sms_code" and len(digits) <= _MOST_OF_CODE):
        return None
    if cue == "customer_number":
        number = parse_customer_number(digits)
        return Fact(Expects.customer_number, number.value) if isinstance(number, Ok) else None
    checked = home in RULES and RULES[home].bare
    if not typed.startswith("+") and (cue in _TAX_CUES or (checked and cue != "phone")):
        # What isn't called so is one of the seller's country: eleven digits may be a phone with its country's code.
        read = tax_number.parse(digits, expected.country if cue in _TAX_CUES else home, home)
        if isinstance(read, Ok):
            return Fact(Expects.tax_number, read.value)
    if cue in _TAX_CUES:
        return None
    called = cue == "phone" or typed.startswith("+")
    number = (phone.parse_callable if called else phone.parse)(typed.strip("()"), home, ())
    return Fact(Expects.phone, number.value) if isinstance(number, Ok) else None


def _wrong(text: str, start: int, end: int, cue: str) -> Fact | None:
    """Return what is called a tax number and isn't one; the number of an invoice (with VAT) isn't meant to be."""
    typed = text[start:end]
    meant = cue in _TAX_CUES and "/" not in typed and len(only_digits(typed)) in _TAX_DIGITS
    if not meant or (cue == "vat_number" and _INVOICE.search(text) is not None):
        return None
    return Fact(Expects.tax_number, typed, wrong=True)


def _home(expected: Expected) -> str:
    if expected.home:
        return expected.home
    return "PL" if expected.country == tax_number.VATIN else expected.country
