"""Reading outside the chat: the form of a page, the code in an SMS."""

import re
from html.parser import HTMLParser

_SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
_LINK = re.compile(r"https?://\S+")


class PageForm(HTMLParser):
    """The one form of a page: where it goes, and its fields with their values and types."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.action = ""
        self.method = ""
        self.fields: dict[str, str] = {}
        self.types: dict[str, str] = {}
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a form or a field."""
        found = {name: value or "" for name, value in attrs}
        if tag == "form":
            if self.method:
                raise ValueError("more than one form on the page")
            self.action, self.method = found.get("action", ""), found.get("method", "").lower()
        elif tag == "input" and self.method and "name" in found:
            self.fields[found["name"]] = found.get("value", "")
            self.types[found["name"]] = found.get("type", "text")


def code_in(text: str) -> str:
    """Return the one code of six digits in a text, which may stand once more in the line for browsers.

    Errors: ValueError if there is none, or another one.
    """
    found = {*_SIX_DIGITS.findall(_LINK.sub(" ", text))}  # what is drawn for a link may hold six digits, too
    if len(found) != 1:
        raise ValueError(f"one code expected: {text}")
    return found.pop()
