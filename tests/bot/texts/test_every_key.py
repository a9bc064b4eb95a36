"""No text lacks its key: where the code builds one from a value, every value has words, for each seller and language.

A key that is built in a new way has to be entered in `BUILT`, with the values that it may be built from; whatever is
sold or owned has a name. Every reason that a service gives has words in every sentence that names one: a sentence is a
key built from a field of an event, a reason is what the event is made with. Where that is no constant, `GIVEN` says of
what it may be; a new one has to be entered there."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import get_args

import pytest
from msgspec import Struct
from msgspec.structs import fields, replace

from bot.profile.load import load
from bot.profile.profile import Profile
from bot.texts.catalogue import Catalogue
from bot.texts.speech.vocabulary import SIGNS
from bot.texts.toml_tables import common
from bot.usecases.billing.refunds import Became
from bot.usecases.emails.informational import TO_PAY
from dialogs import messages
from dialogs.explorer.outcomes import CODE_ENDS, LIMITS
from dialogs.explorer.samples import SECRETS
from dialogs.journey import ALL, journey_of
from dialogs.kit.card import ROWS
from dialogs.kit.hear import MOVES
from dialogs.messages import letters
from dialogs.order.products import product_word, program_word, word_quantity
from nlu.corrections.correction_words import NOUNS
from services.accounts.one_time_links import PURPOSES
from services.contacts import code_quotas
from services.orders.withdrawals import Decision
from services.payments.book import record
from services.payments.transfers import Reason
from tests.architecture.rooms import ROOT, sources, tree
from tests.table import table
from values.account_view import EInvoiceStatus
from values.channel import Channel
from values.locale import SHIPPED
from values.meaning import OtherKind
from values.offer import NotGood, Spent
from values.payment import is_offline
from values.rules import NOTE_ACTIVATED, NOTE_EMAIL_REPLACED, NOTE_KEPT, NOTE_MONEY_BACK, NOTE_USER_NAME, Entry
from values.seller import Seller
from values.term import years_of

Values = Callable[[Profile], Iterable[str]]
PROFILES = [*sorted(path.parent for path in (ROOT / "profiles").glob("*/profile.toml")), ROOT / "bot/profile/template"]
KEY_AT = {"Say": 0, "Option": 1, "Word": 0, "words": 0}
# Pages that mail leads to, and letters that other rooms name literally.
BACK = ("part", "whole", "ended", "failed", "dispute", "dispute_won", "dispute_lost")
KEPT = (*(reason for reason in get_args(Reason) if reason != "booked_before"), *get_args(Became))
PAGES_ONLY = ("log_in_digits", "not_me", "stop_reminders", "stop_unfinished", "export", "export_files", "erase")
LETTERS = (
    *(purpose for purpose in PURPOSES if purpose not in PAGES_ONLY),
    *("no_account", "invoice_issued", "renewal", "renewal_to_pay", "renewal_charge", "renewal_charged"),
    *("renewal_lapsed", "renewal_ended", "renewal_unsold", "unfinished", "log_in_told", "log_ins_told"),
)


def of(*values: str) -> Values:
    return lambda _profile: values


def named(profile: Profile) -> Iterator[str]:
    """Steps whose answers are said back and may be changed."""
    found = journey_of(profile.seller).steps
    return (
        s.name for s in found if s.slots and s.manners.counted and s.expects not in ("wait", "secure_page", "payment")
    )


def asked(profile: Profile) -> Iterator[str]:
    never = {"account.consents"} if not profile.seller.consents else set[str]()
    found = journey_of(profile.seller).steps
    asked = (step for step in found if step.expects != "wait" and not step.manners.joint)
    return (step.path for step in asked if step.path not in never)


def refusable(profile: Profile) -> Iterator[str]:
    """Steps whose own question binds and may be answered with a no."""
    found = {step.path for step in journey_of(profile.seller).steps}
    agreed = {f"order.{document.id}" for document in profile.seller.documents if document.id in ("terms", "clauses")}
    given = {"account.consents", "personal.consents"} if profile.seller.consents else set[str]()
    return (path for path in sorted(found & (agreed | given | {"order.pay", "company.statement"})))


def methods(profile: Profile) -> tuple[str, ...]:
    seller = profile.seller
    return (*seller.methods, *(("other", "first") if seller.other_methods else ()))


def offline(profile: Profile) -> Iterator[str]:
    return (method for method in profile.seller.methods if is_offline(method))


def documents(profile: Profile) -> Iterator[str]:
    return (document.id for document in profile.seller.documents)


def consents(profile: Profile) -> Iterator[str]:
    return (consent.id for consent in profile.seller.consents)


def addons(profile: Profile) -> Iterator[str]:
    return (addon.id for addon in profile.seller.addons)


def plans(profile: Profile) -> Iterator[str]:
    return (plan.id for plan in profile.seller.plans)


def sent(profile: Profile) -> tuple[str, ...]:
    """Notes by the names of their texts."""
    always = (NOTE_USER_NAME, f"{NOTE_USER_NAME}_unknown", NOTE_EMAIL_REPLACED)
    activated = (f"{NOTE_ACTIVATED}_renewed",) if profile.seller.sells else ()
    by_hand = (f"{note}_{method}" for note in TO_PAY for method in offline(profile))
    back = (f"{NOTE_MONEY_BACK}_{kind}" for kind in BACK) if profile.seller.sells else ()
    kept = (f"{NOTE_KEPT}_{reason}" for reason in KEPT) if profile.seller.sells else ()
    return (*always, *profile.seller.notes, *activated, *by_hand, *back, *kept)


def questions(profile: Profile) -> Iterator[str]:
    return (entry for _step, entries in profile.seller.questions for entry in entries)


BUILT: dict[str, Values] = {
    "account.letter_failed.{}": of(*letters.LETTER_REASONS),
    "addon.{}.ask": addons,
    "answer.{}.{}": lambda p: (f"{q.id} {one}" for q in p.seller.own_questions for one in q.options),
    "addon.{}.count": addons,
    "addon.{}.title": addons,
    "card.{}.title": of(*ROWS),
    "card.{}.{}": lambda p: (f"{kind} {row}" for kind in ROWS for row in ROWS[kind] if row != "years"),
    "zone.change_refused.{}": of("same", "waits", "late", "other"),
    "company.from_program.{}": lambda p: p.seller.company.from_program,
    "consent.{}.text": lambda p: (*consents(p), *documents(p)),
    "consent.{}.title": consents,
    "personal.log_in_{}": of("ended", "gone"),
    "log_in.digits_{}": of("wrong", "over"),
    "contact.code_{}": of("expired", "exhausted", "blocked"),
    "contact.letter_code.{}": of("expired", "exhausted", "too_many_today"),
    "contact.letter_failed.{}": of(*letters.LETTER_REASONS),
    "contact.limited.{}": of(*LIMITS),
    "contact.not_sent.{}": of("number_refused", "unavailable"),
    "einvoice.refused.{}": of("no_company", "not_paid"),
    "einvoice.{}": of(*get_args(EInvoiceStatus)),
    "elsewhere.channel.{}": of(*Channel),
    "faq.{}": questions,
    "faq.{}.title": questions,
    "{}.asked": lambda p: (f"faq.{entry}" for entry in p.seller.answers),
    "kit.lapsed.{}": of("code", "late", "link", "page"),
    "language.{}": lambda p: p.seller.locales,
    "link.{}": lambda p: ("secure_page", "payment", "login", "telegram", "web", *offline(p)),
    "mail.erased.{}": of("subject", "text", "foot"),
    "mail.support.{}": of("text", "subject", "button", "customer", "desk"),
    "mail.ticket.{}": of("dispute", "company_data"),
    "mail.{}.subject": of(*LETTERS),
    "mail.{}.{}": of(*(f"{letter} {part}" for letter in LETTERS for part in ("text", "button"))),
    "note.by_hand.{}": of("page", "qr"),
    "note.{}.subject": sent,
    "note.{}.text": sent,
    "offer.{}": lambda p: plans(p) if "cart" in p.seller.dialogs else (),
    "on_file.number_{}": of("unknown", "unsure", "registered", "no_contact"),
    "option.own.{}": of("yes", "no"),
    "option.{}.last": of("own"),
    "option.{}.skip": lambda p: (question.id for question in p.seller.own_questions),
    "option.account.{}": of("new", "existing"),
    "option.addons.{}": of("none", "enough"),
    "option.auto_renewal.{}": of("yes", "no"),
    "option.changed_terms.{}": of("terms", "clauses", "auto_renewal"),
    "option.consents.{}": of("required", "all", "done"),
    "option.contact_channel.{}": of("sms", "email"),
    "option.elsewhere.{}": of("telegram", "web", "several"),
    "option.helpful.{}": of("yes", "no"),
    "option.legal_form.{}": lambda p: p.seller.company.legal_forms,
    "option.method.{}": methods,
    "option.pec_ordinary.{}": of("yes", "no"),
    "option.product.{}": lambda p: p.seller.company.products,
    "option.open_order.{}": of("pay", "cancel"),
    "option.renew.{}": of("now", "later", "stop"),
    "option.service.{}": of("subscription", "extension"),
    "option.start.{}": of(*get_args(Entry)),
    "option.years.{}": lambda p: (
        str(years) for plan in p.seller.plans for term in plan.terms if (years := years_of(term)) is not None
    ),
    "option.zone.{}": of(
        *("home", "my_account", "payment", "companies", "add_company", "einvoice", "invoices", "my_data", "renewal"),
        *"methods free_version reminders payments contacts consents settings password log_out".split(),
        *("export", "erase"),
    ),
    "option.{}": of(*MOVES),
    "option.{}.accept": of("terms", "clauses"),
    "option.{}.{}": of(*(f"{which} {way}" for which in ("card", "paypal") for way in ("new", "saved", "another"))),
    "order.letter_failed.{}": of(*letters.NOTE_REASONS),
    "order.refused.{}": of(
        *("account_pending", "company_unconfirmed", "order_open", "price_changed", "words_changed", "words_unknown"),
        *("repriced", "unsold"),
        *("discount_expired", *(f"discount_{why}" for why in get_args(Spent))),
    ),
    "order.renewal_refused.{}": of("declined", "needs_payer", "gone", "expired", "unanswered"),
    "order.unfit.{}": of(*get_args(NotGood)),
    "withdrawal.before.{}": of("accepted"),
    "withdrawal.{}": of("kept", "again", "accepted", "refused"),
    "own_data.erased.{}": of("here", "elsewhere", "seller"),
    "part.{}": lambda p: {dialog.shown_as for dialog in journey_of(p.seller).dialogs.values()},
    "payment.back.{}": of(*BACK),
    "payment.code.{}": of(*CODE_ENDS),
    "payment.instructions.{}": offline,
    "payment.kept.{}": of(*KEPT),
    "payment.{}": of(*(status for status in get_args(record.Status) if status != "failed"), "failed"),
    "plan.{}": lambda p: (*plans(p), *p.seller.former, *filter(None, (p.seller.free_version,))),
    "program.{}": lambda p: (program.product for program in p.seller.programs),
    "refused.{}": of("email.invalid", "phone.invalid", "tax_number.checksum"),  # all of them: test_common.py
    "refused.discount_code.{}": of(*get_args(NotGood), *get_args(Spent)),
    "renewal.refused.{}": of("nothing_owned", "order_open"),
    "other_kind.{}": of(*get_args(OtherKind)),
    "secret.{}": of(*SECRETS),
    "speech.{}": of(*SIGNS),
    "zone.{}": of("settings", "payments"),
    "label.{}": lambda p: (*named(p), "terms", "clauses"),
    "edit.{}": named,
    "{}.ask": asked,
    "{}.none_ticked": of("own"),
    "{}.declined": refusable,
    "{}.help": asked,
    "{}.hint": asked,
}


def built() -> Iterator[tuple[str, str]]:
    """Every key that the code builds from values, its places shown as {}, with where."""
    for path in sources("dialogs", "bot"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and len(node.args) > (at := KEY_AT.get(called(node.func), 99)):
                for part in ast.walk(node.args[at]):
                    if isinstance(part, ast.JoinedStr):
                        pieces = (p.value if isinstance(p, ast.Constant) else "{}" for p in part.values)
                        yield "".join(map(str, pieces)), f"{path.name}:{node.lineno}"


def called(func: ast.expr) -> str:
    return func.id if isinstance(func, ast.Name) else func.attr if isinstance(func, ast.Attribute) else ""


def keys(profile: Profile) -> Iterator[str]:
    """All that may be built for a seller; two places take two words of a value."""
    for pattern, values in BUILT.items():
        for value in values(profile):
            parts = iter(value.split())
            yield re.sub(r"\{\}", lambda _: next(parts), pattern)  # noqa: B023


def test_every_way_to_build_a_key_is_known() -> None:
    unknown = {f"{pattern} at {where}" for pattern, where in built() if pattern not in BUILT}

    assert not unknown, "enter them in BUILT, with the values that they may take"


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_every_key_that_may_be_built_has_words(folder: Path) -> None:
    profile = load(folder)
    wanted = set(keys(profile))
    for locale in profile.seller.locales:
        assert not (wanted - set(profile.catalogue.texts[locale])), f"add them to the dialog's file in texts/{locale}/"
    assert len(wanted) > 100


def test_each_answer_that_may_be_changed_later_is_called_something() -> None:
    nouns = {name for names, _noun in NOUNS for name in names}
    later = {step.name for dialog in ALL.values() for step in dialog.steps if step.answer.revise == "anew"} - nouns
    for locale in SHIPPED:
        assert {f"called.{name}" for name in later} <= {*common(locale)}, f"add it to bot/texts/{locale}/"


FOLDER = ROOT / "profiles"


def said(catalogue: Catalogue, seller: Seller, product: str) -> list[str]:
    words = (product_word(product, seller), program_word(product, seller), word_quantity(product, 2, seller))
    return [catalogue.fill(w.key, dict(w.params), locale) for w in words for locale in seller.locales]


@table("name", sorted(path.parent.name for path in FOLDER.glob("*/profile.toml")))
def test_whatever_is_sold_or_owned_has_a_name(name: str) -> None:
    profile = load(FOLDER / name)
    seller = profile.seller
    ids = {plan.id for plan in seller.plans} | {addon.id for addon in seller.addons}
    ids |= {program.product for program in seller.programs} | {seller.free_version or "free", "never_heard_of"}
    assert all(words for product in ids for words in said(profile.catalogue, seller, product))


def test_a_plan_that_is_not_sold_any_more_keeps_the_name_that_its_texts_give() -> None:
    seller = replace(load(FOLDER / "fakturasmart").seller, plans=(), former=("standard",))
    assert product_word("standard", seller).key == "plan.standard"
    assert product_word("standard", replace(seller, former=())).key == "word.unlisted"


def test_an_add_on_is_counted_in_pieces_and_a_plan_is_only_named() -> None:
    seller = load(FOLDER / "certified_platform").seller
    assert word_quantity("space", 2, seller).params == (("quantity", 2), ("pieces", 10))
    assert word_quantity("base", 1, seller).key == "plan.base"


MAKING = ("bot/usecases", "bot/handlers", "services")
CODE = re.compile(r"[a-z]+(?:_[a-z]+)*")


def raised(client: str) -> frozenset[str]:
    """Reasons for which a service's client refuses: the constants of its refusals and of what makes them."""
    calls = (n for n in ast.walk(tree(ROOT / client)) if isinstance(n, ast.Call))
    refusals = [call for call in calls if called(call.func) in ("ProviderRefused", "_of_letter")]
    said = (part.value for call in refusals for arg in call.args for part in _values(arg))
    return frozenset(str(value) for value in said if CODE.fullmatch(str(value)))


def _values(arg: ast.expr) -> Iterator[ast.Constant]:
    """Yield what an expression may come to, the sides of a condition without the condition."""
    if isinstance(arg, ast.IfExp):
        yield from (*_values(arg.body), *_values(arg.orelse))
    elif isinstance(arg, ast.Constant):
        yield arg


MAILED = raised("services/messaging/smtp.py")
TEXTS = raised("services/messaging/smsapi.py")
REPRICED = ("repriced", "unsold", "discount_expired", *(f"discount_{why}" for why in get_args(Spent)))
GIVEN: dict[tuple[str, str], frozenset[str]] = {
    ("AccountErased", "by"): frozenset({"here", "elsewhere", "seller"}),
    ("CodeLimited", "issued.reason"): frozenset(get_args(code_quotas.Reason)),
    ("CodeNotSent", "error.reason"): TEXTS,
    ("DigitsRefused", "'over' if right is None else 'wrong'"): frozenset({"over", "wrong"}),
    ("DiscountSpent", "why"): frozenset(get_args(Spent)),
    ("EInvoiceRefused", "switched.reason"): frozenset({"no_company", "not_paid"}),
    ("EInvoiceSwitched", "known.status"): frozenset(get_args(EInvoiceStatus)),
    ("EInvoiceSwitched", "off.status"): frozenset(get_args(EInvoiceStatus)),
    ("EInvoiceSwitched", "switched.einvoice.status"): frozenset(get_args(EInvoiceStatus)),
    ("LapsedOrderChanged", "why"): frozenset(REPRICED),
    ("MoneyBack", "kind"): frozenset(BACK),
    ("NoteFailed", "reason"): MAILED,
    ("NumberRefused", "outcome"): frozenset({"unknown", "registered", "no_contact"}),
    ("PaymentChecked", "refusal"): frozenset(CODE_ENDS),
    ("OrderRefused", "'discount_expired' if judged == 'expired' else 'price_changed'"): frozenset(
        {"discount_expired", "price_changed"}
    ),
    ("OrderRefused", "f'discount_{why}'"): frozenset(f"discount_{why}" for why in get_args(Spent)),
    ("TransferNotBooked", "kept.reason"): frozenset(KEPT),
    ("TransferNotBooked", "became"): frozenset(get_args(Became)),
    ("WithdrawalKept", "kept.decision"): frozenset(get_args(Decision)),
}
"""What an event may be made with where the code holds no constant, by the expression."""
HANDED = {"LetterFailed": MAILED}
"""What an event is made with by whom it is handed to as a class."""
APART = frozenset(
    {
        ("contact.code_{}", "too_many_today"),
        ("contact.letter_code.{}", "too_many_today"),
        ("withdrawal.before.{}", "refused"),
    }
)
"""Reasons that have sentences of their own there."""


@cache
def events() -> dict[str, type[Struct]]:
    rooms = [*walk_packages(messages.__path__, "dialogs.messages."), *walk_packages(["dialogs"], "dialogs.")]
    known = (vars(import_module(room.name)) for room in rooms)
    return {
        name: one for names in known for name, one in names.items() if isinstance(one, type) and issubclass(one, Struct)
    }


@cache
def sentences() -> frozenset[tuple[str, str, str]]:
    """Keys that a reaction builds from a field of its event, with the event and the field."""
    nodes = (node for path in sources("dialogs") for node in ast.walk(tree(path)))
    return frozenset(key for node in nodes if isinstance(node, ast.FunctionDef) for key in _built(node))


def _built(reaction: ast.FunctionDef) -> Iterator[tuple[str, str, str]]:
    told = {one.arg: ast.unparse(one.annotation).rpartition(".")[2] for one in reaction.args.args if one.annotation}
    calls = (node for node in ast.walk(reaction) if isinstance(node, ast.Call) and node.args)
    for key in (call.args[0] for call in calls if called(call.func) in ("Say", "Word")):
        parts = key.values if isinstance(key, ast.JoinedStr) else []
        pattern = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
        for field in (part.value for part in parts if isinstance(part, ast.FormattedValue)):
            if isinstance(field, ast.Attribute) and (event := told.get(ast.unparse(field.value), "")) in events():
                yield pattern, event, field.attr


@cache
def made() -> dict[str, list[ast.Call]]:
    """Places where the house makes these events."""
    named = {event for _pattern, event, _field in sentences()}
    found: dict[str, list[ast.Call]] = {event: [] for event in named}
    for node in (node for path in sources(*MAKING) for node in ast.walk(tree(path))):
        if isinstance(node, ast.Call) and (event := called(node.func)) in named:
            found[event].append(node)
    return found


def reasons(event: str, field: str) -> Iterator[tuple[str, frozenset[str]]]:
    """What the event is made with in the house, each with the expression; empty for one that isn't known."""
    at = [one.name for one in fields(events()[event])].index(field)
    for call in made()[event]:
        named = {one.arg: one.value for one in call.keywords}
        given = named.get(field) or (call.args[at] if len(call.args) > at else None)
        if isinstance(given, ast.Constant):
            yield f"{given.value}", frozenset({str(given.value)})
        elif given is not None:
            yield ast.unparse(given), GIVEN.get((event, ast.unparse(given)), frozenset())
    yield event, HANDED.get(event, frozenset())


def wanted(profile: Profile) -> set[str]:
    """Keys of all sentences with all reasons, for what the profile sells."""
    found: set[str] = set()
    for pattern, event, field in sentences():
        if event != "DefaultMethodSet":
            given = {value for _expression, values in reasons(event, field) for value in values}
            found |= {pattern.format(value) for value in given if (pattern, value) not in APART}
    return found | {f"option.method.{method}" for method in methods(profile)}


def test_it_is_known_what_every_event_may_tell_that_a_sentence_names() -> None:
    found = {(event, field) for _pattern, event, field in sentences()} - {("DefaultMethodSet", "method")}
    unknown = {
        f"{event}: {expression}"
        for event, field in found
        for expression, values in reasons(event, field)
        if not values and expression != event
    }
    assert len(found) > 12
    assert not unknown, "enter it in GIVEN"
    assert {"recipient_refused", "message_refused"} <= MAILED
    assert "number_refused" in TEXTS


@pytest.mark.parametrize("folder", PROFILES, ids=lambda folder: folder.name)
def test_every_reason_has_words_in_every_sentence_that_names_one(folder: Path) -> None:
    profile = load(folder)
    every = wanted(profile)
    for locale in profile.seller.locales:
        assert not (every - set(profile.catalogue.texts[locale])), f"add them to the dialog's file in texts/{locale}/"
