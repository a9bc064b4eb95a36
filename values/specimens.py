"""Sample messages for property tests, the dialog walker and simulated customers."""

from values.kinds import kind_of
from values.kinds.samples import Specimens
from values.meaning import Expects

TOO_LONG = "ż" * 9000
QUESTIONS = {"pl": "Ile to kosztuje?", "it": "Quanto costa?", "en": "How much is it?"}


def specimens(expects: Expects, country: str = "PL") -> Specimens:
    """Return the sample answers of a kind for a country; kinds that take no typed answer have garbage only."""
    return kind_of(expects).samples(country)
