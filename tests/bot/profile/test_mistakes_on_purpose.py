"""Mistakes as they are made: each is told once, with its file, its line and a remedy in the project's words."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.cli.check import unsaid
from bot.cli.new import TEMPLATE, begin
from bot.profile import ProfileErrors, ProfileProblem, load
from bot.profile.price_checks import STANDARD, doubts
from dialogs.kit import Params
from tests.architecture.rooms import ROOT
from tests.kit.rows import each_row
from tests.kit.starter import spoil
from tests.table import table
from values.country import RULES

CODE = '[[discount]]\ncode = "JESIEN"\npercent = 10\n'
NOW = datetime(2026, 11, 20, tzinfo=UTC)
SHIPPED = sorted(path.parent for path in (ROOT / "profiles").glob("*/profile.toml"))


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


QUESTION = '\n[[question]]\nid = "staff"\nkind = "number"\nafter = "company"\nkeep = "company"\n'
ADDON = '\n[[addon]]\nid = "setup"\nnet = "300.00"\nmax = 1\n'


@each_row
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
    assert "It belongs above the first [table]." in told_once(folder, "profile.toml", "name")


def test_both_lines_of_an_id_that_stands_twice_are_told(folder: Path) -> None:
    profile = folder / "profile.toml"
    profile.write_text(profile.read_text("utf-8") + ADDON.replace("setup", "standard"), "utf-8")
    lines = profile.read_text("utf-8").splitlines()
    told = next(problem for problem in problems(folder) if "stands twice" in problem.what)
    assert (lines[told.line - 1], f"in line {lines.index('[[plan]]') + 1}, too" in told.what) == ("[[addon]]", True)


@each_row
def test_a_mistake_in_profile_toml(folder: Path, old: str, new: str, at: str, said: str) -> None:
    spoil(folder, "profile.toml", old, new)
    assert said in told_once(folder, "profile.toml", at)


PL, EN, FAQ, REPLIES = "texts/pl.toml", "texts/en.toml", "faq/en.toml", "desk/replies.toml"


@each_row
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
    spoil(folder, "profile.toml", "[[document]]", f'{more}[[consent]]\nid = "news"\nversion = "1"\n\n[[document]]')
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
[account.consents]
ask = "What do you agree to?"
"""


@pytest.mark.parametrize("file", [PL, EN])
@each_row
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


@pytest.mark.parametrize(
    ("file", "code"), [("profile.toml", "utf-16"), (PL, "cp1250"), (FAQ, "utf-16"), ("faq/pl.toml", "cp1250")]
)
def test_a_file_in_another_encoding_is_one_mistake(folder: Path, file: str, code: str) -> None:
    (folder / file).write_bytes((folder / file).read_text("utf-8").encode(code, "replace"))
    [problem] = problems(folder)
    assert (problem.file, problem.line > 0) == (folder / file, True)
    assert (problem.what, problem.remedy) == ("this is no UTF-8 text", "Store the file as UTF-8.")


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
    assert documents.file == folder / "documents/it"
    assert documents.what == "these documents are in “it”, which isn’t among `locales`"


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
    said = [(doubt.file.name, doubt.what) for doubt in doubts(load(folder), NOW)]
    assert said == [("logo.svg", "nothing reads this"), ("fr.toml", "nothing reads this: “fr” isn’t among `locales`")]


@table(
    ("drawn", "said"),
    [
        ("<script>alert(1)</script>", "has <script>"),
        ("<g onload='alert(1)'/>", "has onload in <g>"),
        ("<foreignObject/>", "has <foreignObject>"),
        ("<use xmlns:x='http://www.w3.org/1999/xlink' x:href='https://e.example/a.svg#a'/>", "has href in <use>"),
        ("<path style='fill:url(//e.example/a)'/>", "has style in <path>"),
        ("<style>@import '//e.example/a.css'</style>", "has a style that loads something"),
        ("<rect", "is no XML"),
        ("<path d='{}'/>".format("M0 0" * 2500), "8192 are the most"),
        ("<rect width='9' height='9' fill='#302a22'/>", "nothing of it is seen on the bar"),
    ],
)
def test_a_logo_only_draws_and_is_seen(folder: Path, drawn: str, said: str) -> None:
    if not (folder / "logo.svg").exists():
        spoil(folder, "profile.toml", "[brand]\n", '[brand]\nlogo = "logo.svg"\n')
    (folder / "logo.svg").write_text(f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'>{drawn}</svg>")
    [problem] = problems(folder)
    assert said in problem.what
    assert problem.remedy


@each_row
def test_what_may_be_meant_is_a_warning(folder: Path, old: str, new: str, at: str, said: str) -> None:
    spoil(folder, "profile.toml", old, new)
    [doubt] = doubts(load(folder), NOW)
    assert said in doubt.what
    assert doubt.remedy
    assert (folder / "profile.toml").read_text("utf-8").splitlines()[doubt.line - 1].startswith(at)


def test_a_charge_that_its_network_wants_announced_earlier_is_a_warning(folder: Path) -> None:
    spoil(folder, "profile.toml", "chargeable = []", 'chargeable = ["card"]')
    assert [*doubts(load(folder), NOW)] == []
    spoil(folder, "profile.toml", "announce_days = 14", "announce_days = 13")
    [doubt] = doubts(load(folder), NOW)
    assert doubt.what == "a charge of card that comes every six months or less often must be announced a week before"
    assert doubt.remedy == "Write announce_days = 14 into [renewal]."


@table(
    ("locale", "title", "once", "said"),
    [
        ("pl", "Wdrożenie (jednorazowo)", "", "setup says “Wdrożenie” and renews with the plan"),
        ("it", "Attivazione una tantum", "", "setup says “Attivazione” and renews with the plan"),
        ("en", "One-off help", "", "setup says “One-off” and renews with the plan"),
        ("en", "Help", "", None),
        ("pl", "Wdrożenie", "once = true\n", None),
        (
            "pl",
            "Wdrożenie (jednorazowo)",
            "once = true\n",
            "setup says “jednorazowo” itself, and the desk says it, too",
        ),
    ],
)
def test_an_add_on_whose_words_say_how_often_it_is_paid(
    folder: Path, locale: str, title: str, once: str, said: str | None
) -> None:
    mine = folder / title / once.strip()
    begin(mine, (locale,))
    profile, texts = mine / "profile.toml", mine / f"texts/{locale}.toml"
    profile.write_text(profile.read_text("utf-8") + ADDON + once, "utf-8")
    texts.write_text(texts.read_text("utf-8") + f'[addon.setup]\ntitle = "{title}"\nask = "?"\ncount = "x"\n', "utf-8")
    assert [doubt.what for doubt in doubts(load(mine), NOW)] == [said] * (said is not None)


def test_a_code_is_for_several_terms_only_where_something_renews(folder: Path) -> None:
    spoil(folder, "profile.toml", "# [[discount]]", f"{CODE}terms = 3\n#")
    assert problems(folder) == []
    spoil(folder, "profile.toml", 'auto_renewal = "offer"', 'auto_renewal = "none"')
    assert "JESIEN is for 3 terms, and nothing renews" in told_once(folder, "profile.toml", "terms = 3")


def test_a_code_that_is_past_on_purpose_says_so(folder: Path) -> None:
    spoil(folder, "profile.toml", "# [[discount]]", f"{CODE}expires_at = 2020-12-31T00:00:00+01:00\nover = true\n#")
    assert [*doubts(load(folder), NOW)] == []


def test_the_rates_are_of_countries_of_the_union() -> None:
    assert STANDARD.keys() <= RULES.keys()
    assert all(15 <= percent <= 27 for percent in STANDARD.values())


@pytest.mark.parametrize("right", [*SHIPPED, TEMPLATE], ids=lambda path: path.name)
def test_nothing_is_doubted_in_a_right_profile(right: Path) -> None:
    assert [*doubts(load(right), NOW)] == []


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
        assert (problem.line, problem.remedy.replace("`", "")) == (number, f"Is {found[1]} meant?")
