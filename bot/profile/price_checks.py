"""Prices and terms that contradict each other, and what a profile may say and a seller would hardly mean."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bot.profile import mistakes
from bot.profile.offer_tables import PlanTable
from bot.profile.problems import ProfileProblem, Tell, line_of
from bot.profile.profile import Profile
from bot.profile.schema import ProfileFile
from bot.profile.tables import addon_doubt, discount_problems, vat_problems
from bot.profile.toml_reader import read_tables, source_of
from bot.texts.text import leaves
from services.payments.providers import registry
from values.term import A_YEAR, MONTHS_A_YEAR, Term, months_of, written_term


def price_problems(file: ProfileFile, problem: Tell) -> Iterator[ProfileProblem]:
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


def charge_doubts(profile: Profile, path: Path, source: str) -> Iterator[ProfileProblem]:
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


def _words_of(profile: Profile, prefix: str) -> Iterator[str]:
    """Yield the words of all texts whose keys begin so, in each language."""
    for texts in profile.catalogue.texts.values():
        said = (words for key, text in texts.items() if key.startswith(prefix) for words in leaves(text))
        yield from ("".join(str(piece) for piece in words.pieces if isinstance(piece, str)) for words in said)


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
    yield from charge_doubts(profile, path, source)
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
