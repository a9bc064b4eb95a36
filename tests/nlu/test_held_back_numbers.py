"""Spoken and typed numbers written down by others, by language.

Their failures have been read since, so that the floor keeps what is reached; new sentences are read a little worse.
"""

import json
from pathlib import Path
from typing import Any

from nlu.parse import parse
from tests.table import table
from values.locale import SHIPPED

HERE = Path(__file__).parent / "held_back"
FLOOR = 0.985


@table("lang", SHIPPED)
@table(("name", "least"), [("numbers.jsonl", 180), ("numbers_fresh.jsonl", 90)])
def test_held_back_numbers_are_read(lang: str, name: str, least: int) -> None:
    rows: list[dict[str, Any]] = [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines()]
    rows = [row for row in rows if row["lang"] == lang]
    assert len(rows) >= least
    wrong = [row["text"] for row in rows if not is_right(row)]
    assert 1 - len(wrong) / len(rows) >= FLOOR, wrong


def is_right(row: dict[str, Any]) -> bool:
    """Whether the value is read, and no second one of its kind; a wrong one need only not pass for right."""
    want = normal(row["want"]["entity"], row["want"]["value"])
    found = parse(row["text"], row["lang"], row["asked"])["entities"]
    alike = [e for e in found if normal(e["entity"], e["value"])[0] == want[0]]
    if row["want"].get("valid") is False:
        return not any(e.get("valid", True) for e in alike)
    return [normal(e["entity"], e["value"]) for e in alike] == [want]


def normal(entity: str, value: str) -> tuple[str, str]:
    """A value's form for comparison; a VAT number with the letters of Poland or Italy is the national one."""
    value = value.upper() if "@" in value else "".join(c for c in value if c.isalnum() or c == "+").upper()
    national = {"PL": "nip", "IT": "partita_iva"}.get(value[:2])
    return (national, value[2:]) if entity == "vat_number" and national else (entity, value)
