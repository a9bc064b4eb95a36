"""Messages that are no value for the open step: an intent, an entry of the FAQ, or the text itself is meant.

Each is taken only as surely as what the desk would do about it demands; a doubt between two is asked back.
"""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from nlu.answers import has_closed_form, names_itself
from nlu.choices import FREE_VERSION, is_lost, read_request
from nlu.commands import read_command
from nlu.corrections.correction_words import nouns_of
from nlu.corrections.sentences import fold_letters, without_the_old
from nlu.entities.extract import extract
from nlu.entities.terms import find_methods, find_terms
from nlu.entities.vat_numbers import NAMED
from nlu.intents.as_meant import as_meant, is_assent, names_origin
from nlu.intents.score import OUT_OF_SCOPE, THRESHOLD, Scored, rank
from nlu.languages.language import Languages
from nlu.named.own_order import BEGINNING, is_owner, orders_nothing
from nlu.named.renewals import names_renewal, takes_back_renewal, turns_renewal_off
from nlu.named.taken_back import plainly_wipes
from nlu.phrase_lines import wish as wish_words
from nlu.questions.answering import Nearest, likeliest_of, nearest
from nlu.questions.asking import ASKED, asked_about, asks, is_answered
from nlu.questions.faq import STOP, FaqHit, FaqIndex, stems
from nlu.questions.likelihood import SUREST
from nlu.questions.side_questions import (
    ABOUT_THE_STEP,
    OF_THE_OFFER,
    SOLD_HERE,
    SPARING,
    SURE,
    read_side_question,
    rest_beside,
)
from nlu.questions.telling import share_known, words_of_its_own
from nlu.tokens import tokens
from values.expected import Expected
from values.kinds import kind_of
from values.meaning import MOST_OFFERED, Answer, Expects, Faq, Intent, Meaning, NavigationCommand, Unclear
from values.parsing import fold_words
from values.patterns import cached_property, regex

_HAS_ONE, _OFFERED = "account:existing", "account:yes"
_FREE_TEXT_THRESHOLD, _FREE_TEXT_QUESTION = 0.85, 0.6
_CLOSE, _UNSURE, _OWN = 0.02, 0.72, 0.9
# Wishes that leave the open question. One or two words that may as well be meant for it aren't taken for them.
_LEAVING = frozenset({"forgot_password", "log_in", "sign_up"})
_NAMED = frozenset("choose_payment_method pay apply_discount_code order_addon choose_plan".split())
_ANSWER_WORDS = 2
_LONGER_THAN_A_NAME, _LONGER_THAN_A_FIRM = 3, 4
_NAMED_SO = regex(r"[\"„”“«»]|\b(?:sp|s|z|o)\.|\b(?:srls?|spa|snc|sas|ltd|llc|inc|gmbh|ag|ug|kg)\b", re.I)
_TOLD = 0.7
_HOUSE = regex(r"\s*(?:[^\W\d_][\w.'’-]*\s+){1,4}\d+\s?\w?(?:\s?/\s?\d+\w?)?\s*")
_ASKED = 0.75
_ACTS, _UNDOES = 0.6, 0.85
"""The least confidence for what the desk would do something about, and for what throws answers away.

What it only answers may be less sure.
"""
_ACTS_IF_ASKED, _SURELY = 0.8, 0.95
_SEEN_BY_OTHERS = frozenset({"talk_to_agent", "complaint"})
_OF_THE_STEP, _OF_THE_DESK = 1, 2
"""So many telling words of its own may a question have that is about the open step, or about the desk."""
_ASKED_BY_NAME = frozenset({"ask_price", "payment_status", "ask_renewal", "ask_payment_methods", "ask_leaving"})
_ANSWERED = _ASKED_BY_NAME | {"choose_plan", "log_in"}
_OF_PRODUCTS = frozenset({"ask_price", "choose_plan", "order_addon"})
_SEATS = frozenset("user users utent uzytk stano stani seat seats lizen".split())
"""Beginnings of words for what is sold by the number of people."""
_GIVING_WAY = frozenset({"readers", "kept", "pay_later", "pay_by"})
"""Questions about the desk that an entry may answer better."""
_WAITING_FOR_NOTHING = tuple(kind for kind in SURE if kind != "wait")
_LIKE_AN_ENTRY = frozenset(
    "my_number my_customer_number my_method my_plan my_years my_quantity sent what_is_this".split()
)
"""Questions about one's own that give way to an entry which knows all their words."""
_OWN_DATA = regex(
    r"\b(?:mo(?:je|ich|imi)|miei|my|meine\w?) (?:\w+ )?(?:dane|danych|danymi|dati|data|details|daten|information)\b"
)
_WISHED = wish_words("own", "<wish>")
_CODE = regex(r"\b(?:kod\w{0,3}|codic[ei]|codes?)\b")
_ALL_KNOWN = 0.95
_OTHER_WORDS = 2
_WAYS_TO_PAY = "ask_payment_methods"
_LEAST_KNOWN, _LEAST_IF_SURE, _SURE_OF_IT = 0.45, 0.25, 0.95
_WISHES = frozenset({"activate_einvoice", "choose_plan"})
"""Said without a question these are wishes, whatever article tells of them."""
_TOLD_BY_DESK = {"ask_price": 0.9, "payment_status": 0.99}
"""The desk tells these from its books, unless an entry is as near as this."""
_COURTESIES, _ASKED_FOR_NOTHING = frozenset({"greet", "goodbye", "thank"}), 0.7
_TURNING = frozenset({"back", "cancel", "restart", "help", "talk_to_agent", "change_language"})
_UNDOING = frozenset({"cancel", "restart", "delete_my_data", "cancel_subscription"})
_SUBJECT_NAMED = regex(
    r"\b(?:zgod|regulamin|rodo|prywatn|klauzul|consens|termini|condizion|privacy|clausol|consent|terms|hasl|password"
    r"|e?faktur|e?fattur|e?invoic|ksef|sdi|odn[ao]w|przedluz|rinnov|renew|rabat|scont|discount)"
)
_QUESTION_ABOUT = regex(r"\b(?:pytani[ea]|domand[ae]|questions?|fragen?) (?:o|su\w{0,3}|about|zu\w?)\b")
"""Whoever has a question about a subject that the profile has a place for is sent there."""
_SUBJECTS = frozenset("ask_price invoice_problem payment_status resend_code talk_to_agent".split())
_SMALL_TALK = frozenset({"greet", "affirm", "deny", "thank", "goodbye", "inform", OUT_OF_SCOPE})
_TELLING = ASKED.union(_SMALL_TALK).union(
    "ask_password_rules ask_einvoice ask_ksef ask_renewal ask_consent ask_customer_number ask_payment_methods"
    " invoice_problem help complaint choose_plan payment_status activate_einvoice".split()
)
"""Nothing is done about these but to answer."""
_LONGEST_REQUEST = 1000  # what stands behind is no part of a request; finding values in all of it would take a while


class WeighedMessage(Struct, frozen=True, dict=True):
    """A message that is neither a button nor a value, with what its readers ask of it again and again.

    `asked`: it surely asks. `free`: its words would be an answer to the open step. `ranked` are its intents, as they
    are meant, and `top` the likeliest; `hits` are the entries of the FAQ that its words are near to.
    """

    text: str
    expected: Expected
    langs: Languages
    faq: FaqIndex | None
    asked: bool
    free: bool
    ranked: Sequence[Scored]
    hits: Sequence[FaqHit]

    @cached_property
    def near(self) -> Nearest:
        """The entries of the FAQ by their likelihood, which takes longer than finding those that are near."""
        return likeliest_of(self.text, self.hits, self.faq, self.ranked, self.langs)

    @property
    def top(self) -> Scored:
        """The likeliest intent."""
        return self.ranked[0] if self.ranked else Scored(OUT_OF_SCOPE, 0.0)

    @property
    def aside_too(self) -> bool:
        """Tell whether it may be a question about the open step or the desk."""
        return "?" in self.text or not (self.expected.free_text or kind_of(self.expected.expects).worded.asks_by_mark)

    @property
    def says_all(self) -> bool:
        """Tell whether the open step takes whatever is said, questions and calls for help, too."""
        return kind_of(self.expected.expects).worded.says_all

    def sure(self, name: str) -> Intent:
        """Return the intent as one that is read by its own words."""
        return Intent(name, _OWN, (), self.text)


def read_wish(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    """Return what a message wants that is neither a button nor a value: a wish, a question, a text as an answer."""
    wish = _weighed(text, expected, langs, faq)
    return next((meaning for read in _READERS if (meaning := read(wish)) is not None), None) or _meant(wish)


def _weighed(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> WeighedMessage:
    kind = kind_of(expected.expects)
    asked = not kind.worded.says_all and asks(text, langs)
    free = expected.free_text or (kind.form == "words" and not (asked and _is_no_name(text, expected.expects)))
    hits = nearest(text, faq, langs)
    ranked = [scored for scored in rank(text, langs) if scored.name not in ("affirm", "deny") or not asked]
    ranked = [asked_about(scored) for scored in ranked] if asked else ranked
    left = _impossible(text, expected, hits)
    ranked = [scored for scored in as_meant(ranked, text, langs) if scored.name not in left]
    return WeighedMessage(text, expected, langs, faq, asked, free, ranked, hits)


def _impossible(text: str, expected: Expected, hits: Sequence[FaqHit]) -> frozenset[str]:
    """Return the intents that can't be meant where the message stands."""
    left = set(BEGINNING) if is_owner(expected) and orders_nothing(text, expected) else set[str]()
    if expected.expects is Expects.nothing and not names_renewal(text):  # "bez sensu" stops none that isn't asked about
        left.add("renewal_off")
    if expected.expects is Expects.consents:  # none is given yet that could be taken back
        left.add("withdraw_consent")
    if hits and hits[0].named:  # what the profile has a place for isn't another firm's matter
        left.add(OUT_OF_SCOPE)
    if has_closed_form(expected.expects) and len(tokens(text[:80])) <= _ANSWER_WORDS:
        left |= _LEAVING
    return frozenset(left)


# --- the readers, in order: what is read by its own words, then by likeness, each only as surely as it must be ---


def _lost(wish: WeighedMessage) -> Meaning | None:
    lost = not wish.says_all and is_lost(wish.text, wish.langs)
    return Intent("help", 1.0, (), wish.text) if lost else None


def _paused(wish: WeighedMessage) -> Meaning | None:
    """Read what is wished for beside a pause, "hold on, one back"; what is its mere reason isn't: the door, a cat."""
    if not wish.aside_too or _aside(wish.text, wish.langs, ("pause",)) is None:
        return None
    rest = rest_beside(wish.text, "pause", wish.langs)
    asked = asks(rest, wish.langs)
    if not asked and (command := read_command(rest, wish.langs)) is not None:
        return command
    match read_wish(rest, wish.expected, wish.langs, wish.faq):
        case Faq() | Intent() as told if asked and is_answered(told):
            return told
        case Intent(name, confidence) as turn if name in _TURNING and confidence >= _SURELY:
            seen = name in _SEEN_BY_OTHERS and not asked and _WISHED.search(rest) is None
            return wish.sure("ask_pause") if seen else replace(turn, text=wish.text)
        case _:
            return wish.sure("ask_pause")


def _about_the_desk(wish: WeighedMessage) -> Meaning | None:
    """Read a question about the desk itself, unless an entry surely answers."""
    kind = kind_of(wish.expected.expects)
    waits = kind.one_time or kind.form == "elsewhere"
    kinds = SURE if waits else _WAITING_FOR_NOTHING
    aside = _aside(_without_names(wish.text, wish.expected), wish.langs, kinds) if wish.aside_too else None
    if aside == "pay_by" and wish.expected.rows:  # an order's card knows the days of its way to pay
        return wish.sure("ask_pay_by")
    if aside in OF_THE_OFFER and (entry := _entry_of_the_offer(wish, aside)) is not None:
        return Faq(entry, _OWN)
    if aside is None or _told_by_entry(wish, aside, waits=waits):
        return None
    free = aside == "trial" and read_request(wish.text, wish.langs, FREE_VERSION) is not None
    return wish.sure("free_version" if free else f"ask_{aside}")


def _entry_of_the_offer(wish: WeighedMessage, aside: str) -> str | None:
    """Return the seller's own entry about it, which knows what no profile says: the one called so, or asked so."""
    listed = () if wish.faq is None else _entries_asked(wish.faq, aside, wish.langs)
    return next((hit.id for hit in wish.near.hits if hit.id in listed), next(iter(listed), None))


@lru_cache(maxsize=256)
def _entries_asked(faq: FaqIndex, aside: str, langs: Languages) -> tuple[str, ...]:
    """Return the entries called after a question about the offer, else those most of whose ways to ask ask it."""
    named = f"ask_{'currency' if aside == 'price_in' else aside}"
    if faq.has(named):
        return (named,)
    asked = {one: [_aside(way, langs, OF_THE_OFFER) == aside for way in faq.ways(one)] for one in faq.ids}
    return tuple(one for one, found in asked.items() if sum(found) * 4 >= len(found))


def _told_by_entry(wish: WeighedMessage, aside: str, *, waits: bool) -> bool:
    """Return whether an entry of the FAQ tells rather than the desk."""
    entry = wish.near.answer
    if entry is None or (waits and aside == "pay_by"):
        return False
    if aside in _GIVING_WAY:
        return _may_tell(wish, aside, entry.id)
    if aside in OF_THE_OFFER:
        return entry.confidence > SUREST
    asked_so = aside in _LIKE_AN_ENTRY and entry.shared >= _ALL_KNOWN
    return (asked_so or aside in SPARING) and aside != "total" and _from_faq(wish) is not None


def _without_names(text: str, expected: Expected) -> str:
    """Return a question with the name of what is sold as the one word by which cues know it."""
    sold = {word for name in expected.names for word in fold_words(name).split()[:1]}
    words = fold_words(text[:_LONGEST_REQUEST]).split()
    if not sold.intersection(words):
        return text
    return " ".join(SOLD_HERE if word in sold else word for word in words) + ("?" if "?" in text else "")


def _may_tell(wish: WeighedMessage, aside: str, entry: str) -> bool:
    """Return whether an entry may answer better; who sees one's own data is told by one that lists that question."""
    if wish.faq is None or aside != "readers" or _OWN_DATA.search(fold_words(wish.text)) is None:
        return True
    listed = (way for way in wish.faq.ways(entry) if _OWN_DATA.search(fold_words(way)))
    return any(_aside(way, wish.langs, (aside,)) for way in listed)


def _renewal_off(wish: WeighedMessage) -> Meaning | None:
    """Read a renewal taken back: an act, whatever article tells of it."""
    if wish.says_all or wish.asked:
        return None
    off = takes_back_renewal(wish.text) or turns_renewal_off(wish.text, wish.langs)
    return wish.sure("renewal_off") if off else None


def _assent(wish: WeighedMessage) -> Meaning | None:
    """Read an "ok" to a question of fact: no answer."""
    assents = wish.top.name == "affirm" and _asks_for_a_fact(wish.expected) and is_assent(wish.text)
    return wish.sure(OUT_OF_SCOPE) if assents else None


def _about_what_is_asked(wish: WeighedMessage) -> Meaning | None:
    """Read a question about the very thing that the open step asks for, unless an entry knows all its words."""
    if not wish.aside_too or not _names_what_is_asked(wish.text, wish.expected):
        return None
    entry, aside = wish.near.answer, _aside(wish.text, wish.langs, ("step",))
    told = entry is not None and entry.shared >= _ALL_KNOWN
    return None if told or aside is None else wish.sure(f"ask_{aside}")


def _requested(wish: WeighedMessage) -> Meaning | None:
    own = read_request(wish.text, wish.langs) if not wish.free or "?" in wish.text else None
    if own is None:
        return None
    told = not wish.asked and words_of_its_own(wish.text, own, wish.langs) < _OTHER_WORDS  # "I've already paid"
    return None if not told and _is_elsewhere(wish, Scored(own, _OWN)) else wish.sure(own)


def _leaving(wish: WeighedMessage) -> Meaning | None:
    asks_about_it = not wish.says_all and takes_back_renewal(wish.text) and _from_faq(wish) is None
    return wish.sure("ask_leaving") if asks_about_it else None


def _about_the_step(wish: WeighedMessage) -> Meaning | None:
    aside = _aside(wish.text, wish.langs, ABOUT_THE_STEP) if wish.aside_too and _names_nothing(wish) else None
    return None if aside is None else wish.sure(f"ask_{aside}")


def _free_text(wish: WeighedMessage) -> Meaning | None:
    """Read the text itself as the answer, where it neither asks nor asks for anything."""
    if not wish.free or _interrupts(wish) or (_from_faq(wish) is not None and _may_ask(wish.text, wish.expected)):
        return None
    place = kind_of(wish.expected.expects).worded.place
    return Answer(without_the_old(wish.text, wish.langs) if place else wish.text)


def _from_faq(wish: WeighedMessage) -> Faq | None:
    """Return the entry that answers, where no request that the desk acts on stands above it."""
    text, top, asked, hit = wish.text, wish.top, wish.asked, wish.near.answer
    if hit is None:
        return None
    sure = top.confidence >= THRESHOLD
    acts = sure and (top.name not in _TELLING or (hit.named and top.name == "complaint"))
    acts = acts and not (hit.named and _QUESTION_ABOUT.search(fold_words(text[:_LONGEST_REQUEST])))
    if acts and not asked and not hit.named and hit.confidence <= SUREST:
        return None
    if top.confidence >= _ACTS_IF_ASKED and hit.confidence < _TOLD_BY_DESK.get(top.name, 0.0):
        return None
    if not asked and top.name in _WISHES and top.confidence >= _ACTS_IF_ASKED and hit.confidence <= top.confidence:
        return None
    buys = sure and top.name == "choose_plan" and not asked  # "buy now" isn't a question about what is sold
    if (acts or buys) and hit.confidence <= (top.confidence if hit.named or not asked else _ASKED):
        return None
    return Faq(hit.id, min(1.0, hit.confidence)) if top.name != "resend_code" or not sure else None


def _free_version(wish: WeighedMessage) -> Meaning | None:
    own = read_request(wish.text, wish.langs, FREE_VERSION)
    return None if own is None else wish.sure(own)


def _foreign_number(wish: WeighedMessage) -> Meaning | None:
    """Read "we're Italian, we only have a partita IVA" as about the number that is asked for."""
    about = wish.top.name == "change_language" and wish.expected.expects is Expects.tax_number
    named = about and (NAMED.search(wish.text) is not None or names_origin(wish.text))
    return Answer(wish.text) if named else None


def _wiping(wish: WeighedMessage) -> Meaning | None:
    return None if wish.free else plainly_wipes(wish.text, wish.langs)


def _ways_to_pay(wish: WeighedMessage) -> Meaning | None:
    """Read a question whether one may pay so or so as the one about the ways to pay."""
    named = wish.top.name == "choose_payment_method" and wish.faq is not None and wish.faq.has(_WAYS_TO_PAY)
    several = named and len({one.value for one in find_methods(wish.text, wish.langs)[0]}) > 1
    return Faq(_WAYS_TO_PAY, wish.top.confidence) if named and (wish.asked or several) else None


def _unsure(wish: WeighedMessage) -> Meaning | None:
    """Offer what is near, where nothing is surely enough meant for what the desk would do about it."""
    sure = _sureness(wish.top, wish.ranked) >= _least(wish.top, asked=wish.asked)
    if sure and not _is_elsewhere(wish, wish.top):
        return None
    return Answer(wish.text) if wish.free else _unanswered(wish)


def _near(wish: WeighedMessage) -> Meaning | None:
    """Offer the entries that are near: an intent's label alone is no answer."""
    if wish.faq is not None and wish.faq.has(wish.top.name):
        return _offering((wish.top.name, *wish.near.near), wish.text)
    offered = wish.near.near if wish.top.name == OUT_OF_SCOPE and wish.asked else ()
    return _offering(offered, wish.text) if offered else None


_READERS: tuple[Callable[[WeighedMessage], Meaning | None], ...] = (
    _lost,
    _renewal_off,
    _paused,
    _about_the_desk,
    _assent,
    _about_what_is_asked,
    _requested,
    _leaving,
    _about_the_step,
    _free_text,
    _from_faq,
    _free_version,
    _foreign_number,
    _wiping,
    _ways_to_pay,
    _unsure,
    _near,
)


# --- how sure they must be ---


def _asks_for_a_fact(expected: Expected) -> bool:
    """Return whether an account is asked after, none offered: "ok" is neither "I have one" nor "I haven't"."""
    payloads = {option.payload for option in expected.options}
    return _HAS_ONE in payloads and _OFFERED not in payloads


def _sureness(top: Scored, ranked: Sequence[Scored]) -> float:
    """Return how sure it is; "I want to cancel" is what is being filled in, though it may be the service, too."""
    also = next((scored.confidence for scored in ranked if scored.name == "cancel_subscription"), 0.0)
    return top.confidence + also if top.name == "cancel" else top.confidence


def _least(top: Scored, *, asked: bool) -> float:
    """Return the confidence that an intent needs: the more the desk would undo, or others see of it, the more."""
    if top.name in _SEEN_BY_OTHERS:
        return _SURELY
    if top.name == "withdraw_consent":
        return _ACTS_IF_ASKED
    if top.name in _UNDOING:
        return _UNDOES
    if top.name in _COURTESIES:
        return _ASKED_FOR_NOTHING
    if asked and top.name in _WISHES:  # how it is done is told, and nothing done
        return THRESHOLD
    if asked:
        return _ASKED if top.name in _TELLING else _ACTS_IF_ASKED
    return THRESHOLD if top.name in _TELLING else _ACTS


def _names_nothing(wish: WeighedMessage) -> bool:
    """Return whether neither an entry of the FAQ nor a question that the desk answers is surely meant.

    "What do you need that for?" is about the open step; about consents it is where they are named.
    """
    hit, top, faq = wish.near.first, wish.top, wish.faq
    told = hit is not None and (hit.named or hit.confidence >= _TOLD)
    named = _SUBJECT_NAMED.search(fold_words(wish.text[:_LONGEST_REQUEST])) is not None
    answered = top.name in _SUBJECTS or (named and faq is not None and faq.has(top.name))
    least = _TOLD if top.name == "talk_to_agent" else _ACTS  # "why do you want my phone?" asks for nobody
    return not told and not (answered and top.confidence >= least)


def _is_no_name(text: str, expects: Expects) -> bool:
    """Return whether a question is too long for one that is in doubt ("Warszawa?"), where none is the answer.

    A firm may be called anything; only without its form ("sp. z o.o.") or quotation marks a long question is no name.
    """
    words = len(tokens(text[:400]))
    if expects is Expects.company_name:
        return text.rstrip().endswith("?") and words >= _LONGER_THAN_A_FIRM and _NAMED_SO.search(text) is None
    return kind_of(expects).worded.never_asks and words >= _LONGER_THAN_A_NAME


def _may_ask(text: str, expected: Expected) -> bool:
    """Return whether a text at a free-text step may be a question of the FAQ: names of people aren't long."""
    return "?" in text or (expected.expects is Expects.person_name and len(tokens(text[:400])) >= _LONGER_THAN_A_NAME)


def _interrupts(wish: WeighedMessage) -> bool:
    """Return whether a text at a free-text step is a request rather than the answer."""
    text, top, expected = wish.text, wish.top, wish.expected
    words = len(tokens(text[:400]))
    if expected.expects is Expects.street and _HOUSE.fullmatch(text) is not None:
        return False  # "Ring 1" asks nobody to ring
    called = top.name in _NAMED or _NAMED_SO.search(text) is not None
    if called and "?" not in text and names_itself(text, expected.expects):
        return False  # "Blik i Karta sp. z o.o." is called so, and "Druga Firma sp. z o.o."
    if expected.expects is Expects.free_text and top.name not in _TURNING:
        return False  # a report is about something: that is its text
    if "?" in text:
        return top.confidence >= _FREE_TEXT_QUESTION and top.name not in ("affirm", "deny")
    return top.confidence >= _FREE_TEXT_THRESHOLD and words >= 2 and top.name not in _SMALL_TALK


def _aside(text: str, langs: Languages, kinds: tuple[str, ...]) -> str | None:
    """Return the question about the step or the desk that a text asks, if it has few words of anything else."""
    found = read_side_question(text, langs, kinds)
    if found is None:
        return None
    most = 0 if found == "need" else _OF_THE_STEP if found in ABOUT_THE_STEP or found in SPARING else _OF_THE_DESK
    return found if words_of_its_own(text, f"ask_{found}", langs) <= most else None


def _is_elsewhere(wish: WeighedMessage, top: Scored) -> bool:
    """Return whether a question that the desk would answer by its intent alone is about something else."""
    if not (wish.asked or top.name in _ASKED_BY_NAME):
        return False
    if top.name in _OF_PRODUCTS and _names_unsold(wish.text, wish.expected, wish.langs):
        return True
    least = _LEAST_IF_SURE if top.confidence >= _SURE_OF_IT else _LEAST_KNOWN
    return top.name in _ANSWERED and share_known(wish.text, top.name, wish.langs) < least


def _names_what_is_asked(text: str, expected: Expected) -> bool:
    """Return whether a message has the noun of what the open step asks for."""
    said, kind = fold_letters(text[:_LONGEST_REQUEST]), kind_of(expected.expects)
    coded = kind.one_time and _CODE.search(said) is not None
    return coded or nouns_of(expected.expects).search(said) is not None


def _names_unsold(text: str, expected: Expected, langs: Languages) -> bool:
    """Return whether a plan is named, or a seat for one more person, that this seller doesn't have."""
    sold = {stem for name in expected.names for _, stem in stems(name, STOP)}
    plans = [entity.value for entity in find_terms(text[:_LONGEST_REQUEST], langs) if entity.entity == "plan"]
    seats = _SEATS.intersection(stem for _, stem in stems(text[:_LONGEST_REQUEST], STOP))
    return not sold.issuperset((*seats, *(stem for plan in plans for _, stem in stems(plan, STOP))))


def _unanswered(wish: WeighedMessage) -> Meaning:
    """Return the entries near a question that has no answer, else that nothing is understood.

    Where a person is probably wanted one is offered.
    """
    if read_side_question(wish.text, wish.langs, ("pause",)) is not None:
        return wish.sure("ask_pause")  # with its reason: a cat, the door
    if wish.top.name in _SEEN_BY_OTHERS and wish.top.confidence >= _ACTS:
        return Unclear((wish.top.name,), wish.text)
    offered = wish.near.near if wish.asked else ()
    return _offering(offered, wish.text) if offered else _not_understood(wish.text, wish.expected, wish.top)


def _offering(entries: Sequence[str], text: str) -> Unclear:
    """Return the entries that are offered as buttons, two at most."""
    return Unclear(tuple(f"faq:{one}" for one in dict.fromkeys(entries))[:MOST_OFFERED], text)


def _meant(wish: WeighedMessage) -> Meaning:
    text, ranked, langs, top = wish.text, wish.ranked, wish.langs, wish.top
    if top.name == OUT_OF_SCOPE:
        return Intent(OUT_OF_SCOPE, top.confidence, (), text)
    if top.name == "change_language":
        named = (e.value for e in extract(text[:_LONGEST_REQUEST], langs) if e.entity == "language")
        if (language := next(named, "")) in {lang.code for lang in langs}:
            return NavigationCommand("lang", language)
    second = ranked[1] if len(ranked) > 1 else None
    alike = second is not None and top.confidence - second.confidence <= _CLOSE and top.confidence < _UNSURE
    if alike and second is not None and not {top.name, second.name} & _SMALL_TALK:
        return Unclear((top.name, second.name), text)
    return Intent(top.name, top.confidence, (), text)


def _not_understood(text: str, expected: Expected, top: Scored) -> Meaning:
    """Nothing fits: at a typed step a lone word may still be an attempt, which its parser refuses with a reason."""
    if kind_of(expected.expects).one_word and len(text.split()) <= 2:
        return Answer(text)
    return Intent(OUT_OF_SCOPE, round(1 - top.confidence, 3), (), text)
