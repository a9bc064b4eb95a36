"""Makes the list of towns: `.venv/bin/python docs/dev/make_towns.py CITIES.json COMUNI.csv`.

It writes `values/slots/towns.txt.gz`. The first file holds GeoNames' places of 500 people and more (`cities500`, as
JSON by their ids), the second ISTAT's list of Italian municipalities. Both are named with their licences in
`values/slots/towns.md`.
"""

import gzip
import json
import sys
from pathlib import Path

from values.parsing import fold_words
from values.slots import towns

_COUNTRIES = frozenset(
    "PL IT DE AT CH FR ES PT NL BE LU CZ SK HU RO BG HR SI GR DK SE FI EE LV LT IE GB MT CY SM VA NO LI".split()
)
_LARGE, _CODE = 100_000, 3
"""People of a city that has names in other languages too, and letters of an airport's code."""
_ITALIAN_NAME = 6
"""The column of a municipality's name in Italian."""


def write_towns(cities: Path, municipalities: Path, target: Path) -> int:
    """Write the folded names of both lists, each once; return their number."""
    places = json.loads(cities.read_text(encoding="utf-8")).values()
    known = [place for place in places if place["countrycode"] in _COUNTRIES]
    names = {fold_words(place["name"]) for place in known}
    large = (place["alternatenames"] for place in known if place["population"] >= _LARGE)
    names |= {fold_words(name) for others in large for name in others if len(name) > _CODE and not name.isupper()}
    rows = (line.split(";") for line in municipalities.read_text(encoding="latin-1").splitlines())
    names |= {fold_words(row[_ITALIAN_NAME]) for row in rows if row[0].isdecimal() and len(row) > _ITALIAN_NAME}
    names = {name for name in names if name and name.isascii()}
    target.write_bytes(gzip.compress("\n".join(sorted(names)).encode(), 9, mtime=0))
    return len(names)


if __name__ == "__main__":
    sys.stdout.write(
        f"{write_towns(Path(sys.argv[1]), Path(sys.argv[2]), Path(towns.__file__).with_name('towns.txt.gz'))}\n"
    )
