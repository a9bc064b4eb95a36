"""Contradictions within a profile, and values that are more often a mistake than meant."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from bot.profile import mistakes
from bot.profile.price_checks import price_problems
from bot.profile.problems import ProfileProblem, Tell, line_of
from bot.profile.question_checks import own_question_problems
from bot.profile.schema import ProfileFile
from dialogs.journey import journey
from dialogs.kit.card import ALWAYS, ROWS
from dialogs.own.ways_to_answer import NAME
from services.payments.providers import registry
from values.consent import VOICE
from values.payment import OFFLINE_METHODS
from values.term import A_YEAR, months_of, written_term

# What each dialog leans on: the dialogs that must come before it.
AFTER = {
    **dict.fromkeys(("renewal", "on_file", "contact", "company", "einvoice"), "account"),
    "orderer": "renewal",
    "lost_password": "on_file",
    "order": "company",
    "payment": "order",
}
# What customers who sign up by their number need.
BY_NUMBER = ("on_file", "lost_password", "contact")
# The documents that a dialog has accepted, by the ids under which the acceptance is recorded.
DOCUMENTS = {"einvoice": ("einvoice",)}


def offer_problems(file: ProfileFile, path: Path, source: str) -> Iterator[ProfileProblem]:
    """Yield all contradictions within `profile.toml`."""

    def problem(place: Sequence[str | int], what: str, remedy: str) -> ProfileProblem:
        return ProfileProblem(path, line_of(source, place) or 1, what, remedy)

    for of in (
        _doubles,
        _chargeable_problems,
        _code_problems,
        _method_problems,
        _provider_problems,
        _company_problems,
        _dialog_problems,
        _renewal_problems,
        price_problems,
        _card_problems,
        _document_problems,
        _question_problems,
        _refund_problems,
        own_question_problems,
    ):
        yield from of(file, problem)
    if file.password.min > file.password.max:
        yield problem(("password", "min"), "the shortest password is longer than the longest", "Lower `min`.")
    if not mistakes.is_time_zone(file.time_zone):
        yield problem(
            ("time_zone",),
            f"there is no time zone {file.time_zone}",
            mistakes.suggest_zone(file.time_zone, (file.country, *file.locales)),
        )


def _doubles(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield names that occur twice among those that nothing else tells apart, each with both lines."""
    for kinds, ids in _ids(file).items():
        lines: dict[str, int] = {}
        for place, name in ids:
            if name in lines and len(place) == 1:
                yield problem(place, f"{name} stands twice among {kinds}", "Keep one of them.")
            elif name in lines:
                what = f"{name} stands twice among {kinds}, in line {lines[name]}, too"
                yield problem(place, what, "Keep one of them, or give it another name.")
            lines.setdefault(name, problem(place, "", "").line)


def _method_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield payment methods that lead nowhere."""
    for method in file.other_methods:
        if method not in file.methods:
            yield problem(("other_methods",), f"{method} is another way but not offered", "Add it to `methods`.")
    for method in OFFLINE_METHODS:
        if method in file.methods and getattr(file, method) is None:
            yield problem(("methods",), f"{method} is offered, but where the money goes isn’t said", f"Add [{method}].")


def _company_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield company questions that lack what they need."""
    for product in file.company.from_program:
        if product not in file.company.products:
            yield problem(("company", "from_program"), f"{product} is none of the products", "Add it to `products`.")
    if file.company.build().several and file.company.build().number_optional:
        what = "companies of one account are told apart by their numbers, which here may be missing"
        yield problem(("company", "number_optional"), what, "Take out `number_optional`, or `several`.")
    if file.company.build().statement and "statement" not in {document.id for document in file.document}:
        yield problem(
            ("company", "statement"), "there is no document statement", 'Add [[document]] with id = "statement".'
        )


def _dialog_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield dialogs without the one that they need, or without anything to offer."""
    offers = {"plan": [plan for plan in file.plan if plan.sold], "methods": file.methods}
    for dialog, offered in (("order", "plan"), ("payment", "methods")):
        if dialog in file.dialogs and not offers[offered]:
            yield problem((), f"the dialog {dialog} has nothing to offer", f"Add `{offered}`.")
    for name in BY_NUMBER if file.sign_up.build().by == "customer_number" else ():
        if name not in file.dialogs:
            yield problem(("dialogs",), f"customer numbers need the dialog {name}", f"Add {name} to `dialogs`.")
    if "on_file" in file.dialogs and file.sign_up.build().by != "customer_number":
        yield problem(("sign_up", "by"), "the dialog on_file needs customer numbers", 'Write by = "customer_number".')
    after = AFTER | ({"einvoice": "payment"} if "order" in file.dialogs else {})
    for name, before in after.items():
        if name in file.dialogs and before not in file.dialogs[: file.dialogs.index(name)]:
            yield problem(("dialogs",), f"the dialog {name} needs {before} before it", f"Put {before} before {name}.")
    yield from _letter_problems(file, problem)
    if "order" in file.dialogs and file.demanded_contacts and "contact" not in file.dialogs:
        yield problem(("demanded_contacts",), "no dialog has these contacts proven", "Put contact before order.")


def _letter_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield what is missing, or in the way, where the e-mail's proof waits until after the payment."""
    rules, where = file.sign_up.build(), ("sign_up", "email")
    if not rules.letter_waits:
        return
    if "order" not in file.dialogs:
        yield problem(where, "without the dialog order nothing is paid", 'Write email = "before_order".')
    if "phone" not in file.demanded_contacts:
        what = "only after a phone is proven can the e-mail's proof wait"
        yield problem(where, what, 'Add "phone" to `demanded_contacts`.')
    if "email" not in file.demanded_contacts:
        what = "the e-mail is never to be proven"
        yield problem(where, what, 'Add "email" to `demanded_contacts`.')
    if rules.confirm_first:
        what = "the e-mail is to be proven after the payment, and before everything"
        yield problem(("sign_up", "confirm_first"), what, "Leave one of the two out.")


def _refund_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield sums of refunds that a smaller one comes before."""
    rules, most = file.refund, "a_day"
    for name in ("a_day_each", "second_above"):
        bound, own = getattr(rules, most), getattr(rules, name)
        if None not in (bound, own) and own >= bound:
            what = f"{name} isn’t below what {most} allows in a day: {bound}"
            yield problem(("refund", name), what, f"Lower `{name}`, or take it out.")
        most = name if own is not None else most


def _card_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield rows that a card doesn't have, and cards without a row that it must show."""
    for kind, wanted in file.cards.items():
        for n, row in enumerate(wanted):
            if row not in ROWS[kind]:
                name = mistakes.likely_name(row, [*ROWS[kind]]) or ", ".join(ROWS[kind])
                yield problem(("cards", kind, n), f"the card {kind} has no row {row}", f"Is {name} meant?")
        for row in ALWAYS.get(kind, ()):
            if row not in wanted:
                yield problem(("cards", kind), f"the row {row} can’t be left out", f'Add "{row}".')


def _asked(file: ProfileFile) -> dict[str, bool]:
    """Return each document that can be accepted, and whether this journey asks for it."""
    order = "order" in file.dialogs
    return {
        "terms": order,
        "clauses": order,
        "auto_renewal": order and file.auto_renewal != "none",
        "einvoice": "einvoice" in file.dialogs,
        "statement": file.company.build().statement,
        VOICE: True,
    }


def _document_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield documents that a dialog asks for and that are missing, and those that nothing asks for."""
    known = {document.id for document in file.document}
    asked = _asked(file)
    for n, document in enumerate(file.document):
        if document.id not in asked:
            name = mistakes.likely_name(document.id, [*asked]) or ", ".join(asked)
            yield problem(("document", n, "id"), f"nobody is asked for {document.id}", f"Is {name} meant?")
        elif not asked[document.id]:
            what = f"nothing in this journey asks for {document.id}"
            yield problem(("document", n, "id"), what, "Remove it, or add the dialog that asks.")
    for name, needed in DOCUMENTS.items():
        for document in needed if name in file.dialogs else ():
            if document not in known:
                yield problem((), f"there is no document {document}", f'Add [[document]] with id = "{document}".')


def _provider_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield providers chosen for methods they don't take or nobody may choose, and methods of another currency."""
    for method in file.methods:
        if not registry.pays_in(method, file.currency):
            yield problem(("methods",), f"nobody pays {file.currency} by {method}", "Take it out of `methods`.")
    for method, provider in file.providers.items():
        if method not in file.methods:
            yield problem(("providers", method), f"{method} has a provider but isn’t offered", "Add it to `methods`.")
        if provider not in registry.TAKES.get(method, ()):
            able = ", ".join(registry.TAKES.get(method, ())) or "none does"
            yield problem(("providers", method), f"{provider} doesn’t take {method}", f"Write one that does: {able}.")


def _chargeable_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield methods that nobody can charge without the customer."""
    for method in file.chargeable:
        able = tuple(registry.KEEPS.get(method, ()))
        if method not in file.methods:
            yield problem(("chargeable",), f"{method} is chargeable but not offered", "Add it to `methods`.")
        elif method not in registry.TAKES or registry.provider_of(method, file.providers) not in able:
            remedy = f'Write {method} = "{able[0]}" into [providers].' if able else "Take it out of `chargeable`."
            yield problem(("chargeable",), f"nobody keeps {method} to charge it later", remedy)


def _code_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield methods whose code nobody takes in the chat."""
    for method in file.code_in_chat:
        able = registry.BY_CODE.get(method, ())
        if method not in file.methods:
            yield problem(("code_in_chat",), f"{method} is paid by code but not offered", "Add it to `methods`.")
        elif file.providers.get(method) not in (None, *registry.TAKES.get(method, ())):
            continue  # told of `providers`
        elif not able or registry.provider_of(method, file.providers) not in able:
            remedy = f'Write {method} = "{able[0]}" into [providers].' if able else "Take it out of `code_in_chat`."
            yield problem(("code_in_chat",), f"nobody takes a code of {method} in the chat", remedy)


def _renewal_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield contradictions between the rules of renewal."""
    plans = {plan.id for plan in file.plan if plan.sold}
    for n, program in enumerate(file.program):
        for plan in (program.subscription, program.extension):
            if plan is not None and plan not in plans:
                yield problem(
                    ("program", n), f"{program.product} names the plan {plan}", f'Add [[plan]] "{plan}", and sell it.'
                )
    rules = None if file.renewal is None else file.renewal.build()
    shortest = min((term for plan in file.plan for term in plan.lengths), key=months_of, default=A_YEAR)
    if rules is not None and rules.announce_days >= months_of(shortest) * 28:
        what = f"a charge is announced {rules.announce_days} days before the end of {written_term(shortest)}"
        yield problem(("renewal", "announce_days"), what, "Write fewer: its receipt announces the charge of a month.")
    if rules is not None and 0 < rules.announce_days <= rules.charge_days:
        what = f"a charge {rules.charge_days} days before the end is announced only {rules.announce_days} days before"
        yield problem(("renewal", "announce_days"), what, "Write more than `charge_days`, or 0 to announce none.")
    if {"reminder", "renewal"} & set(file.dialogs) and (file.renewal is None or not file.program):
        yield problem(("dialogs",), "nothing says what is renewed, and when", "Add [renewal] and [[program]].")
    if rules is None and "order" in file.dialogs and file.auto_renewal != "none":
        remedy = 'Add [renewal] with charge_days = 7, or write auto_renewal = "none".'
        yield problem(("auto_renewal",), "customers are asked for a renewal that nobody makes", remedy)
    if file.auto_renewal == "obligatory" and "auto_renewal" not in {document.id for document in file.document}:
        yield problem(("auto_renewal",), "there are no words to agree to", 'Add [[document]] with id = "auto_renewal".')


def _ids(file: ProfileFile) -> Mapping[str, list[tuple[Sequence[str | int], str]]]:
    """Return names with their places, by the kinds that share them: a line of an order is a plan or an add-on."""

    def each(kind: str, field: str = "id") -> list[tuple[Sequence[str | int], str]]:
        return [((kind, n), getattr(table, field)) for n, table in enumerate(getattr(file, kind))]

    free = [] if file.free_version is None else [(("free_version",), file.free_version)]
    return {
        "plan and addon": [*free, *each("plan"), *each("addon")],
        "consent and document": [*each("consent"), *each("document")],
        "program": each("program", "product"),
        "discount": each("discount", "code"),
        "question": each("question"),
        "methods": [(("methods",), method) for method in file.methods],
    }


def _question_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield questions offered at a step that the journey doesn't have."""
    steps = {step.path for step in journey(file.dialogs).steps if not step.awaits_machine}
    steps |= {f"{NAME}.{question.id}" for question in file.question}
    for path in file.questions:
        if path not in steps:
            name = mistakes.likely_name(path, [*steps])
            asks = "Name a step that asks something, as docs/reference/dialogs.md does."
            remedy = f"Is {name} meant?" if name is not None else asks
            yield problem(("questions", path), f"the journey has no step {path}", remedy)
