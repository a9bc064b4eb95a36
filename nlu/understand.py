"""The meaning of a message in the light of the open step.

The order decides: payload; a command that is the whole message; a correction that names another slot; a discount code
that stands alone; the step's own value where its form is closed; intents and FAQ; at a free-text step the text itself.
"""

import re

from msgspec.structs import replace

from nlu.amounts import tells_a_total
from nlu.answer_words import SHIPPED
from nlu.answers import attempt, has_closed_form, names_itself, numeric
from nlu.asked_text import calls_data_right, read_asked_text
from nlu.binding import agrees_plainly, documents, read_binding, refuses
from nlu.choices import is_lost, read_choice, read_enough, read_skip
from nlu.commands import read_command, read_payload
from nlu.corrections.sentences import read_correction, read_elsewhere, wants_change
from nlu.corrections.step_back import read_other
from nlu.corrections.worded import told_answer
from nlu.intents.as_meant import is_asked_for, names_deleting
from nlu.intents.score import OUT_OF_SCOPE, likeliest
from nlu.languages.language import Languages
from nlu.languages.shipped import KNOWN, Known, order_langs
from nlu.named.agreed import match_polarity
from nlu.named.channels import read_channel
from nlu.named.consent_names import RENEWAL
from nlu.named.consents import read_consents, with_the_rest
from nlu.named.discount_codes import read_code_taken_out, read_discount, read_unknown_code
from nlu.named.log_ins import LOG_INS, asks_for_log_ins, log_out_wanted
from nlu.named.own_order import is_owner, orders_nothing, read_own_order, read_papers, wants_own_copy
from nlu.named.pieces import as_change, with_amount
from nlu.named.renewals import names_renewal, read_renewal, renewal_beside, turns_renewal_off
from nlu.named.restated import find_other_term, split_restatement
from nlu.named.stored_ways import read_stored_way
from nlu.named.taken_back import read_grievance, read_withdrawal, takes_consent_back
from nlu.named.ways_to_pay import read_method, read_other_payer
from nlu.phrase_lines import Forms, wish, word_set
from nlu.questions.answering import nearest
from nlu.questions.asking import ASKED, asked_about, asked_command, asks
from nlu.questions.faq import FaqIndex
from nlu.redaction import redact_command, redact_words
from nlu.requests import read_wish
from nlu.stance import hide_withheld, names_what_is_unknown, surely_told, without_denied_acts
from nlu.tokens import without_addresses, without_greeting
from values.expected import OF_A_STEP, OF_A_WORD, TITLE, WISH, Expected
from values.incoming_text import clean
from values.kinds import kind_of
from values.meaning import (
    ORDERING,
    Answer,
    BindingAct,
    Consenting,
    Correction,
    Discount,
    Empty,
    Expects,
    Faq,
    Intent,
    Meaning,
    NavigationCommand,
    Press,
    Refusal,
    SecretTyped,
    TooLong,
    Unclear,
)
from values.parsing import fold_words
from values.patterns import regex

_BUY, _LOG_IN = "start:buy", "start:log_in"
_ZONE, _OWN_COPY = "zone:", "zone:export"
"""Of buttons that act or show what is kept, whoever names them."""
_LEFT = ":later", ":skip", ":none"
_BEGINNING = frozenset({_BUY, "zone:renewal", "renew:now"})
"""Of buttons that begin an order."""
_ORDERING = frozenset({"renew_subscription", "choose_plan"})
_BUYING = frozenset({"choose_plan", "order_addon"})
_METHOD, _RESEND = "method", "resend_invoice"
_FAQ, _OF_STEPS = "faq", frozenset({OF_A_STEP, OF_A_WORD})
_POLAR = frozenset({"affirm", "deny"})
_CHANGING = frozenset({"change_contact", "correct_data"})
_CODE_CUE = (
    r"[,;]?\s*(?:(?:and|with|i|z|e|con|mit|und)\s+)?(?:(?:the|my|il|mio|mój)\s+)*(?:(?:discount|promo)\s+)?"
    r"(?:(?:code|kod\w{0,2}|codice|coupon|voucher|kupon\w{0,3})\s+)?(?:(?:rabatow\w+|sconto)\s+)?:?\s*"
)
_ORDERS, _GRIEVED, _DELETING = 0.8, 0.95, 0.7
_AGREEING = word_set("understand", "agreeing")
"""Values of answers that agree, refuse or go on."""
_LONGEST_CODE_MESSAGE, _LONGEST_TITLE, _CALLED_SO = 80, 80, 0.9
_CODE_LIKE = regex(r"\d(?:[ \u00a0.\-–]?\d){3,7}")
_LONGEST_TO_SEARCH = 2000
_SETTLES = wish("understand", "<settles>")
_SAYS = Forms("understand")
"""Beside "I don't know" it decides all the same: "boh, dai un sms"."""
_HELPING = ASKED | frozenset(
    {"log_in", "forgot_password", "talk_to_agent", "complaint", "change_language", "resend_code", OUT_OF_SCOPE}
)
"""Wishes of one who doesn't know: each is told of, or led to."""
_ASK, _VALUED = "ask_", regex(r"[\d@]")
LEFT = "leave_as_it_is"
"""The intent of a message by which nothing is to be done: "don't turn them off"."""
_REFUSING = frozenset({"no", "later", "skip", "none", "new"})
_FRAME = frozenset({OUT_OF_SCOPE, "inform", "affirm", "deny", "greet", "thank", "goodbye"})
_RENEWALS = frozenset({"renewal_on", "renewal_off"})
_BY_DENIAL = frozenset({"deny", "complaint", "help"})
"""Intents that may be said by denying a verb, or that do nothing."""
_MOST_OF_NOT_KNOWING = 8
"""Words of a message that says no more than that its author doesn't know what is asked."""
_UNKNOWN_COMMAND = regex(r"/[A-Za-z]\w*(?:@\w+)?")


def understand(
    text: str, expected: Expected, *, locale: str, faq: FaqIndex | None = None, known: Known = KNOWN
) -> Meaning:
    """Return the meaning of one message in a conversation in `locale`, among the languages `known`.

    Pure; never raises, whatever the text; linear in its length.
    """
    return understand_among(text, expected, order_langs(known, locale), faq)


def understand_among(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    """Return the meaning of one message among these languages, the conversation's own first."""
    cleaned = clean(text)
    if cleaned.too_long:
        return TooLong()
    if not cleaned.text:
        return Empty()
    message = _without_courtesies(cleaned.text, expected)
    payload = read_payload(message, expected)
    if payload is None and (titled := _by_title(message, expected, langs, faq)) is not None:
        return titled
    command = payload or read_command(message, langs)
    direct = payload or _enough(message, expected, langs) or command
    if payload is None and (question := asked_command(direct, message)) is not None:
        return Intent(question, 1.0, (), message)
    if direct is not None and _trusted(direct, expected):
        return direct
    secrets = (redact_words if command is None else redact_command)(message, expected, langs)
    if secrets.kinds and not _is_title(message, expected):
        return SecretTyped(secrets.kinds)
    if direct is None and _UNKNOWN_COMMAND.fullmatch(message):  # another program's; its words aren't the customer's
        return Intent(OUT_OF_SCOPE, 1.0, (), message)
    if direct is None and not kind_of(expected.expects).worded.says_all and not _is_title(message, expected):
        sure = surely_told(message, langs)
        if sure != message:
            return _not_known(message, sure, expected, langs, faq)
    return direct or _unless_denied(_in_words(message, expected, langs, faq), message, expected, langs, faq)


def _without_courtesies(text: str, expected: Expected) -> str:
    """Return a message without the greeting before it and the politeness behind it, where it says more than these."""
    kind = kind_of(expected.expects)
    return text if kind.form == "words" or kind.worded.says_all else _SAYS.courtesies.sub("", text).strip() or text


def _not_known(text: str, sure: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    """Return what is settled or wished for beside "I don't know", or asked by it; by itself it answers nothing."""
    settled, tells = _SETTLES.search(fold_words(text)) is not None, len(text.split()) > _MOST_OF_NOT_KNOWING
    sure = text if settled else sure
    beside = match_polarity(_in_words(sure, expected, langs, faq), sure, expected, langs) if fold_words(sure) else None
    match beside:
        case Press() if settled and not _binds(beside, expected):
            return replace(beside, words=text)
        case Answer() if has_closed_form(expected.expects) and _VALUED.search(sure) is not None:
            return replace(beside, text=text)
        case Intent(name) if _is_helping(beside) or (tells and name not in _POLAR):  # a wish of a clause of its own
            return replace(beside, text=text)
        case Faq() | Discount():
            return beside
        case Correction() if tells or _VALUED.search(sure) is not None:  # else a guess: "I don't know, likely BLIK"
            return beside
        case _:
            pass
    if not names_what_is_unknown(text, langs):
        return Intent("help", 1.0, (), text)
    whole = _in_words(text, expected, langs, faq)
    leads = isinstance(whole, Press) and whole.payload.partition(":")[2] in _HELPING
    if leads or (isinstance(whole, Faq | Intent) and _is_helping(whole)):
        return whole
    if tells and (isinstance(whole, Unclear) or (isinstance(whole, Intent) and whole.name not in _POLAR)):
        return whole  # it tells of something else, which isn't known there
    about = read_wish(text, expected, langs, faq)
    return about if isinstance(about, Faq | Intent) and _is_helping(about) else Intent("help", 1.0, (), text)


def _is_helping(meant: Faq | Intent) -> bool:
    return isinstance(meant, Faq) or meant.name in _HELPING or meant.name.startswith(_ASK)


def _by_title(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning | None:
    """Return the press of a button whose title is the whole message: one that is offered, else one of the menu's.

    A title is no sentence to guess from. What binds is given otherwise; an entry of the FAQ that is called so answers.
    """
    said = fold_words(text) if len(text) <= _LONGEST_TITLE else ""
    called = {
        option.payload: option.binds
        for option in expected.options
        if not option.beside and said in map(fold_words, option.titles)
    }
    if called and "?" not in text and expected.expects is not Expects.consents:
        return Press(next(iter(called)), words=text) if not any(called.values()) else None
    page = None if called else expected.pages.get(said)
    kind, _, name = (page or "").partition(":")
    if page is None or page in _OF_STEPS or kind_of(expected.expects).worded.says_all:
        return None
    apart = (None, BindingAct.renew, *(ORDERING if " " in said else ()))  # a button's name is no such act
    binding = tuple(one for one in expected.options if one.binds not in apart and not one.beside)
    if binding and isinstance(read_binding(text, binding, expected, langs), Press):
        return None  # the words by which the open question is answered are its own
    if page.startswith("/"):
        return read_payload(page, expected)
    if kind in expected.rows:
        return Press(page, words=text)
    if kind in (TITLE, _FAQ, WISH):
        own = {_FAQ: Faq(name, 1.0), WISH: Intent(name, 1.0, (), text)}.get(kind, Press(page, words=text))
        return own if read_command(text, langs) is None else None
    for hit in () if is_owner(expected) else nearest(text, faq, langs)[:1]:  # an owner's page is there to be opened
        if hit.confidence >= _CALLED_SO:
            return Faq(hit.id, hit.confidence)
    return Press(_LOG_IN if any(one.payload == _LOG_IN for one in expected.options) else page, words=text)


def _is_title(text: str, expected: Expected) -> bool:
    """Return whether a message is a title of the desk's own: no secret, and nothing to guess from."""
    return len(text) <= _LONGEST_TITLE and fold_words(text) in expected.pages


def _trusted(direct: Press | NavigationCommand, expected: Expected) -> bool:
    """Return whether the text is surely no secret: one of our buttons, or a start link's token (which isn't stored)."""
    if isinstance(direct, Press):
        return any(direct.payload == option.payload for option in expected.options)
    return direct.name == "start" and direct.argument is not None


def _in_words(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    if kind_of(expected.expects).worded.says_all:  # nothing is taken out of a text that was asked for
        done = read_skip(text, expected, langs) or read_asked_text(text, expected, langs)
        return done or read_wish(text, expected, langs, faq)
    if (leaving := log_out_wanted(text, langs)) is not None:
        return Intent(leaving, 1.0, (), text)
    if asks_for_log_ins(text):
        return Intent(LOG_INS, 1.0, (), text)
    if wants_own_copy(text, langs):
        return Press(_OWN_COPY, words=text)
    kind = kind_of(expected.expects)
    worded = kind.form == "words" or kind.worded.verbatim
    told = not worded and not _is_title(text, expected)
    if told and (grievance := read_grievance(text, langs)) is not None:
        return Intent(grievance, _GRIEVED, (), text)
    if not worded and (anew := _said_anew(text, expected, langs, faq)) is not None:
        return anew
    cut = without_addresses(text)
    if (consenting := _consenting(cut, expected, langs)) is not None:
        return consenting
    if kind.worded.verbatim:
        return _in_words_given(text, expected, langs, faq)
    return _in_words_given(hide_withheld(text, langs, dictated=numeric(expected.expects)), expected, langs, faq)


def _said_anew(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning | None:
    """Return the last of two answers to the open question, where the first is taken back: "card, or rather PayPal".

    Consents add up, and are read whole; of what binds neither is given that way.
    """
    parts = None if expected.expects is Expects.consents else split_restatement(text)
    if parts is None:
        return None
    if (counted := with_amount(text, expected, langs)) is not None:  # "four" by itself is a place in the row
        return counted
    first, last = (_in_words(part, expected, langs, faq) for part in parts)
    match first, last:
        case Press(one), Press(other) if one.partition(":")[0] == other.partition(":")[0] == expected.step:
            return None if _binds(first, expected) or _binds(last, expected) else replace(last, words=text)
        case Answer(value=one), Answer(value=other) if one is not None and other is not None:
            return replace(last, text=text)
        case _:
            return None


def _in_words_given(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    """Return the meaning of words whose values are all given by their author as theirs."""
    cut = without_addresses(text)
    said = "" if names_itself(text, expected.expects) else cut
    if (stored := read_stored_way(said, expected, langs)) is not None:
        return stored
    if (length := find_other_term(said, expected, langs)) is not None:
        return length
    correction = read_correction(text, expected, langs) or read_method(said, expected, langs)
    correction = correction or read_renewal(said, expected, langs) or read_other(text, expected, langs)
    correction = correction or read_channel(cut, expected)
    if correction is not None:
        return correction
    code = read_code_taken_out(cut, expected, langs) or read_discount(cut, expected, langs)
    if code is not None:
        return _bought_with(code, text, expected, langs, faq) or code
    if (unknown := read_unknown_code(cut, expected, langs)) is not None:
        return unknown
    any_words = expected.free_text or has_closed_form(expected.expects) or kind_of(expected.expects).form == "words"
    own = None if any_words else read_own_order(text, expected, langs)
    if expected.papers and not expected.free_text and kind_of(expected.expects).form != "words":
        papers = read_papers(text, langs)
        own = papers if own is None or (papers is not None and papers.name == _RESEND) else own
    if own is None and not expected.free_text and kind_of(expected.expects).form != "words":
        own = read_other_payer(text)
    if own is not None and not expected.rows:  # "agli ordini" is a yes
        binding = [one for one in expected.options if one.binds is not None]
        given = read_binding(text, binding, expected, langs) if binding else None
        return given if isinstance(given, Press) else own
    if expected.expects is Expects.confirm_data and calls_data_right(text, langs):
        yes = [one for one in expected.options if one.payload == f"{expected.step}:yes" and one.binds is None]
        if yes:
            return Press(yes[0].payload, words=text)
    given = _ordered_early(text, expected, langs) or _answered(text, expected, langs)
    if given is None and own is None and calls_data_right(text, langs) is False:
        return Intent("wrong_register_data", 1.0, (), text)
    meant = given or own or _wished(text, expected, langs, faq)
    return read_elsewhere(text, expected, langs) or meant if _changes(meant, text, expected, langs) else meant


def _changes(meant: Meaning, text: str, expected: Expected, langs: Languages) -> bool:
    """Return whether words that aren't its title open the open step's own change, or might; a report is none."""
    own = f"{expected.step}:edit"
    wished = isinstance(meant, Intent) and meant.name in _CHANGING
    if not (wished or (isinstance(meant, Press) and meant.payload == own)) or _titled(text, expected):
        return False
    titles = (title for option in expected.options if option.payload == own for title in option.titles)
    return any(wants_change(title, langs) for title in titles)


def _unless_denied(meant: Meaning, text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    """Return the meaning as its words count; of a message that denies an act the meaning of its other clauses."""
    meant = _unless_titled(meant, text, expected, langs)
    left = without_denied_acts(text, kept=isinstance(meant, Consenting))
    if left == text or not _may_be_denied(meant, text, expected) or _titled(text, expected):
        return meant
    if isinstance(meant, Correction) and meant.text is not None and meant.text in left:
        return meant  # "don't touch the town, the street is …"
    first = next(at for at, (one, other) in enumerate(zip(left, text, strict=True)) if one != other)
    rest = understand_among(left.strip(" ,;."), expected, langs, faq) if fold_words(left) else None
    agrees = isinstance(rest, Press) and (_binds(rest, expected) or rest.payload.rpartition(":")[2] in _AGREEING)
    anew = getattr(rest, "name", rest) != getattr(meant, "name", meant)
    again = isinstance(rest, Intent) and rest.confidence < 1 and not anew  # a guess from what was just denied
    guessed = again and not left[:first].strip()
    if rest is None or guessed or (anew and (agrees or left[:first].strip())) or isinstance(rest, Unclear | Refusal):
        return Intent(LEFT, 1.0, (), text)  # what stands before a denial may hang on it: "cancel, unless I don't …"
    return Intent(LEFT, 1.0, (), text) if isinstance(rest, Intent) and rest.name in _FRAME else rest


def _may_be_denied(meant: Meaning, text: str, expected: Expected) -> bool:
    """Return whether a meaning is done by its verb: one that a denial itself says, such as a no, isn't."""
    if kind_of(expected.expects).worded.says_all:
        return False
    match meant:
        case Press() if expected.expects is Expects.consents:  # the boxes are said by what is denied
            return False
        case Press(payload):
            step, _, value = payload.partition(":")
            if step != expected.step or value not in _REFUSING:
                return not names_renewal(text)
            asks_for_act = any(option.binds is not None for option in expected.options)
            return asks_for_act and _SAYS.begins.search(fold_words(text)) is None
        case Answer():
            return kind_of(expected.expects).worded.place
        case Correction(what):
            return what != RENEWAL
        case Intent(name):
            if name in _RENEWALS:
                return not names_renewal(text)
            told = name in _BY_DENIAL or name.startswith(_ASK) or (name in _FRAME and "?" in text)
            return not told
        case _:
            return isinstance(meant, Consenting | NavigationCommand | Discount)


def _unless_titled(meant: Meaning, text: str, expected: Expected, langs: Languages) -> Meaning:
    """Return what was read, if need be as its words count; of another button's title only what answers here as well."""
    title = expected.pages.get(fold_words(text)) if len(text) <= _LONGEST_TITLE else None
    if title not in _OF_STEPS or kind_of(expected.expects).worded.says_all or _titled(text, expected):
        return match_polarity(meant, text, expected, langs)
    plain, single = _says_plainly(text, langs), title == OF_A_WORD
    if (single and plain) or _answers_too(meant, text, expected, plain=plain):
        return match_polarity(meant, text, expected, langs)
    if plain:  # it answers nothing here: no wish to guess from
        return Unclear((), text)
    return meant if single and _names_itself(meant) else Press(OF_A_STEP, words=text)


def _answers_too(meant: Meaning, text: str, expected: Expected, *, plain: bool) -> bool:
    """Return whether the title of another button is an answer as well: a plain yes or no anywhere, a way to pay."""
    match meant:
        case Refusal():
            return True
        case Answer():
            return kind_of(expected.expects).form == "words"
        case Press(payload):
            step, joint = payload.partition(":")[0], expected.joint.payload if expected.joint is not None else ""
            way = step == _METHOD == expected.step and bool(expected.rows)
            return plain or way or payload in (expected.act, joint) or step in documents(text)
        case _:
            return plain and isinstance(meant, Consenting | Unclear)


def _says_plainly(text: str, langs: Languages) -> bool:
    """Return whether a message says yes, no or that it doesn't know, and names nothing."""
    said, known = fold_words(text), (SHIPPED, *(lang.answers for lang in langs))
    plain = (words for answers in known for words in (answers.yes, answers.no, answers.skip, answers.enough))
    if any(said in words for words in plain) or is_lost(text, langs):
        return True
    return refuses(text, langs) or agrees_plainly(text, langs) or calls_data_right(text, langs) is not None


def _names_itself(meant: Meaning) -> bool:
    """Return whether a single word was read by rule as what it names: no yes or no, no guess, nothing pressed."""
    if isinstance(meant, Intent):
        return meant.confidence == 1.0 and meant.name not in _POLAR
    return isinstance(meant, Faq | Correction | Discount)


def _consenting(text: str, expected: Expected, langs: Languages) -> Press | Consenting | None:
    """Return the consents that a message gives where they are asked for, or takes back at any step."""
    # "Bez Reklam sp. z o.o." is a name.
    if kind_of(expected.expects).worded.names_itself and not takes_consent_back(text):
        return None
    found = read_consents(text, expected, langs) or read_withdrawal(text, expected, langs)
    if isinstance(found, Consenting) and found.refused and not (found.given or found.base):
        found = with_the_rest(found, text, expected, langs)
    if found is None:
        return None
    # Where letters are to go is said, not that none are, and a button's words are its own.
    if expected.expects is not Expects.consents and ("@" in text or _titled(text, expected)):
        return None
    if isinstance(found, Consenting) and _puts_email_right(text, expected, langs):
        return None
    return found


def _puts_email_right(text: str, expected: Expected, langs: Languages) -> bool:
    """Return whether a message gives another e-mail address: "no, the e-mail isn't that, it's …" refuses no letters."""
    corrected = read_correction(text, expected, langs)
    return corrected is not None and corrected.what == Expects.email and bool(corrected.text)


def _bought_with(
    code: Press | Discount, text: str, expected: Expected, langs: Languages, faq: FaqIndex | None
) -> Meaning | None:
    """Return the wish to buy that a message with a code begins with: the code is kept as a fact beside it."""
    if not isinstance(code, Discount) or all(option.payload != _BUY for option in expected.options):
        return None
    rest = re.sub(rf"{_CODE_CUE}\b{re.escape(code.code)}\b", " ", text, flags=re.I).strip()
    if rest == text or not rest:
        return None
    wish = _in_words(rest, expected, langs, faq)
    bought = wish == Press(_BUY) or (isinstance(wish, Intent) and wish.name in _BUYING)
    return wish if bought else None


def _wished(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    """Return what a message wants, if need be without its greeting: "good morning, how do I turn it on?"."""
    meant = read_wish(text, expected, langs, faq)
    unanswered = isinstance(meant, Unclear) or (isinstance(meant, Intent) and meant.name == OUT_OF_SCOPE)
    asked = without_greeting(text) if unanswered else text
    return meant if asked == text else read_wish(asked, expected, langs, faq)


def _ordered_early(text: str, expected: Expected, langs: Languages) -> Press | None:
    """Return the press of an order that isn't offered yet, by the words that will give it: what is missing is told."""
    if not expected.act:
        return None
    given = read_binding(text, (expected.acting,), expected, langs)
    return given if isinstance(given, Press) else None


def _answered(text: str, expected: Expected, langs: Languages) -> Press | Answer | Unclear | Refusal | None:
    counted, said = kind_of(expected.expects).counts, without_addresses(text)  # a number there is no ordinal
    if expected.step == "quantity" and tells_a_total(fold_words(text)):
        return Unclear((), text)  # how many more there are to be is asked
    named = expected.expects is not Expects.quantity and _titled(text, expected)  # "10-49" on a button is no range
    answer = _attempted(text, expected, langs) if counted and not named else None
    pressed = read_skip(text, expected, langs) or with_amount(said, expected, langs)
    pressed = answer or pressed or read_choice(said, expected, langs)
    if said != text and _binds(pressed, expected):  # what it adds, an address, is of no closed vocabulary
        pressed = None
    if pressed is not None and not _titled(text, expected) and _asks_for_deletion(text, langs):
        return None  # "delete my data" at a page called "my data"
    if isinstance(pressed, Press) and not _titled(text, expected):
        acts = turns_renewal_off(text, langs)  # more than a look at the page where it is turned off
        off = pressed.payload.endswith(_LEFT) and (acts or renewal_beside(text, langs) == "no")
        if off or (pressed.payload in _BEGINNING and orders_nothing(text, expected)):
            return None
        if pressed.payload.startswith(_ZONE) and (acts or not is_asked_for(text, langs)):
            pressed = None
    if isinstance(pressed, Press) and _orders_by_it(pressed, text, expected, langs):
        return None
    if pressed is not None and asks(text, langs) and not _names_one(pressed, text, expected, langs):
        return _attempted(text, expected, langs)
    return replace(pressed, words=text) if isinstance(pressed, Press) else pressed or _attempted(text, expected, langs)


def _names_one(pressed: Press | Answer | Unclear | Refusal, text: str, expected: Expected, langs: Languages) -> bool:
    """Return whether an answer may be given by asking for it, such as a way to pay; no yes or no, none that binds."""
    if not isinstance(pressed, Press):
        return isinstance(pressed, Answer)
    if asked_about(likeliest(text, langs)).name in ASKED:
        return False
    return not _binds(pressed, expected) and pressed.payload.rpartition(":")[2] not in _AGREEING


def _orders_by_it(pressed: Press, text: str, expected: Expected, langs: Languages) -> bool:
    """Return whether a way to pay is named for an order that is wished for: "the same again, by card"."""
    offered = any(option.payload == _BUY for option in expected.options)
    if not offered or not pressed.payload.startswith("method:"):
        return False
    top = likeliest(text, langs)
    return top.name in _ORDERING and top.confidence >= _ORDERS


def _binds(pressed: Press | Answer | Unclear | Refusal | None, expected: Expected) -> bool:
    if not isinstance(pressed, Press):
        return False
    return any(option.binds is not None for option in expected.options if option.payload == pressed.payload)


def _titled(text: str, expected: Expected) -> bool:
    """Return whether the message is nothing but a button's own words."""
    said = fold_words(text[:400])
    return any(fold_words(title) == said for option in expected.options for title in option.titles)


def _asks_for_deletion(text: str, langs: Languages) -> bool:
    top = likeliest(text, langs) if names_deleting(text) else None
    return top is not None and top.name == "delete_my_data" and top.confidence >= _DELETING


def _attempted(text: str, expected: Expected, langs: Languages) -> Answer | None:
    if expected.code:
        return _letter_code(text, expected, langs)
    if not has_closed_form(expected.expects):
        told = told_answer(text, expected.expects)
        return Answer(told) if told is not None else None
    said = text[:_LONGEST_TO_SEARCH]
    if numeric(expected.expects) and (cut := without_addresses(said)) != said:  # the digits of an address aren't asked
        tried = attempt(cut, expected.expects, expected, langs)
        return None if tried is None else Answer(text, tried.value or cut.replace("_", " ").strip())
    tried = attempt(said, expected.expects, expected, langs)
    value = tried.value if tried is not None else None
    if value is not None and expected.expects is Expects.quantity:
        return Answer(text, as_change(said, value))
    return None if tried is None else Answer(text, value)


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
