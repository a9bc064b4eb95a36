"""The wish to be logged out: a verb of leaving and a scope, in any order and language."""

from pathlib import Path

from nlu.languages.shipped import KNOWN, among
from nlu.named.log_ins import log_out_wanted
from tests.table import table

LINES = Path(__file__).with_name("log_outs.tsv").read_text(encoding="utf-8").splitlines()


@table(("lang", "wanted", "text"), [line.split("\t") for line in LINES])
def test_a_wish_to_log_out_reaches_as_far_as_it_says(lang: str, wanted: str, text: str) -> None:
    assert (log_out_wanted(text, among(KNOWN, lang)) or "-") == wanted
