"""The meaning of a message in the light of the open step.

The order decides: payload; a command that is the whole message; a correction that names another slot; a discount code
that stands alone; the step's own value where its form is closed; intents and FAQ; at a free-text step the text itself.
"""

import re
from dataclasses import replace

from nlu.amounts import read_amount
from nlu.answers import attempt, closed
from nlu.binding import read_binding
from nlu.choices import FREE_VERSION, is_lost, read_channel, read_choice, read_enough, read_request, read_skip
from nlu.commands import read_command, read_payload
from nlu.corrections import read_correction, read_renewal, without_the_old
from nlu.elimination import read_other
from nlu.entities.extract import extract
from nlu.faq import THRESHOLD as FAQ_THRESHOLD
from nlu.faq import FaqHit, FaqIndex
from nlu.intents.score import OUT_OF_SCOPE, THRESHOLD, Scored, rank
from nlu.languages.language import Languages
from nlu.languages.shipped import KNOWN, Known, among
from nlu.meant_method import read_method
from nlu.numbers.choose import candidates
from nlu.numbers.groups import runs
from nlu.redaction import redact_command, redact_words
from nlu.side_questions import ABOUT_THE_STEP, SURE, read_side_question
from nlu.stored_ways import read_stored_way
from nlu.tokens import tokens
from values.incoming_text import clean
from values.meaning import (
    Answer,
    BindingAct,
    Discount,
    Empty,
    Expected,
    Expects,
    Faq,
    Intent,
    Meaning,
    NavigationCommand,
    OptionWords,
    Press,
    Refusal,
    SecretTyped,
    TooLong,
    Unclear,
)
from values.offer import PIECES, codes_by_form, normalise_code
from values.parsing import fold_words

_FREE_TEXT_THRESHOLD = 0.85
_FREE_TEXT_QUESTION = 0.6
_CLOSE = 0.02
_UNSURE = 0.72
_OWN = 0.9
_FREE = frozenset({Expects.free_text, Expects.company_name, Expects.street, Expects.city, Expects.person_name})
_ADDRESSES = frozenset({Expects.street, Expects.city})
# Wishes that leave the open question. One or two words that may as well be meant for it aren't taken for them.
_LEAVING = frozenset({"forgot_password", "log_in", "sign_up"})
_ANSWER_WORDS = 2
_LONGER_THAN_A_NAME = 3
_DELETING = 0.7
_TOLD = 0.8
_ANY_WORDS = frozenset({Expects.company_name, Expects.free_text})
_ASKED, _ASKED_SO = 0.75, 0.95
_ACTS, _UNDOES = 0.6, 0.85
"""The least confidence for what the desk would do something about, and for what throws answers away.

What it only answers may be less sure.
"""
_COURTESIES, _ASKED_FOR_NOTHING = frozenset({"greet", "goodbye", "thank"}), 0.7
_TURNING = frozenset({"back", "cancel", "restart", "help", "talk_to_agent", "change_language"})
_UNDOING = frozenset({"cancel", "restart", "delete_my_data"})
_SUBJECT_NAMED = re.compile(
    r"\b(?:zgod|regulamin|rodo|prywatn|klauzul|consens|termini|condizion|privacy|clausol|consent|terms|hasl|password"
    r"|e?faktur|e?fattur|e?invoic|ksef|sdi|odn[ao]w|przedluz|rinnov|renew|rabat|scont|discount)"
)
_NO_QUESTIONS = frozenset({Expects.person_name, Expects.street, Expects.city})
_SUBJECTS = frozenset("ask_price invoice_problem payment_status resend_code talk_to_agent".split())
_SMALL_TALK = frozenset({"greet", "affirm", "deny", "thank", "goodbye", "inform", OUT_OF_SCOPE})
_INFORMATION = frozenset(
    "ask_password_rules ask_einvoice ask_ksef ask_renewal ask_consent ask_customer_number"
    " ask_payment_methods invoice_problem help inform"
    " out_of_scope complaint choose_plan payment_status activate_einvoice".split()
)
_TELLING = _INFORMATION | _SMALL_TALK
"""Nothing is done about these but to answer."""
_CODE_CUE = re.compile(
    r"\b(?:kod\w*|kupon\w*|rabat\w*|voucher\w*|coupon\w*|codice|sconto|discount|promo\w*|code|buono)\b", re.I
)
_CODE_CHARS = re.compile(r"[A-Za-z0-9_\-]{2,40}")
_LONGEST_CODE_MESSAGE = 80
_CODE_LIKE = re.compile(r"\d(?:[ \u00a0.\-–]?\d){3,7}")
_LONGEST_REQUEST = 1000  # what stands behind is no part of a request; finding values in all of it would take a while
_LONGEST_TO_SEARCH = 2000
_LONGEST_AMOUNT = 120
_UNKNOWN_COMMAND = re.compile(r"/[A-Za-z]\w*(?:@\w+)?")


def understand(
    text: str, expected: Expected, *, locale: str, faq: FaqIndex | None = None, known: Known = KNOWN
) -> Meaning:
    """Return the meaning of one message in a conversation in `locale`, among the languages `known`.

    Pure; never raises, whatever the text; linear in its length.
    """
    cleaned = clean(text)
    if cleaned.too_long:
        return TooLong()
    if not cleaned.text:
        return Empty()
    langs = among(known, locale)
    message = cleaned.text
    payload = read_payload(message, expected)
    command = payload or read_command(message, langs)
    direct = payload or _enough(message, expected, langs) or command
    if direct is not None and _trusted(direct, expected):
        return direct
    secrets = (redact_words if command is None else redact_command)(message, expected, langs)
    if secrets.kinds:
        return SecretTyped(secrets.kinds)
    if direct is None and _UNKNOWN_COMMAND.fullmatch(message):  # another program's; its words aren't the customer's
        return Intent(OUT_OF_SCOPE, 1.0, (), message)
    return direct or _in_words(message, expected, langs, faq)


def _trusted(direct: Press | NavigationCommand, expected: Expected) -> bool:
    """Return whether the text is surely no secret: one of our buttons, or a start link's token (which isn't stored)."""
    if isinstance(direct, Press):
        return any(direct.payload == option.payload for option in expected.options)
    return direct.name == "start" and direct.argument is not None


def _in_words(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    if (stored := read_stored_way(text, expected, langs)) is not None:
        return stored
    correction = read_correction(text, expected, langs) or read_method(text, expected, langs)
    correction = correction or read_renewal(text, expected, langs) or read_other(text, expected, langs)
    correction = correction or read_channel(text, expected, langs)
    if correction is not None:
        return correction
    code = _discount(text, expected, langs)
    if code is not None:
        return code
    return (
        _ordered_early(text, expected, langs)
        or _answered(text, expected, langs)
        or _request(text, expected, langs, faq)
    )


def _ordered_early(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the press of an order that isn't offered yet, by the words that will give it: what is missing is told."""
    if not expected.act:
        return None
    order = OptionWords(expected.act, binds=BindingAct.order)
    given = read_binding(text, (order,), expected, langs)
    return given if isinstance(given, Press) else None


def _discount(text: str, expected: Expected, langs: Languages) -> Discount | None:
    """Return a code that the profile knows: alone in any spelling, or behind a word for it."""
    if len(text) > _LONGEST_CODE_MESSAGE or not expected.discount_codes:
        return None
    known = codes_by_form(expected.discount_codes)
    whole = normalise_code(text)
    if whole in known:
        return Discount(known[whole])
    if (spoken := _spoken_code(text, langs)) in known:
        return Discount(known[spoken])
    if _names_a_code(text, langs):
        for token in _CODE_CHARS.findall(text):
            if token.upper() in known:
                return Discount(known[token.upper()])
        for entity in extract(text, langs, "discount_code"):
            if entity.entity == "discount_code" and entity.value in known:
                return Discount(known[entity.value])
    return None


def _names_a_code(text: str, langs: Languages) -> bool:
    cues = (_CODE_CUE, *(lang.terms.code for lang in langs if lang.terms.code is not None))
    return any(cue.search(text) for cue in cues)


def _spoken_code(text: str, langs: Languages) -> str:
    """Join words with their numbers in digits: "start dwadzieścia" → START20."""
    out, at = "", 0
    for run in runs(text, langs):
        out += text[at : run.start] + candidates(run)[0]
        at = run.end
    return normalise_code(out + text[at:])


def _answered(text: str, expected: Expected, langs: Languages) -> Press | Answer | Unclear | Refusal | None:
    counted = expected.expects is Expects.quantity  # a number there is no ordinal
    answer = _attempted(text, expected, langs) if counted else None
    pressed = read_skip(text, expected, langs) or with_amount(text, expected, langs)
    pressed = answer or pressed or read_choice(text, expected, langs)
    if pressed is not None and not _titled(text, expected) and _asks_for_deletion(text, langs):
        return None  # "delete my data" at a page called "my data"
    if isinstance(pressed, Press):
        return replace(pressed, words=text)
    return pressed or _attempted(text, expected, langs)


def _titled(text: str, expected: Expected) -> bool:
    """Return whether the message is nothing but a button's own words."""
    said = fold_words(text[:400])
    return any(fold_words(title) == said for option in expected.options for title in option.titles)


def _asks_for_deletion(text: str, langs: Languages) -> bool:
    top = next(iter(rank(text, langs)), None)
    return top is not None and top.name == "delete_my_data" and top.confidence >= _DELETING


def _attempted(text: str, expected: Expected, langs: Languages) -> Answer | None:
    if expected.code:
        return _letter_code(text, expected, langs)
    if not closed(expected.expects):
        return None
    tried = attempt(text[:_LONGEST_TO_SEARCH], expected.expects, expected, langs)
    return None if tried is None else Answer(text, tried.value)


def _letter_code(text: str, expected: Expected, langs: Languages) -> Answer | None:
    """Return the one code in a short statement, or digits alone that may have been meant for it; None for all else."""
    if len(text) > _LONGEST_CODE_MESSAGE or "@" in text or "?" in text:
        return None
    tried = attempt(text, Expects.contact_code, expected, langs)
    if tried is None or not (tried.good or _CODE_LIKE.fullmatch(text)):
        return None
    return Answer(text, tried.value)


def _enough(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the press for "that's all", where the open step asks for more."""
    said = expected.enough and read_enough(text, langs)
    return Press(expected.enough) if said else None


def with_amount(text: str, expected: Expected, langs: Languages) -> Press | None:
    """One of the things offered by the piece, with how many of it: "10 GB di spazio"."""
    counted = tuple(option for option in expected.options if option.pieces)
    if not counted or len(text) > _LONGEST_AMOUNT:
        return None
    amount = read_amount(text, tuple(word for option in counted for word in option.pieces), langs)
    if amount is None or not amount.counts:
        return None
    rest = f"{text[: amount.start]} {text[amount.end :]}"
    named = read_choice(rest, replace(expected, options=counted), langs) or _measured(text, counted, langs)
    return replace(named, then=amount.text) if isinstance(named, Press) else None


def _measured(text: str, options: tuple[OptionWords, ...], langs: Languages) -> Press | None:
    """Return the one thing whose unit is named ("10 GB")."""
    read = {o.payload: read_amount(text, o.pieces, langs) for o in options}
    named = [payload for payload, amount in read.items() if amount is not None and amount.counts == PIECES]
    return Press(named[0]) if len(named) == 1 else None


def _request(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    if expected.expects is not Expects.free_text and is_lost(text, langs):
        return Intent("help", 1.0, (), text)
    asks = "?" in text or not (expected.free_text or expected.expects in _ANY_WORDS)
    if asks and (aside := read_side_question(text, langs, SURE)) is not None:
        return Intent(f"ask_{aside}", _OWN, (), text)
    free = expected.free_text or (expected.expects in _FREE and not _asks_in_words(text, expected.expects))
    hit = next(iter(faq.find(text, langs[0].code)), None) if faq is not None else None
    ranked = [scored for scored in rank(text, langs) if scored.name != "affirm" or "?" not in text]
    if hit is not None and hit.named:  # what the profile has a place for isn't another firm's matter
        ranked = [scored for scored in ranked if scored.name != OUT_OF_SCOPE]
    if closed(expected.expects) and len(tokens(text[:80])) <= _ANSWER_WORDS:
        ranked = [scored for scored in ranked if scored.name not in _LEAVING]
    top = ranked[0] if ranked else Scored(OUT_OF_SCOPE, 0.0)
    if (not free or "?" in text) and (own := read_request(text, langs)) is not None:
        return Intent(own, _OWN, (), text)
    answer = _from_faq(text, top, hit, faq)
    asks = asks and _names_nothing(text, top, hit, faq)
    if asks and (aside := read_side_question(text, langs, ABOUT_THE_STEP)) is not None:
        return Intent(f"ask_{aside}", _OWN, (), text)
    if free and not _interrupts(text, top, expected) and (answer is None or not _may_ask(text, expected)):
        return Answer(without_the_old(text, langs) if expected.expects in _ADDRESSES else text)
    if answer is not None:
        return answer
    if (own := read_request(text, langs, FREE_VERSION)) is not None:
        return Intent(own, _OWN, (), text)
    if top.confidence < _least(top):
        return Answer(text) if free else _not_understood(text, expected, top)
    return _meant(text, ranked, langs)


def _least(top: Scored) -> float:
    """Return the confidence that an intent needs: the more the desk would undo, the more."""
    if top.name in _UNDOING:
        return _UNDOES
    if top.name in _COURTESIES:
        return _ASKED_FOR_NOTHING
    return THRESHOLD if top.name in _TELLING else _ACTS


def _names_nothing(text: str, top: Scored, hit: FaqHit | None, faq: FaqIndex | None) -> bool:
    """Return whether neither an entry of the FAQ nor a question that the desk answers is surely meant.

    "What do you need that for?" is about the open step; about consents it is where they are named.
    """
    told = hit is not None and (hit.named or hit.confidence >= _TOLD)
    named = _SUBJECT_NAMED.search(fold_words(text[:_LONGEST_REQUEST])) is not None
    answered = top.name in _SUBJECTS or (named and faq is not None and faq.has(top.name))
    return not told and not (answered and top.confidence >= THRESHOLD)


def _asks_in_words(text: str, expects: Expects) -> bool:
    """Return whether a text is a question, where none is the answer, and not one that is in doubt ("Warszawa?")."""
    asked = expects in _NO_QUESTIONS and text.rstrip().endswith("?")
    return asked and len(tokens(text[:400])) >= _LONGER_THAN_A_NAME


def _may_ask(text: str, expected: Expected) -> bool:
    """Return whether a text at a free-text step may be a question of the FAQ: names of people aren't long."""
    return "?" in text or (expected.expects is Expects.person_name and len(tokens(text[:400])) >= _LONGER_THAN_A_NAME)


def _interrupts(text: str, top: Scored, expected: Expected) -> bool:
    """Return whether a text at a free-text step is a request rather than the answer."""
    words = len(tokens(text[:400]))
    if expected.expects is Expects.free_text and top.name not in _TURNING:
        return False  # a report is about something: that is its text
    if "?" in text:
        return top.confidence >= _FREE_TEXT_QUESTION and top.name not in ("affirm", "deny")
    return top.confidence >= _FREE_TEXT_THRESHOLD and words >= 2 and top.name not in _SMALL_TALK


def _from_faq(text: str, top: Scored, hit: FaqHit | None, faq: FaqIndex | None) -> Faq | None:
    """Return an entry that answers, where no request that the desk acts on stands above it."""
    if faq is None:
        return None
    asked_so = _ASKED if "?" in text else _ASKED_SO  # the entry's own question, whatever else it sounds like
    if hit is not None and hit.confidence >= asked_so and top.name != "resend_code":
        return Faq(hit.id, hit.confidence)
    named, sure = hit is not None and hit.named, top.confidence >= THRESHOLD
    # A complaint may be answered by the entry that it asks for, not by one that only names its subject.
    acts = sure and (top.name not in _TELLING or (named and top.name == "complaint"))
    if acts and "?" not in text and not named:
        return None
    if sure and faq.has(top.name) and (hit is None or hit.confidence <= top.confidence):
        return Faq(top.name, top.confidence)
    if hit is None or hit.confidence < FAQ_THRESHOLD:
        return None
    buys = sure and top.name == "choose_plan" and "?" not in text  # "buy now" isn't a question about what is sold
    return Faq(hit.id, hit.confidence) if not (acts or buys) or hit.confidence > top.confidence else None


def _meant(text: str, ranked: list[Scored], langs: Languages) -> Meaning:
    top = ranked[0]
    if top.name == OUT_OF_SCOPE:
        return Intent(OUT_OF_SCOPE, top.confidence, (), text)
    entities = tuple(extract(text[:_LONGEST_REQUEST], langs))
    language = next((e.value for e in entities if e.entity == "language"), "")
    if top.name == "change_language" and any(language == lang.code for lang in langs):
        return NavigationCommand("lang", language)
    second = ranked[1] if len(ranked) > 1 else None
    alike = second is not None and top.confidence - second.confidence <= _CLOSE and top.confidence < _UNSURE
    if alike and second is not None and not {top.name, second.name} & _SMALL_TALK:
        return Unclear((top.name, second.name), text)
    return Intent(top.name, top.confidence, entities, text)


def _not_understood(text: str, expected: Expected, top: Scored) -> Meaning:
    """Nothing fits: at a typed step a lone word may still be an attempt, which its parser refuses with a reason."""
    if expected.expects in (Expects.discount_code, Expects.country) and len(text.split()) <= 2:
        return Answer(text)
    return Intent(OUT_OF_SCOPE, round(1 - top.confidence, 3), (), text)
