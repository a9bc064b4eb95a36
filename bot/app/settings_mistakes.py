"""Messages about invalid settings, with the setting's name and without its value, which may be a key."""

import re
from collections.abc import Iterator

from pydantic import ValidationError

from bot.app.settings import Settings

_KINDS = {
    "int": "write a whole number, digits only",
    "bool": "write true or false",
    "string": "its form is wrong",
}
_FORMS = {
    r"^https?://\S+$": "write an address with https:// in front",
    r"^https?://\S+/bot$": "write an address with https:// in front and /bot at the end",
    r"^https?://\S+/v1$": "write an address with https:// in front and /v1 at the end",
}


def said(error: ValidationError) -> Iterator[str]:
    """Yield one sentence for each. Errors: the error itself, if it isn't about settings."""
    if error.title != Settings.__name__:
        raise error
    for wrong in error.errors(include_url=False, include_input=False):
        words, bounds = wrong["msg"].removeprefix("Value error, "), wrong.get("ctx", {})
        if not wrong["loc"]:  # several settings that don't fit together: the words name them
            yield words
            continue
        match wrong["type"]:
            case "literal_error" | "enum":
                words = f"write {_listed(str(bounds['expected']))}"
            case "string_pattern_mismatch":
                words = _FORMS.get(str(bounds["pattern"]), _KINDS["string"])
            case "less_than_equal":
                words = f"write {bounds['le']} at most"
            case "greater_than_equal":
                words = f"write {bounds['ge']} at least"
            case kind:
                words = _KINDS.get(kind.partition("_")[0], words)
        yield f"OKIENKO_{str(wrong['loc'][0]).upper()}: {words}"


def _listed(expected: str) -> str:
    return " or ".join(re.findall(r"'([^']*)'", expected))
