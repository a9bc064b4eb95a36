"""A profile's own texts in one language: `texts/CODE.toml`, and beside it as many files as one likes in `texts/CODE/`.

What stands in `texts/CODE.toml` holds. In a shipped language the texts add to the common ones. In any other the folder
holds the common ones as well: the keys of the English ones, each of which is looked for here.
"""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from babel import Locale as Culture
from msgspec import Struct, field

from bot.profile.problems import ProfileProblem, line_near, line_of
from bot.profile.toml_reader import read_tables, source_of
from bot.texts.text import Included, PlainText, Text, TextChoice, TextError, TextPlace, leaves
from bot.texts.toml_tables import HERE, brands, common, texts_of
from dialogs.own.ways_to_answer import NAME
from values.locale import ENGLISH, SHIPPED
from values.offer import Addon
from values.question import OwnQuestion

_SHOWN = 60


class OwnTexts(Struct, frozen=True):
    """The texts, and the file in which each stands. `broken`: files that couldn't be read, so texts are unknown."""

    main: Path
    texts: dict[str, Text] = field(default_factory=dict[str, Text])
    files: dict[str, Path] = field(default_factory=dict[str, Path])
    broken: list[Path] = field(default_factory=list[Path])

    def place(self, key: str) -> tuple[Path, int]:
        """Return the file and the line of a text, or of where it belongs."""
        path = self.files.get(key, self.main)
        return path, line_near(source_of(path), key.split("."))


def own_texts(folder: Path, locale: str, problems: list[ProfileProblem]) -> OwnTexts:
    """Return all texts of the folder in a language; mistakes are added to `problems`."""
    main = folder / "texts" / f"{locale}.toml"
    own = OwnTexts(main)
    for path in (*sorted((folder / "texts" / locale).glob("*.toml")), main):
        raw, source = read_tables(path, problems)
        if raw is None:
            own.broken.append(path)
            continue
        try:
            found = dict(texts_of(raw))
        except TextError as error:
            key = str(error).partition(":")[0]
            problems.append(ProfileProblem(path, line_of(source, key.split(".")), str(error), "Correct the text."))
            own.broken.append(path)
            continue
        for key, text in found.items():
            if key in own.texts and path != main:
                line = line_of(source, key.split("."))
                problems.append(
                    ProfileProblem(path, line, f"{key} stands in {own.files[key].name}, too", "Keep one of them.")
                )
            own.texts[key], own.files[key] = text, path
    return own


def read_shared_texts(locale: str) -> Mapping[str, Text]:
    """Return the common texts of a shipped language; of any other, the channels' brands."""
    return common(locale) if locale in SHIPPED else brands()


def name_languages(locales: tuple[str, ...]) -> dict[str, Text]:
    """Return each language's own name, for the buttons that choose one."""
    cultures = {locale: Culture.parse(locale) for locale in locales}
    return {
        f"language.{locale}": PlainText(((culture.get_display_name(locale) or locale).capitalize(),))
        for locale, culture in cultures.items()
    }


def find_lacking_texts(folder: Path, locale: str, own: OwnTexts) -> Iterator[ProfileProblem]:
    """Yield the common texts that a language brought by the folder lacks.

    Whether their placeholders can be filled is checked at the dress rehearsal: a seller may phrase things
    differently.
    """
    if locale in SHIPPED or own.broken:  # that is told already
        return
    english = common(ENGLISH)
    for key, text in english.items():
        if key not in own.texts and key not in brands() and not key.startswith("language."):
            path = _belongs(folder, locale, key, own)
            line = line_of(source_of(path), key.split("."))
            yield ProfileProblem(path, line, f"there is no text {key}", f"Add it; in English it is {_shown(text)}.")


def _belongs(folder: Path, locale: str, key: str, own: OwnTexts) -> Path:
    """Return the file in which a missing text belongs: that of its neighbours."""
    split = folder / "texts" / locale / f"{_home(key)}.toml"
    return split if split.exists() else own.main


def _home(key: str) -> str:
    for path in sorted((HERE / ENGLISH).glob("*.toml")):
        if line_of(source_of(path), key.split(".")) and key in dict(texts_of(read_tables(path, [])[0] or {})):
            return path.stem
    return ""


def _shown(text: Text) -> str:
    words = next(leaves(text))
    said = "".join(piece if isinstance(piece, str) else "{…}" for piece in words.pieces).replace("\n", " ")
    return f"“{said[:_SHOWN]}{'…' if len(said) > _SHOWN else ''}”"


def addon_texts(addons: Iterable[Addon]) -> dict[str, Text]:
    """Return the words of add-ons of which nobody takes more than one piece: their names say all."""
    single = [addon.id for addon in addons if addon.most * addon.pack == 1]
    words = (("ask", "cart.addon"), ("count", "addon.{}.title"))
    return {f"addon.{id}.{part}": PlainText((Included(said.format(id)),)) for id in single for part, said in words}


PARTS = ("ask", "label", "help", "called", "change")
"""The words that every question needs."""


def words_needed(question: OwnQuestion) -> Iterator[str]:
    """Yield the keys of the texts that the seller writes for a question."""
    yield from (f"question.{question.id}.{part}" for part in PARTS)
    yield from (f"question.{question.id}.options.{option}" for option in question.options)


def question_texts(questions: tuple[OwnQuestion, ...], texts: Mapping[str, Text]) -> dict[str, Text]:
    """Return the texts of the questions' steps, buttons and rows, as far as the seller has written the words.

    A seller writes `question.ID.ask` and its neighbours together; a step's question is a text `DIALOG.STEP.ask`, a
    button's title `option.STEP.VALUE`.
    """
    found: dict[str, Text] = {}
    for question in questions:
        hint = f"question.{question.id}.hint"
        if (helped := texts.get(f"question.{question.id}.help")) is not None:
            found[f"{NAME}.{question.id}.hint"] = texts.get(hint, helped)
        written = ((key, f"question.{question.id}.{own}") for key, own in _names(question))
        found |= {key: texts[own] for key, own in written if own in texts}
        found[f"option.{question.id}.skip"] = PlainText((Included(f"option.{NAME}.skip"),))
        found[f"card.order.{question.id}"] = _row(question)
    return found


def _names(question: OwnQuestion) -> Iterator[tuple[str, str]]:
    """Yield the text that is said, and the part of the seller's words that it is."""
    id = question.id
    yield from ((f"{NAME}.{id}.{part}", part) for part in ("ask", "help"))
    yield from ((f"label.{id}", "label"), (f"called.{id}", "called"), (f"edit.{id}", "change"))
    for option in question.options:
        yield f"option.{id}.{option}", f"options.{option}"
        yield f"answer.{id}.{option}", f"options.{option}"
        yield f"answer.{id}.{option}", f"answers.{option}"  # where one is written


def _row(question: OwnQuestion) -> Text:
    given = PlainText((TextPlace(f"own_{question.id}"),))
    return TextChoice("select", f"own_{question.id}", {"none": PlainText(("",)), "other": given})
