"""The pages' own words and colours: complete in every language, readable in both lights.

Whatever the trail tells has its words in the agents' languages.
"""

import re
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.texts.text import merge_seller_cases
from bot.usecases.agents import customer_acts
from bot.web import page_texts as module
from bot.web.page_texts import LOCALES, accepted_languages, choose_locale, places, words
from tests.architecture.rooms import ROOT
from tests.kit.rows import all_rows
from tests.table import table
from values.look import Look, by_day, by_night, contrast, is_colour

STATIC = Path(module.__file__).parent / "static" / "js"


@table("locale", LOCALES)
def test_every_language_has_the_same_keys_and_places(locale: str) -> None:
    polish, other = words("pl"), words(locale)
    assert other.keys() == polish.keys()
    for key in sorted(polish.keys()):
        assert merge_seller_cases(places(other._texts[key])) == merge_seller_cases(places(polish._texts[key])), key


@table("locale", LOCALES)
def test_no_text_is_empty_or_shouts(locale: str) -> None:
    for text in words(locale)._texts.values():
        assert text.strip()
        assert "!" not in text


@table(("folder", "section"), [("chat", "chat"), ("instruments", "sandbox")])
def test_the_scripts_name_only_words_that_exist(folder: str, section: str) -> None:
    known = words("en").section(section)
    used = {key for s in (STATIC / folder).glob("*.js") for key in re.findall(r'\bt\("([a-z_]+)"', s.read_text())}
    assert used
    # The seller's own line, from the profile; what is told where customers may dictate.
    assert used <= {*known, "about", *words("en").section("dictation"), "dictate_ask"}


def test_a_place_is_filled_once_and_never_read_again() -> None:
    assert words("en")("chat.progress", n="{of}", of=8, part="{password}") == "{of} of 8 · {password}"


def test_a_missing_value_is_an_error_and_an_unknown_key_has_a_fallback() -> None:
    with pytest.raises(KeyError):
        words("pl")("chat.progress", n=1)
    assert words("pl").get("reasons.unheard_of", "reasons.other", {}).startswith("Tego nie możemy")


@all_rows
def test_the_browser_s_languages_are_heard(header: str, chosen: str) -> None:
    assert choose_locale(accepted_languages(header), LOCALES, "pl") == chosen


COLOURS = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
LOOKS = st.builds(
    Look, accent=COLOURS, header=st.none() | COLOURS, paper=st.sampled_from(["warm", "white", "cool"]), name=st.text()
)


def test_contrast_is_wcag_s() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(LOOKS)
def test_whatever_the_look_texts_stay_readable(look: Look) -> None:
    for light in (by_day(look), by_night(look)):
        for ground in (light.wall, light.counter, light.paper, light.accent_soft):
            assert min(contrast(one, ground) for one in (light.ink, light.muted, light.accent_text)) >= 4.5
        assert contrast(light.accent_on, light.accent) >= 4.5
        if look.header is None:
            assert min(contrast(one, light.lintel) for one in (light.lintel_ink, light.lintel_muted)) >= 4.5
    assert ElementTree.fromstring(look.sign).tag.endswith("svg")


@table("text", ["#f0a63", "red", "#f0a63a;}", "", "#F0A63Z", "f0a63a"])
def test_only_plain_colours_are_taken(text: str) -> None:
    assert not is_colour(text)


FOLDER = Path(__file__).parents[2] / "bot" / "web" / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_moments_are_written_as_html_reads_them(path: Path) -> None:
    """HTML takes three digits of a second at most; Python writes six."""
    written = path.read_text("utf-8")
    assert ".isoformat()" not in written
    assert all("datetime=" in tag for tag in re.findall(r"<time[^>]*>", written))


_TOLD = re.compile(
    r'(?:what="|^(?:SEEN|CONTACTS_OPENED|CONTACTS_READ) = "'
    r'|_note\(connection, "|_reset\(login, [\w.]+, "|\.note\(\s*me,\s*"'
    r'|\.record\(\w+, me, ")'
    r'([a-z_]+)"',
    re.MULTILINE,
)
#: Named by what was done (`bot/usecases/agents/acts.py`).
ACTS: set[str] = set(
    """
    taken taken_over taken_back said corrected proposed proposal_superseded language address_kept passed_on
    given_back done put_back withdrawal_accepted withdrawal_refused proof_asked trial_granted prove
""".split()
) | {act.trail for act in customer_acts.ACTS}


def told() -> set[str]:
    return ACTS.union(
        *(
            _TOLD.findall(path.read_text("utf-8"))
            for room in ("bot", "services")
            for path in (ROOT / room).rglob("*.py")
        )
    )


@table("locale", ["pl", "it", "en"])
def test_every_line_of_the_trail_has_words(locale: str) -> None:
    texts = tomllib.loads((ROOT / "bot" / "web" / "texts" / f"{locale}.toml").read_text("utf-8"))
    assert told() == set(texts["desk_trail"])
