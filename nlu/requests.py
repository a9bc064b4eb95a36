"""Messages that are no value for the open step: an intent, an entry of the FAQ, or the text itself is meant.

Each is taken only as surely as what the desk would do about it demands; a doubt between two is asked back.
"""

import re
from collections.abc import Sequence

from msgspec.structs import replace

from nlu.answers import closed, names_itself
from nlu.choices import FREE_VERSION, is_lost, read_request
from nlu.corrections.sentences import without_the_old
from nlu.entities.extract import extract
from nlu.entities.vat_numbers import NAMED
from nlu.intents.as_meant import as_meant, is_assent
from nlu.intents.score import OUT_OF_SCOPE, THRESHOLD, Scored, rank
from nlu.languages.language import Languages
from nlu.named.renewal_taken_back import names_renewal, takes_back_renewal
from nlu.named.taken_back import plainly_wipes
from nlu.questions.asking import ASKED, asked_about, asks
from nlu.questions.faq import MARGIN, FaqHit, FaqIndex, near
from nlu.questions.faq import THRESHOLD as FAQ_THRESHOLD
from nlu.questions.side_questions import ABOUT_THE_STEP, SURE, read_side_question
from nlu.questions.telling import share_known, weight, words_of_its_own
from nlu.tokens import tokens
from values.kinds import kind_of
from values.meaning import Answer, Expected, Expects, Faq, Intent, Meaning, NavigationCommand, Unclear
from values.parsing import fold_words

_HAS_ONE, _OFFERED = "account:existing", "account:yes"
_FREE_TEXT_THRESHOLD = 0.85
_FREE_TEXT_QUESTION = 0.6
_CLOSE = 0.02
_UNSURE = 0.72
_OWN = 0.9
# Wishes that leave the open question. One or two words that may as well be meant for it aren't taken for them.
_LEAVING = frozenset({"forgot_password", "log_in", "sign_up"})
_NAMED = frozenset("choose_payment_method pay apply_discount_code order_addon choose_plan".split())
_ANSWER_WORDS = 2
_LONGER_THAN_A_NAME, _LONGER_THAN_A_FIRM = 3, 4
_NAMED_SO = re.compile(r"[\"„”“«»]|\b(?:sp|s|z|o)\.|\b(?:srls?|spa|snc|sas|ltd|llc|inc|gmbh|ag|ug|kg)\b", re.I)
_TOLD = 0.7
_HOUSE = re.compile(r"\s*(?:[^\W\d_][\w.'’-]*\s+){1,4}\d+\s?\w?(?:\s?/\s?\d+\w?)?\s*")
_ASKED, _ASKED_SO = 0.75, 0.95
_ACTS, _UNDOES = 0.6, 0.85
"""The least confidence for what the desk would do something about, and for what throws answers away.

What it only answers may be less sure.
"""
_ACTS_IF_ASKED, _SURELY = 0.8, 0.95
_SEEN_BY_OTHERS = frozenset({"talk_to_agent", "complaint"})
_MOST_HITS, _MOST_OFFERED = 8, 2
_SUPPORTS, _SUPPORT, _OUTSIDE = 0.85, 0.25, 0.3
"""From this confidence on the intent's own entry is so much the nearer; another matter makes all so much less near."""
_OF_THE_STEP, _OF_THE_DESK = 1, 2
"""So many telling words of its own may a question have that is about the open step, or about the desk."""
_ANSWERED = frozenset({"ask_price", "payment_status", "ask_renewal", "ask_payment_methods"})
_LEAST_KNOWN, _LEAST_IF_SURE, _SURE_OF_IT = 0.45, 0.25, 0.95
_WISHES = frozenset({"activate_einvoice", "choose_plan"})
"""Said without a question these are wishes, whatever article tells of them."""
_TOLD_BY_DESK = {"ask_price": 0.9, "payment_status": _ASKED}
"""The desk tells these from its books, unless an entry is as near as this."""
_COURTESIES, _ASKED_FOR_NOTHING = frozenset({"greet", "goodbye", "thank"}), 0.7
_TURNING = frozenset({"back", "cancel", "restart", "help", "talk_to_agent", "change_language"})
_UNDOING = frozenset({"cancel", "restart", "delete_my_data", "cancel_subscription"})
_SUBJECT_NAMED = re.compile(
    r"\b(?:zgod|regulamin|rodo|prywatn|klauzul|consens|termini|condizion|privacy|clausol|consent|terms|hasl|password"
    r"|e?faktur|e?fattur|e?invoic|ksef|sdi|odn[ao]w|przedluz|rinnov|renew|rabat|scont|discount)"
)
_QUESTION_ABOUT = re.compile(r"\b(?:pytani[ea]|domand[ae]|questions?|fragen?) (?:o|su\w{0,3}|about|zu\w?)\b")
"""Whoever has a question about a subject that the profile has a place for is sent there."""
_SUBJECTS = frozenset("ask_price invoice_problem payment_status resend_code talk_to_agent".split())
_SMALL_TALK = frozenset({"greet", "affirm", "deny", "thank", "goodbye", "inform", OUT_OF_SCOPE})
_TELLING = ASKED.union(_SMALL_TALK).union(
    "ask_password_rules ask_einvoice ask_ksef ask_renewal ask_consent ask_customer_number ask_payment_methods"
    " invoice_problem help complaint choose_plan payment_status activate_einvoice".split()
)
"""Nothing is done about these but to answer."""
_LONGEST_REQUEST = 1000  # what stands behind is no part of a request; finding values in all of it would take a while


def read_wish(text: str, expected: Expected, langs: Languages, faq: FaqIndex | None) -> Meaning:
    """Return what a message wants that is neither a button nor a value: a wish, a question, a text as an answer."""
    kind = kind_of(expected.expects)
    says_all = kind.worded.says_all
    if not says_all and is_lost(text, langs):
        return Intent("help", 1.0, (), text)
    aside_too = "?" in text or not (expected.free_text or kind.worded.asks_by_mark)
    if aside_too and (aside := _aside(text, langs, SURE)) is not None:
        return Intent(f"ask_{aside}", _OWN, (), text)
    asked = not says_all and asks(text, langs)
    not_renewed = not says_all and takes_back_renewal(text)
    if not_renewed and not asked:
        return Intent("renewal_off", _OWN, (), text)  # an act, whatever article tells of it
    free = expected.free_text or (kind.form == "words" and not (asked and _is_no_name(text, expected.expects)))
    hits = _hits(text, faq, langs)
    hit = next(iter(hits), None)
    ranked = [scored for scored in rank(text, langs) if scored.name not in ("affirm", "deny") or not asked]
    ranked = [asked_about(scored) for scored in ranked] if asked else ranked
    ranked = as_meant(ranked, text, langs)
    if ranked and ranked[0].name == "affirm" and _asks_for_a_fact(expected) and is_assent(text):
        return Intent(OUT_OF_SCOPE, _OWN, (), text)
    if expected.expects is Expects.nothing and not names_renewal(text):  # "bez sensu" stops none that isn't asked about
        ranked = [scored for scored in ranked if scored.name != "renewal_off"]
    if hit is not None and hit.named:  # what the profile has a place for isn't another firm's matter
        ranked = [scored for scored in ranked if scored.name != OUT_OF_SCOPE]
    if closed(expected.expects) and len(tokens(text[:80])) <= _ANSWER_WORDS:
        ranked = [scored for scored in ranked if scored.name not in _LEAVING]
    top = ranked[0] if ranked else Scored(OUT_OF_SCOPE, 0.0)
    hits = _supported(hits, ranked)
    hit = next(iter(hits), None)
    if (not free or "?" in text) and (own := read_request(text, langs)) is not None:
        return Intent(own, _OWN, (), text)
    answer = _from_faq(text, top, hits, asked=asked)
    if not_renewed and answer is None:
        return Intent("ask_leaving", _OWN, (), text)
    aside_too = aside_too and _names_nothing(text, top, hit, faq)
    if aside_too and (aside := _aside(text, langs, ABOUT_THE_STEP)) is not None:
        return Intent(f"ask_{aside}", _OWN, (), text)
    if free and not _interrupts(text, top, expected) and (answer is None or not _may_ask(text, expected)):
        return Answer(without_the_old(text, langs) if kind.worded.place else text)
    if answer is not None:
        return answer
    if (own := read_request(text, langs, FREE_VERSION)) is not None:
        return Intent(own, _OWN, (), text)
    if top.name == "change_language" and expected.expects is Expects.tax_number and NAMED.search(text) is not None:
        return Answer(text)  # "we're Italian, we only have a partita IVA" is about the number
    if (wipes := plainly_wipes(text, langs)) is not None and not free:
        return wipes
    if _sureness(top, ranked) < _least(top, asked=asked) or (asked and _is_elsewhere(text, top, langs)):
        return Answer(text) if free else _unanswered(text, hits, expected, top, asked=asked)
    if faq is not None and faq.has(top.name):  # its label alone is no answer
        return _offering((top.name, *near(hits)), text)
    if top.name == OUT_OF_SCOPE and asked and (offered := near(hits)):
        return _offering(offered, text)
    return _meant(text, ranked, langs)


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


def _names_nothing(text: str, top: Scored, hit: FaqHit | None, faq: FaqIndex | None) -> bool:
    """Return whether neither an entry of the FAQ nor a question that the desk answers is surely meant.

    "What do you need that for?" is about the open step; about consents it is where they are named.
    """
    told = hit is not None and (hit.named or hit.confidence >= _TOLD)
    named = _SUBJECT_NAMED.search(fold_words(text[:_LONGEST_REQUEST])) is not None
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


def _interrupts(text: str, top: Scored, expected: Expected) -> bool:
    """Return whether a text at a free-text step is a request rather than the answer."""
    words = len(tokens(text[:400]))
    if expected.expects is Expects.street and _HOUSE.fullmatch(text) is not None:
        return False  # "Ring 1" asks nobody to ring
    if top.name in _NAMED and "?" not in text and names_itself(text, expected.expects):
        return False  # "Blik i Karta sp. z o.o." is called so
    if expected.expects is Expects.free_text and top.name not in _TURNING:
        return False  # a report is about something: that is its text
    if "?" in text:
        return top.confidence >= _FREE_TEXT_QUESTION and top.name not in ("affirm", "deny")
    return top.confidence >= _FREE_TEXT_THRESHOLD and words >= 2 and top.name not in _SMALL_TALK


def _hits(text: str, faq: FaqIndex | None, langs: Languages) -> list[FaqHit]:
    """Return the entries nearest to a text."""
    if faq is None:
        return []
    rarity = next((lang.classifier().rarity for lang in langs if lang.classifier is not None), None)
    own = langs[0].code
    if rarity is None:
        return faq.find(text, own, most=_MOST_HITS)
    return faq.find(text, own, lambda word: weight(rarity(word)), _MOST_HITS)


def _supported(hits: list[FaqHit], ranked: Sequence[Scored]) -> list[FaqHit]:
    """Return the entries, the nearest first: the one of the intent's name is the nearer, for another matter none is."""
    top = ranked[0] if ranked else Scored(OUT_OF_SCOPE, 0.0)
    outside = next((scored.confidence for scored in ranked if scored.name == OUT_OF_SCOPE), 0.0)

    def meant(hit: FaqHit) -> float:
        if hit.named:
            return hit.confidence
        own = _SUPPORT * top.confidence if hit.id == top.name and top.confidence >= _SUPPORTS else 0.0
        return max(0.0, hit.confidence + own - _OUTSIDE * outside)

    return sorted((replace(hit, confidence=meant(hit)) for hit in hits), key=lambda hit: -hit.confidence)


def _from_faq(text: str, top: Scored, hits: Sequence[FaqHit], *, asked: bool) -> Faq | None:
    """Return the entry that answers, where no request that the desk acts on stands above it."""
    if not hits:
        return None
    hit, second = hits[0], hits[1].confidence if len(hits) > 1 else 0.0
    sure = top.confidence >= THRESHOLD
    acts = sure and (top.name not in _TELLING or (hit.named and top.name == "complaint"))
    acts = acts and not (hit.named and _QUESTION_ABOUT.search(fold_words(text[:_LONGEST_REQUEST])))
    if acts and not asked and not hit.named and hit.confidence < _ASKED_SO:
        return None
    if top.confidence >= _ACTS_IF_ASKED and hit.confidence < _TOLD_BY_DESK.get(top.name, 0.0):
        return None
    if not asked and top.name in _WISHES and top.confidence >= _ACTS_IF_ASKED and hit.confidence <= top.confidence:
        return None
    if hit.confidence < FAQ_THRESHOLD or (hit.confidence - second < MARGIN and not hit.named):
        return None
    buys = sure and top.name == "choose_plan" and not asked  # "buy now" isn't a question about what is sold
    if (acts or buys) and hit.confidence <= (top.confidence if hit.named or not asked else _ASKED):
        return None
    return Faq(hit.id, min(1.0, hit.confidence)) if top.name != "resend_code" or not sure else None


def _aside(text: str, langs: Languages, kinds: tuple[str, ...]) -> str | None:
    """Return the question about the step or the desk that a text asks, if it has few words of anything else."""
    found = read_side_question(text, langs, kinds)
    if found is None:
        return None
    most = _OF_THE_DESK if found in SURE else 0 if found == "need" else _OF_THE_STEP
    return found if words_of_its_own(text, f"ask_{found}", langs) <= most else None


def _is_elsewhere(text: str, top: Scored, langs: Languages) -> bool:
    """Return whether a question that the desk would answer by its intent alone is about something else."""
    least = _LEAST_IF_SURE if top.confidence >= _SURE_OF_IT else _LEAST_KNOWN
    return top.name in _ANSWERED and share_known(text, top.name, langs) < least


def _unanswered(text: str, hits: Sequence[FaqHit], expected: Expected, top: Scored, *, asked: bool) -> Meaning:
    """Return the entries near a question that has no answer, else that nothing is understood.

    Where a person is probably wanted one is offered.
    """
    if top.name in _SEEN_BY_OTHERS and top.confidence >= _ACTS:
        return Unclear((top.name,), text)
    offered = near(hits) if asked else ()
    return _offering(offered, text) if offered else _not_understood(text, expected, top)


def _offering(entries: Sequence[str], text: str) -> Unclear:
    """Return the entries that are offered as buttons, two at most."""
    return Unclear(tuple(f"faq:{one}" for one in dict.fromkeys(entries))[:_MOST_OFFERED], text)


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
    if kind_of(expected.expects).one_word and len(text.split()) <= 2:
        return Answer(text)
    return Intent(OUT_OF_SCOPE, round(1 - top.confidence, 3), (), text)
