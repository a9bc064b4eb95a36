"""A seller's own pages in `faq/LOCALE/NAME.md`: parts that answer, each with the place where it stands."""

from pathlib import Path
from shutil import copytree

import pytest

from bot.profile import Profile, ProfileErrors, load
from bot.profile.passages import LONGEST, passages
from nlu.languages.shipped import order_langs
from nlu.requests import read_wish
from values.expected import Expected
from values.meaning import Expects, Faq

PAGE = """# Import danych

Krótki wstęp o imporcie.

## Kontrahenci z Excela

Listę kontrahentów wgrasz z pliku **Excel** w panelu, w części [Kontrahenci](https://panel.example/k).

## Drukarki fiskalne

Drukarki fiskalnej nie podłączysz: program jej nie obsługuje.

```
# to nie jest nagłówek
```
"""


def profile_with(tmp_path: Path, name: str = "import.md", page: str = PAGE) -> Path:
    folder = copytree(Path("profiles/fakturasmart"), tmp_path / "fakturasmart")
    (folder / "faq" / "pl").mkdir()
    (folder / "faq" / "pl" / name).write_text(page, encoding="utf-8")
    return folder


def answer(profile: Profile, question: str) -> str:
    wish = read_wish(question, Expected(Expects.email, "email"), order_langs(profile.known, "pl"), profile.questions())
    assert isinstance(wish, Faq), wish
    return profile.renderer().words(f"faq.{wish.id}", {}, "pl")


def test_a_part_answers_and_says_where_it_stands(tmp_path: Path) -> None:
    profile = load(profile_with(tmp_path))
    assert answer(profile, "czy podłączę drukarkę fiskalną?") == (
        "Drukarki fiskalnej nie podłączysz: program jej nie obsługuje.\n\n# to nie jest nagłówek\n\n"
        "Źródło: Import danych › Drukarki fiskalne"
    )
    assert "Kontrahenci (https://panel.example/k)" in answer(profile, "kontrahenci z Excela?")


def test_a_page_is_split_where_an_answer_would_grow_too_long() -> None:
    problems: list[object] = []
    assert passages(Path("/nowhere"), ("pl",), []) == {"pl": ()}
    assert problems == []


def test_long_sections_are_split_between_their_paragraphs(tmp_path: Path) -> None:
    page = "# Regulamin\n\n" + "\n\n".join(f"Punkt {n}. " + "słowo " * 40 for n in range(9))
    parts = passages(profile_with(tmp_path, "regulamin.md", page), ("pl",), [])["pl"]
    assert len(parts) > 1
    assert all(len(part.words) <= LONGEST + 1 for part in parts)
    assert [part.id for part in parts][:2] == ["regulamin.1", "regulamin.2"]


@pytest.mark.parametrize(
    ("name", "page", "told"),
    [
        ("Import.md", PAGE, "this is no page"),
        ("import.txt", PAGE, "this is no page"),
        ("import.md", " \n\n", "there are no words in it"),
    ],
)
def test_what_is_no_page_is_told(tmp_path: Path, name: str, page: str, told: str) -> None:
    with pytest.raises(ProfileErrors, match=told):
        load(profile_with(tmp_path, name, page))


def test_a_page_in_a_language_that_isnt_spoken_is_told(tmp_path: Path) -> None:
    folder = profile_with(tmp_path)
    (folder / "faq" / "fr").mkdir()
    (folder / "faq" / "fr" / "aide.md").write_text("# Aide\n\nTexte.", encoding="utf-8")
    with pytest.raises(ProfileErrors, match="isn’t among `locales`"):
        load(folder)
