"""Mistakes as they are made: each is told once, with its file, its line and a remedy in the project's words."""

import re
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.checking.rehearsal import unsaid
from bot.profile import ProfileErrors, ProfileProblem, load
from bot.profile.beginning import TEMPLATE, begin
from bot.profile.sense import STANDARD, doubts
from dialogs.kit import Params
from tests.architecture.rooms import ROOT
from values.country import RULES

CODE = '[[discount]]\ncode = "JESIEN"\npercent = 10\n'
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SHIPPED = sorted(path.parent for path in (ROOT / "profiles").glob("*/profile.toml"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the template that may be spoilt."""
    return Path(shutil.copytree(TEMPLATE, tmp_path / "mine"))


def spoil(folder: Path, file: str, old: str, new: str) -> None:
    text = (folder / file).read_text("utf-8")
    assert old in text
    (folder / file).write_text(text.replace(old, new, 1), "utf-8")


def problems(folder: Path, *said: tuple[str, Params]) -> list[ProfileProblem]:
    """What is wrong, also with what is said: the walk itself would take seconds."""
    try:
        return [*unsaid(load(folder), said)]
    except ProfileErrors as found:
        return [*found.problems]


def told_once(folder: Path, file: str, at: str, *said: tuple[str, Params]) -> str:
    """The one mistake's words; it stands at the line that begins like `at`."""
    [problem] = problems(folder, *said)
    lines = (folder / file).read_text("utf-8").splitlines()
    assert problem.file == folder / file
    assert lines[problem.line - 1].startswith(at), str(problem)
    assert not re.search(r"Input should|Extra inputs|Field required|String should|Expected|Illegal", str(problem))
    return f"{problem.what}. {problem.remedy}"


PROFILE = [
    ("phone_countries =", "phone_contries =", "phone_contries", "Is `phone_countries` meant?"),
    ("accent =", "acent =", "acent", "Is `accent` meant?"),
    ("[brand]", "[brnd]", "[brnd]", "Is `brand` meant?"),
    ("vat_percent =", "vat_percnt =", "vat_percnt", "Is `vat_percent` meant?"),
    ("years = [1]", "months = [1]", "months", "Terms are whole years: write `years`."),
    ("years = [1]", "yeers = [1]", "yeers", "Is `years` meant?"),
    ("years = [1]", "colour = 1", "colour", "Here may stand: id, net, years, sold."),
    ("years = [1]", "years = [1]\nseats = 3", "seats", "nothing has this name. A plan is sold once; sell seats as"),
    ("[brand]\n", '[brand]\nlogo = "logo.svg"\n', "logo", "The chat has no logo of the seller's"),
    ('"Europe/Warsaw"', '"Europe/Milano"', "time_zone", "for its whole country: Europe/Warsaw (PL), Europe/Rome (IT)."),
    (
        "years = [1]",
        "years = [1, 5]",
        "years",
        "there is no text option.years.5. Add it to texts/pl.toml, texts/it.toml",
    ),
    (
        "[brand]",
        '[questions]\n"account.email" = ["trial"]\n\n[brand]',
        '"account.email"',
        "the step account.email offers the question trial, which no FAQ has. Add it with a `title` to faq/pl.toml",
    ),
    (
        '"pl", "it", "en"',
        '"pl", "it", "en", "es"',
        "locales",
        "“es” is among `locales`, and the folder has no words in it. Take it out, or write texts/es.toml, faq/es.toml",
    ),
    ('"My Seller <desk@example.com>"', '"My Seller"', "mail_sender", "Write an e-mail address, or a name with it"),
    ('name = "My Seller"\n', "", "# Your desk", "name: this is missing. Add `name = …`."),
    ('site_url = "https://www.example.com/"\n', "", "[brand]", "brand.site_url: this is missing."),
    (
        "[[consent]]",
        '[[plan]]\nid = "standard"\nnet = "2.00"\n\n[[consent]]',
        "[[plan]]",
        "standard stands twice among plan",
    ),
    ('"blik"]', '"blick"]', "methods", "“blick” isn’t known here. Is blik meant?"),
    ('"blik"]', '"gotówka"]', "methods", "Write one of card, paypal, przelewy24, blik, transfer, postal_slip."),
    ('"blik"]', '"blik", "transfer"]', "methods", "where the money goes isn’t said. Add [transfer]."),
    ('"account",', '"acount",', "dialogs", "there is no dialog acount. Is account meant?"),
    ('"company", "order"', '"order", "company"', "dialogs", "Put company before order."),
    (
        "[[consent]]",
        "[company]\nnumber_optional = true\nseveral = true\n\n[[consent]]",
        "number_optional = true",
        "companies of one account are told apart by their numbers, which here may be missing. Take out",
    ),
    ('"company", ', "", "dialogs", "Put company before order."),
    (
        'demanded_contacts = ["phone", "email"]',
        'demanded_contacts = ["email"]\nsign_up.email = "after_payment"',
        "sign_up.email",
        'only after a phone is proven can the e-mail\'s proof wait. Add "phone" to `demanded_contacts`.',
    ),
    (
        'demanded_contacts = ["phone", "email"]',
        'demanded_contacts = ["phone", "email"]\nsign_up.email = "after_payment"\nsign_up.confirm_first = true',
        "sign_up.confirm_first",
        "the e-mail is to be proven after the payment, and before everything. Leave one of the two out.",
    ),
    ("#f0a63a", "#7b7b7b", "accent", "the contrast must reach 4.5 : 1. Choose a darker or a lighter one."),
    ("#f0a63a", "#0b728", "accent", "“#0b728” is no colour. Write it as #rrggbb."),
    ("vat_percent = 23", "vat_percent = 230", "vat_percent", "“230” is too much. Write 50 at most."),
    ("vat_percent = 23", 'vat_percent = "23%"', "vat_percent", "“23%” is no whole number. Write digits only"),
    ('net = "100.00"', 'net = "100,00"', "net", "“100,00” is no price. Write it with a point"),
    ('net = "100.00"', "net = 100,00", "net", "something stands behind the value. Put texts in quotes"),
    ('net = "100.00"', 'net = "0"', "net", "a price is above zero"),
    ("# [[discount]]", f"{CODE}expires_at = 2027-13-31T00:00:00+01:00\n#", "expires_at", "there is no such date."),
    ("# [[discount]]", f'{CODE}expires_at = "31.12.2027"\n#', "expires_at", "is no moment. Write it without quotes"),
    ("# [[discount]]", f"{CODE}expires_at = 2027-12-31\n#", "expires_at", "a moment needs its offset. Write it like"),
    ("# [[discount]]", CODE.replace("JESIEN", "jesien") + "#", "code", "Write 2 to 32 capital letters"),
    ('name = "My Seller"', 'name = "My Seller', "name", "a text isn’t closed. Close it with a quotation mark"),
    ('name = "My Seller"', "name = My Seller", "name", "Put texts in quotes"),
    ('currency = "PLN"', 'country = "PL"\ncurrency = "PLN"', "country", "country stands here twice. Keep one of them."),
    ("[password]", "[brand]\n[password]", "[brand]", "[brand] stands here twice."),
    ('currency = "PLN"', 'currency = "zł"', "currency", "“zł” is no currency. Write its ISO 4217 code"),
    ('country = "PL"', 'country = "Polska"', "country", "the rules of “Polska” aren’t known. Write one of AT, BE"),
    ('"Europe/Warsaw"', '"Europe/Warszawa"', "time_zone", "Is Europe/Warsaw meant?"),
    ('locales = ["pl", "it", "en"]', 'locales = "pl"', "locales", "“pl” is no list. Put it in brackets"),
    ('order_prefix = "MS"', 'order_prefix = "ms-1"', "order_prefix", "Write 1 to 8 capital letters and digits"),
    ("embedders = []", 'embedders = ["shop.example.com"]', "embedders", "Write https://, the host"),
    ('"support@example.com"', '"support"', "support_email", "Write an e-mail address"),
    ('"https://panel.example.com/"', '"panel.example.com"', "panel_url", "Write an address that begins with https://."),
    ("chargeable = []", 'chargeable = []\nauto_renewal = "asks"', "auto_renewal", "Is ask meant?"),
    ('version = "1"', "version = 1", "version", "“1” is no text. Put it in quotes."),
    ("[password]", '[providers]\ncard = "strip"\n\n[password]', "card", "Is stripe meant?"),
    ("[password]", '[company]\nseveral = "maybe"\n\n[password]', "several", "“maybe” is neither true nor false."),
    ("[desk]\n", '[desk]\nvip = ["firma.pl"]\n', "vip", "a domain such as @firma.pl"),
    ("min = 15", "min = 5", "min", "“5” is too little. Write 8 at least."),
    ("charge_days = 7", "charge_days = 7\nmonths = 1", "months", "“1” isn’t known here. Write one of 12, 24, 36."),
    (
        'currency = "PLN"',
        'currency = ["PLN", "EUR"]',
        "currency",
        "this is a list, and there is one value of it. All pri",
    ),
    (
        'net = "100.00"',
        'net = { PLN = "100.00", EUR = "25.00" }',
        "net",
        "this is a table, and there is one value of it.",
    ),
    ('country = "PL"', 'country = ["PL", "IT"]', "country", "this is a list, and there is one value of it. Write one"),
    ("years = [1]", 'years = [1]\nnet_eur = "25.00"', "net_eur", "a second desk, with a database of its own, sells in"),
    ("years = [1]", 'years = [1]\nname = "Standard"', "name", "The name of a plan is its text `plan.ID`."),
    (
        "years = [1]",
        'years = [1]\nsetup_fee = "300.00"',
        "setup_fee",
        "each add-on too: what is paid once can’t be sold",
    ),
    ("years = [1]", "years = [1]\nrenews = false", "renews", "All that is sold renews with the plan, each add-on too"),
    (
        "years = [1]",
        'years = [1]\naccent = "#000000"',
        "accent",
        "nothing has this name here. It belongs into [brand].",
    ),
    ("years = [1]", "years = [1]\nvat = { number = 1 }", "vat", "It is a table of its own: [vat]."),
    ('id = "clauses"', 'id = "clausses"', "id", "nobody is asked for clausses. Is clauses meant?"),
]


QUESTION = '\n[[question]]\nid = "staff"\nkind = "number"\nafter = "company"\nkeep = "company"\n'
ADDON = '\n[[addon]]\nid = "setup"\nnet = "300.00"\nmax = 1\n'
ABOVE = "It belongs above the first [table]."
BELOW = [
    (f'{QUESTION}price = "5.00"', "price", "An answer changes no price: sell what costs more as an [[addon]]"),
    (f'{QUESTION}net = "5.00"', "net", "An answer changes no price: sell what costs more as an [[addon]]"),
    (f'{QUESTION}chargeable = ["card"]', "chargeable", f"nothing has this name here. {ABOVE}"),
    (f'{QUESTION}chargable = ["card"]', "chargable", f"nothing has this name here. Is `chargeable` meant? {ABOVE}"),
    (
        f"{ADDON}once = true",
        "once",
        "All that is sold renews with the plan, each add-on too: what is paid once can’t be",
    ),
    (f"{ADDON}one_time = true", "one_time", "what is paid once can’t be sold here yet"),
    (f"{ADDON}auto_renewal = false", "auto_renewal", "All that is sold renews with the plan, each add-on too"),
    (f"{ADDON}years = [1]", "years", "It belongs into [[plan]]."),
    (ADDON.replace("setup", "standard"), "[[addon]]", "standard stands twice among plan and addon, in line "),
    (
        '\n[[document]]\nid = "terms"\nversion = "2"',
        "[[document]]",
        "terms stands twice among consent and document, in",
    ),
]


@pytest.mark.parametrize(("added", "at", "said"), BELOW)
def test_a_mistake_at_the_end_of_profile_toml(folder: Path, added: str, at: str, said: str) -> None:
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text("utf-8") + added + "\n", "utf-8")
    for locale in ("pl", "it", "en"):
        words = "".join(f'\n[addon.{id}]\ntitle = "x"\nask = "x"\ncount = "x"\n' for id in ("setup", "standard"))
        texts = folder / f"texts/{locale}.toml"
        texts.write_text(texts.read_text("utf-8") + words, "utf-8")
    assert said in told_once(folder, "profile.toml", at)


def test_a_name_that_is_needed_above_and_stands_below_is_told_where_it_stands(folder: Path) -> None:
    spoil(folder, "profile.toml", 'name = "My Seller"\n', "")
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text("utf-8") + 'name = "My Seller"\n', "utf-8")
    assert ABOVE in told_once(folder, "profile.toml", "name")


def test_both_lines_of_an_id_that_stands_twice_are_told(folder: Path) -> None:
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text("utf-8") + ADDON.replace("setup", "standard"), "utf-8")
    lines = profile.read_text("utf-8").splitlines()
    told = next(problem for problem in problems(folder) if "stands twice" in problem.what)
    assert (lines[told.line - 1], f"in line {lines.index('[[plan]]') + 1}, too" in told.what) == ("[[addon]]", True)


@pytest.mark.parametrize(("old", "new", "at", "said"), PROFILE)
def test_a_mistake_in_profile_toml(folder: Path, old: str, new: str, at: str, said: str) -> None:
    spoil(folder, "profile.toml", old, new)
    assert said in told_once(folder, "profile.toml", at)


PL, EN, FAQ, REPLIES = "texts/pl.toml", "texts/en.toml", "faq/en.toml", "desk/replies.toml"
WORDS = [
    (PL, 'standard = "Plan Standard"\n', "", "[plan]", "there is no text plan.standard. Add it."),
    (PL, "standard =", "standart =", "standart", "no text is called plan.standart. Is plan.standard meant?"),
    (PL, "{support}", "{suport}", "greeting", "nothing fills {suport} in kit.greeting. Is {support} meant?"),
    (
        PL,
        '"Plan Standard"',
        '"Plan za {prezzo}"',
        "standard",
        "nothing fills {prezzo} in plan.standard. Remove {prezzo}.",
    ),
    (PL, '"Plan Standard"', '"Plan za {gross}"', "standard", "plan.standard has {gross}, which it hasn’t in other"),
    (
        PL,
        "[plan]",
        '[offer]\nstandard = "x"\n\n[plan]',
        "standard",
        "no other language has a text offer.standard. Remove",
    ),
    (EN, "{support}", "us", "greeting", "kit.greeting lacks {support}, which it has in other languages."),
    (PL, "greeting =", "greting =", "greting", "no text is called kit.greting. Is kit.greeting meant?"),
    (
        PL,
        "[plan]",
        '[card.order]\nterms = "{@consent.trms.text}"\n\n[plan]',
        "terms",
        "Is {@consent.terms.text} meant?",
    ),
    (PL, '"Plan Standard"', '"Plan Standard', "standard", "a text isn’t closed."),
    (PL, '"Plan Standard"', "5", "standard", "put it in quotes"),
    (FAQ, "{support}", "{suport}", "answer", "faq.support_hours can't be filled for {suport}. Is {support} meant?"),
    (FAQ, "{support}", "{support", "answer", "a lone {"),
    (FAQ, '"support_hours"', '"support_hour"', "id", "no other language has an entry support_hour. Is support_hours"),
    (FAQ, "questions =", "qestions =", "qestions", "Is `questions` meant?"),
    (REPLIES, "{agent}", "{agnet}", "words.pl", "agnet can't be filled in. Is {agent} meant?"),
    (REPLIES, "words.it = ", "# ", "[[reply]]", "there are no words in “it”. Add `words.it = …`."),
]


@pytest.mark.parametrize(("file", "old", "new", "at", "said"), WORDS)
def test_a_mistake_in_the_words(folder: Path, file: str, old: str, new: str, at: str, said: str) -> None:
    spoil(folder, file, old, new)
    assert said in told_once(folder, file, at)


@pytest.fixture
def cart(tmp_path: Path) -> Path:
    """A seller in two languages with a cart, two plans, an add-on and a voluntary consent."""
    folder = tmp_path / "cart"
    begin(folder, ("pl", "en"))
    spoil(folder, "profile.toml", 'dialogs = ["account"', 'dialogs = ["cart", "account"')
    more = '[[plan]]\nid = "pro"\nnet = "250.00"\n\n[[addon]]\nid = "seat"\nnet = "5.00"\n\n'
    spoil(folder, "profile.toml", "[[consent]]", f'{more}[[consent]]\nid = "news"\nversion = "1"\n\n[[consent]]')
    for locale in ("pl", "en"):
        spoil(folder, f"texts/{locale}.toml", "[plan]", f"{OFFER}\n[plan]\npro = 'Pro'")
    return folder


OFFER = """[offer]
standard = "Standard: {net}, {gross}"
pro = "Pro: {net}, {gross}"

[addon.seat]
title = "Seat, {unit_net}"
ask = "How many? At most {most}, {unit_net} each."
count = "{pieces} seats"

[consent.news]
title = "News"
text = "Send me news."
"""
OFFERED = [
    ("[consent.news]", "[consent.newz]", "[consent.newz]", "no text is called consent.newz. Is consent.news meant?"),
    ("[consent.news]", "[consent.promo]", "[consent.promo]", "no text is called consent.promo. Is consent.news meant?"),
    ("[addon.seat]", "[addon.chair]", "[addon.chair]", "no text is called addon.chair. Is addon.seat meant?"),
    ("pro = 'Pro'", "premium = 'Pro'", "premium", "no text is called plan.premium. Is plan.pro meant?"),
    ('pro = "Pro', 'premium = "Pro', "premium", "no text is called offer.premium. Is offer.pro meant?"),
    ('pro = "Pro: {net}, {gross}"\n', "", "[offer]", "there is no text offer.pro. Add it."),
    ("[consent.news]", "[consent.ads]\ntext = 'x'\n\n[consent.news]", "[consent.ads]", "has nothing for the text"),
    ("Pro: {net}", "Pro: {prezzo}", "pro", "nothing fills {prezzo} in offer.pro. Remove {prezzo}, or write what other"),
    ("Pro: {net}", "Pro: {unit_net}", "pro", "offer.pro has {unit_net}, which it hasn’t in other languages."),
    ("Pro: {net}", "Pro", "pro", "offer.pro lacks {net}, which it has in other languages."),
    ("{pieces} seats", "{piecez} seats", "count", "nothing fills {piecez} in addon.seat.count. Is {pieces} meant?"),
    ("At most {most}", "At most {pieses}", "ask", "nothing fills {pieses} in addon.seat.ask."),
]


@pytest.mark.parametrize("file", [PL, EN])
@pytest.mark.parametrize(("old", "new", "at", "said"), OFFERED)
def test_a_mistake_in_one_language_is_told_there_by_its_cause(
    cart: Path, file: str, old: str, new: str, at: str, said: str
) -> None:
    """Whichever of two languages has it: the profile says which one is right."""
    spoil(cart, file, old, new)
    assert said in told_once(cart, file, at)


@pytest.mark.parametrize(("old", "new"), [("Pro: {net}", "Pro: {prezzo}"), ("{pieces} seats", "{net} seats")])
def test_a_place_that_nothing_fills_in_any_language_is_told_in_each(cart: Path, old: str, new: str) -> None:
    for file in (PL, EN):
        spoil(cart, file, old, new)
    with pytest.raises(ProfileErrors) as found:
        load(cart)
    assert [problem.file.name for problem in found.value.problems] == ["pl.toml", "en.toml"]
    assert all("can't be filled for" in problem.what for problem in found.value.problems)


@pytest.mark.parametrize("file", [PL, FAQ])
def test_a_file_that_is_missing_is_one_mistake(folder: Path, file: str) -> None:
    (folder / file).unlink()
    [problem] = problems(folder)
    assert (problem.file, problem.what) == (folder / file, "there is no such file")


@pytest.mark.parametrize(("file", "code"), [("profile.toml", "utf-16"), (PL, "cp1250"), (FAQ, "utf-16")])
def test_a_file_in_another_encoding_is_one_mistake(folder: Path, file: str, code: str) -> None:
    (folder / file).write_bytes((folder / file).read_text("utf-8").encode(code, "replace"))
    assert told_once_in_bytes(folder, file) == "this is no UTF-8 text. Store the file as UTF-8."


def told_once_in_bytes(folder: Path, file: str) -> str:
    [problem] = problems(folder)
    assert (problem.file, problem.line > 0) == (folder / file, True)
    return f"{problem.what}. {problem.remedy}"


def test_a_place_that_nothing_fills_is_told_in_each_language_with_its_line(folder: Path) -> None:
    for locale in ("pl", "it", "en"):
        spoil(folder, f"texts/{locale}.toml", "{support}", "{bot}")
    found = problems(folder, ("kit.greeting", {}))
    assert [(problem.file.name, problem.line) for problem in found] == [("pl.toml", 4), ("it.toml", 4), ("en.toml", 4)]
    assert {problem.remedy for problem in found} == {"Remove {bot}."}


def test_a_needed_text_that_is_misspelt_in_every_language_is_recognised(folder: Path) -> None:
    for locale in ("pl", "it", "en"):
        spoil(folder, f"texts/{locale}.toml", "standard =", "standart =")
    assert {problem.remedy for problem in problems(folder)} == {"Add it; or is the text plan.standart meant to be it?"}


def test_a_language_that_is_dropped_is_named_where_its_words_stand(folder: Path) -> None:
    spoil(folder, "profile.toml", '"pl", "it", "en"', '"pl", "en"')
    (folder / "documents/it").mkdir(parents=True)
    for name in ("terms", "clauses"):
        (folder / f"documents/it/{name}.txt").write_text("# Condizioni\n", "utf-8")
    replies, documents = problems(folder)
    assert replies.what == "there are words in “it”, which isn’t among `locales`, in 5 of 5 replies"
    assert (documents.file, documents.what) == (
        folder / "documents/it",
        "these documents are in “it”, which isn’t among `locales`",
    )


def test_an_offer_that_is_misspelt_beyond_likeness_is_told_of_its_own_language_alone(folder: Path) -> None:
    for locale in ("pl", "it", "en"):
        texts = folder / f"texts/{locale}.toml"
        second = "premium" if locale == "it" else "pro"
        texts.write_text(texts.read_text("utf-8") + f'\n[offer]\nstandard = "x"\n{second} = "x"\n', "utf-8")
    [problem] = problems(folder)
    assert (problem.file.name, problem.what) == ("it.toml", "no text is called offer.premium")
    assert problem.remedy == "Is offer.pro meant?"


def test_files_that_nothing_reads_are_warnings(folder: Path) -> None:
    (folder / "logo.svg").write_text("<svg/>")
    (folder / "texts/fr.toml").write_text("")
    said = [(doubt.file.name, doubt.what) for doubt in doubts(folder, load(folder).seller, NOW)]
    words = "nothing reads this: “fr” isn’t among `locales`"
    assert said == [("logo.svg", "nothing reads this"), ("fr.toml", words)]


@pytest.mark.parametrize(
    ("old", "new", "at", "said"),
    [
        (
            "vat_percent = 23",
            "vat_percent = 22",
            "vat_percent",
            "22% isn’t the standard rate of VAT in PL, which is 23%",
        ),
        (
            "# [[discount]]",
            f"{CODE}expires_at = 2020-12-31T00:00:00+01:00\n#",
            "expires_at",
            "JESIEN is over since 2020",
        ),
    ],
)
def test_what_may_be_meant_is_a_warning(folder: Path, old: str, new: str, at: str, said: str) -> None:
    spoil(folder, "profile.toml", old, new)
    profile = load(folder)
    [doubt] = doubts(folder, profile.seller, NOW)
    assert said in doubt.what
    assert doubt.remedy
    assert (folder / "profile.toml").read_text("utf-8").splitlines()[doubt.line - 1].startswith(at)


def test_a_code_that_is_past_on_purpose_says_so(folder: Path) -> None:
    spoil(folder, "profile.toml", "# [[discount]]", f"{CODE}expires_at = 2020-12-31T00:00:00+01:00\nover = true\n#")
    assert [*doubts(folder, load(folder).seller, NOW)] == []


def test_the_rates_are_of_countries_of_the_union() -> None:
    assert STANDARD.keys() <= RULES.keys()
    assert all(15 <= percent <= 27 for percent in STANDARD.values())


@pytest.mark.parametrize("right", [*SHIPPED, TEMPLATE], ids=lambda path: path.name)
def test_nothing_is_doubted_in_a_right_profile(right: Path) -> None:
    assert [*doubts(right, load(right).seller, NOW)] == []


@pytest.mark.parametrize("locales", [("pl",), ("en", "pl"), ("it", "en", "pl")])
def test_a_new_profile_speaks_the_languages_that_are_wished_for(tmp_path: Path, locales: tuple[str, ...]) -> None:
    begin(tmp_path / "new", locales)
    profile = load(tmp_path / "new")
    assert profile.seller.locales == locales
    assert [*unsaid(profile, ())] == []


def test_every_name_that_is_left_out_or_misspelt_is_told_by_its_line(folder: Path) -> None:
    """Whichever name of the template loses a letter, one mistake names its line and the right name."""
    source = (folder / "profile.toml").read_text("utf-8")
    rename: Callable[[re.Match[str]], str] = lambda found: f"{found[1][:2]}{found[1][3:]}x ="  # noqa: E731
    for number, line in enumerate(source.splitlines(), 1):
        if (found := re.match(r"([a-z]\w{4,}) =", line)) is None:
            continue
        spoilt = source.splitlines()
        spoilt[number - 1] = re.sub(r"^([a-z]\w{4,}) =", rename, line)
        (folder / "profile.toml").write_text("\n".join(spoilt), "utf-8")
        [problem] = problems(folder)
        assert (problem.line, problem.remedy) == (number, f"Is `{found[1]}` meant?")
