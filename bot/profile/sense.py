"""Contradictions within a profile, and values that are more often a mistake than meant."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from bot.profile import mistakes
from bot.profile.problems import ProfileProblem, Tell, line_of
from bot.profile.profile import Profile
from bot.profile.question_checks import own_question_problems
from bot.profile.schema import PlanTable, ProfileFile
from bot.profile.tables import addon_doubt, discount_problems, vat_problems
from bot.profile.toml_reader import read_tables, source_of
from bot.texts.text import SELLER_CASES, leaves, names
from bot.web.page_texts import places, words
from dialogs.journey import journey
from dialogs.kit.card import ALWAYS, ROWS
from dialogs.own.ways_to_answer import NAME
from services.payments.providers import registry
from values.consent import VOICE
from values.payment import OFFLINE_METHODS
from values.term import A_YEAR, MONTHS_A_YEAR, Term, months_of, written_term

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
        _price_problems,
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


def _price_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield discounts, rates of VAT and add-ons that contradict the offer."""
    for n, addon in enumerate(file.addon):
        if addon.required and not (addon.sold and "renewal" not in file.dialogs):
            what = f"{addon.id} is in every order, and isn’t sold with any"
            yield problem(("addon", n, "required"), what, "Take out `required`.")
    plans, addons = ({sold.id: min(sold.net.values()) for sold in offered} for offered in (file.plan, file.addon))
    yield from _term_problems(file, problem)
    yield from _seat_problems(file, problem)
    for n, name, what, remedy in discount_problems(file.discount, plans, addons):
        yield problem(("discount", n, name), what, remedy)
    for n, table in enumerate(file.discount):
        if table.terms > 1 and file.auto_renewal == "none":
            what = f"{table.code} is for {table.terms} terms, and nothing renews itself"
            yield problem(("discount", n, "terms"), what, "Take out `terms`.")
    for name, what, remedy in vat_problems(file.vat, file.country, vatin=file.company.build().vatin):
        yield problem(("vat", name), what, remedy)
    yield from _card_problems(file, problem)


def _term_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield terms without a price, and prices without a term."""
    for n, plan in enumerate(file.plan):
        yield from _trial_problems(n, plan, file, problem)
        if plan.years and plan.terms:
            yield problem(("plan", n, "years"), "its terms are said twice", "Leave `years` out: `terms` has them.")
        by_year = [*plan.net] == [A_YEAR] and not plan.terms
        lacking = [term for term in plan.lengths if term not in plan.net and not by_year]
        if lacking:
            what = f"it is sold for {written_term(lacking[0])}, and has no price for that"
            yield problem(("plan", n, "net"), what, f'Add "{written_term(lacking[0])}" = "…" to [plan.net].')
        for term in plan.net:
            if term not in plan.lengths and not by_year:
                what = f"there is a price for {written_term(Term(term))}, for which it isn't sold"
                yield problem(("plan", n, "net"), what, "Add the term to `terms`, or take the price out.")


def _seat_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield seats that can't be chosen, or whose number the order's card doesn't show."""
    for n, plan in enumerate(file.plan):
        if plan.seats is None:
            continue
        if (seats := plan.seats.build()).min > seats.max:
            yield problem(("plan", n, "seats", "min"), "the fewest seats are more than the most", "Lower `min`.")
        if "renewal" in file.dialogs or "order" not in file.dialogs:
            what = "seats are asked for in an order’s cart, which this journey doesn’t have"
            yield problem(("plan", n, "seats"), what, "Take out [plan.seats].")
        if "order" in file.cards and "seats" not in file.cards["order"]:
            yield problem(("cards", "order"), "the row seats can’t be left out", 'Add "seats".')


def _trial_problems(n: int, plan: PlanTable, file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
    """Yield trials that nothing could be charged after, and those of sellers whose customers own what they renew."""
    if plan.trial is None:
        return
    kept = any(registry.keeps_without_charge(method, file.providers) for method in file.chargeable)
    if "renewal" in file.dialogs:
        yield problem(("plan", n, "trial"), "a renewal has no trial", "Take [plan.trial] out.")
    if plan.trial.method == "kept" and not (kept and file.auto_renewal != "none"):
        what = "nothing is charged at the end of a trial with a kept method"
        remedy = 'Write `chargeable` (card by Stripe, or PayPal) and `auto_renewal`, or method = "none".'
        yield problem(("plan", n, "trial"), what, remedy)


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


def case_problems(profile: Profile, path: Path, source: str) -> Iterator[ProfileProblem]:
    """Yield cases that are missing beside those given, and cases of a language that isn't spoken."""
    for locale, given in profile.catalogue.names.items():
        line = line_of(source, ("name_cases", locale))
        if locale not in profile.seller.locales:
            yield ProfileProblem(path, line, f"[name_cases.{locale}] is of no language in `locales`", "Remove it.")
            continue
        lacked = set(SELLER_CASES.values()) - given.keys()
        for case, where in sorted(_used(profile, locale).items()) if lacked else ():
            if case in lacked:
                what = f"[name_cases.{locale}] has no {case}, which {where} uses"
                yield ProfileProblem(path, line, what, f"Add `{case}`, or leave out [name_cases.{locale}].")


def about_problems(profile: Profile, path: Path, source: str) -> Iterator[ProfileProblem]:
    """Yield lines about the seller in a language that isn't spoken."""
    for locale in profile.brand.about.keys() - set(profile.seller.locales):
        line = line_of(source, ("brand", "about", locale))
        yield ProfileProblem(path, line, f"[brand.about] has {locale}, which isn't in `locales`", "Remove it.")


def _used(profile: Profile, locale: str) -> Mapping[str, str]:
    pages = (profile.pages.get(locale) or words(locale)).texts
    used = ((key, names(text)) for key, text in profile.catalogue.texts[locale].items())
    shown = ((key, places(text)) for key, text in pages.items())
    found: dict[str, str] = {}
    for key, taken in (*used, *shown):
        for place in sorted(taken & SELLER_CASES.keys()):
            found.setdefault(SELLER_CASES[place], key)
    return found


def _words_of(profile: Profile, prefix: str) -> Iterator[str]:
    """Yield the words of all texts whose keys begin so, in each language."""
    for texts in profile.catalogue.texts.values():
        said = (words for key, text in texts.items() if key.startswith(prefix) for words in leaves(text))
        yield from ("".join(str(piece) for piece in words.pieces if isinstance(piece, str)) for words in said)


def _charge_doubts(profile: Profile, path: Path, source: str) -> Iterator[ProfileProblem]:
    """Yield terms that cost more than a method is charged without the customer, or are announced too late for it."""
    seller, rules = profile.seller, profile.seller.renewal_rules
    ahead = max(rules.remind_days, rules.announce_days) - rules.charge_days
    sold = [(plan, term, net) for plan in seller.plans for term in plan.terms if (net := seller.net_of(plan.id, term))]
    for method in seller.chargeable if rules.collects else ():
        provider, line = registry.provider_of(method, profile.providers), line_of(source, ("chargeable",))
        for plan, term, net in sold:
            gross = net * (100 + seller.vat_percent) // 100
            if not registry.may_charge(method, provider, gross):
                what = f"{plan.id} for {written_term(term)} costs more than {method} is charged without its customer"
                yield ProfileProblem(path, line, what, "Know that such a renewal is asked for by a link.")
        scaled = ((registry.notice_days(method, term), min(months_of(term), MONTHS_A_YEAR)) for _, term, _ in sold)
        # Of a year, as in [renewal].
        needed = max((days * MONTHS_A_YEAR // months for days, months in scaled), default=0)
        if 0 < needed > ahead:
            what = f"a charge of {method} that comes every six months or less often must be announced a week before"
            remedy = f"Write announce_days = {rules.charge_days + needed} into [renewal]."
            yield ProfileProblem(path, line_of(source, ("renewal",)), what, remedy)


# Standard rates of VAT in per cent, of countries that have a whole one.
_RATES = (
    "AT 20 BE 21 BG 20 CY 19 CZ 21 DE 19 DK 25 EE 24 ES 21 FR 20 GR 24 HR 25 HU 27 IE 23 IT 22 LT 21 LU 17 LV 21 MT 18"
    " NL 21 PL 23 PT 23 RO 21 SE 25 SI 22 SK 23"
).split()
STANDARD = {country: int(percent) for country, percent in zip(_RATES[::2], _RATES[1::2], strict=True)}


def doubts(profile: Profile, now: datetime) -> Iterator[ProfileProblem]:
    """Yield VAT rates that aren't the standard ones, expired discount codes, and files that nothing reads.

    Also add-ons whose words say something else of how often they are paid, and charges that no network lets pass.
    """
    folder, seller = profile.folder, profile.seller
    yield from mistakes.find_unread_files(folder, seller.locales, profile.brand.logo)
    path = folder / "profile.toml"
    source = source_of(path)
    abroad = ((("vat", "rates", country), country, percent) for country, percent in seller.vat.rates)
    for place, country, percent in ((("vat_percent",), seller.country, seller.vat_percent), *abroad):
        standard = STANDARD.get(country, percent)
        if percent not in (0, standard):  # 0: a seller who is exempt
            what = f"{percent}% isn’t the standard rate of VAT in {country}, which is {standard}%"
            yield ProfileProblem(path, line_of(source, place), what, "Correct it, unless you sell at another rate.")
    yield from _charge_doubts(profile, path, source)
    raw = read_tables(path, [])[0] or {}
    for n, table in enumerate(raw.get("addon", [])):
        addon = next((one for one in seller.addons if one.id == table["id"]), None)
        if addon is not None and (doubt := addon_doubt(addon, _words_of(profile, f"addon.{addon.id}."))) is not None:
            yield ProfileProblem(path, line_of(source, ("addon", n)), *doubt)
    for n, (code, table) in enumerate(zip(seller.discounts, raw.get("discount", []), strict=True)):
        if code.expires_at is not None and code.expires_at <= now and not table.get("over"):
            what = f"the discount code {code.code} is over since {code.expires_at:%Y-%m-%d}"
            line = line_of(source, ("discount", n, "expires_at"))
            yield ProfileProblem(path, line, what, "Correct the date, or write over = true.")
