"""Sellers of the tests: shipped ones with rules of their own, or with questions of all kinds."""

import shutil
from pathlib import Path

from tests.architecture.rooms import ROOT

ASKING = Path(__file__).with_name("asking")
QUESTIONS = (ASKING / "questions.toml").read_text("utf-8")
"""Those of a seller who asks a question of each kind, at each place, under each condition."""

RULES = """
[vat]
number = "PL5260250274"
reverse_charge = true

[[discount]]
code = "MINUS50"
amount = "50.00"

[[discount]]
code = "OSTATNI"
percent = 10
uses = 1
"""


def profile_with(folder: Path, rules: str, of: str = "fakturasmart") -> Path:
    """A shipped seller, in `folder`, with more tables in its profile."""
    shutil.copytree(ROOT / "profiles" / of, folder)
    file = folder / "profile.toml"
    file.write_text(f"{file.read_text('utf-8')}\n{rules}", "utf-8")
    return folder


def profile_abroad(folder: Path) -> Path:
    """A seller with what is different for buyers from abroad."""
    return profile_with(folder, f"[company]\nvatin = true\n{RULES}")


def asking_seller(folder: Path) -> Path:
    """A shipped seller with nine questions of its own in three languages, in `folder`."""
    profile_with(folder, QUESTIONS)
    for words in ASKING.glob("words_*.toml"):
        texts = folder / "texts" / words.stem.removeprefix("words_")
        texts.mkdir(exist_ok=True)
        shutil.copy(words, texts / "own_questions.toml")
    return folder
