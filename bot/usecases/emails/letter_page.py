"""Letters as HTML: one page of words, readable on white and on black, with nothing to load.

Mail programs keep little of a style sheet, so styles stand at their elements. No colour is set for words but on the
button: what is paler is so by opacity, whatever stands behind it (`color-scheme` lets a program choose).
"""

from html import escape

from values.consent import document_blocks

_BODY = "font:16px/1.5 system-ui,sans-serif"
_PALE = "opacity:.75"
_BUTTON = "display:inline-block;padding:12px 20px;background:#1b2a4a;color:#fff;border-radius:8px;text-decoration:none"


def page(locale: str, title: str, text: str, foot: str, *, button: str = "", has_documents: bool = False) -> str:
    """Return the whole letter; `button` is HTML already (`leading`).

    With `has_documents` headings and rules of documents in the text are shown as the page of a document shows them.
    """
    shown = _blocks(text) if has_documents else "".join(_paragraph(part) for part in text.split("\n\n"))
    return framed(locale, title, f"{shown}{button}{pale(escape(foot))}")


def framed(locale: str, title: str, body: str) -> str:
    """Return the letter around this HTML."""
    return (
        f'<!doctype html><html lang="{escape(locale, quote=True)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f'<title>{escape(title)}</title></head><body style="{_BODY}">{body}</body></html>'
    )


def pale(said: str) -> str:
    """Return a paragraph that stands back; `said` is HTML already."""
    return f'<p style="{_PALE}">{said}</p>'


def leading(href: str, said: str) -> str:
    """Return a button, and the same link plain for whoever can't press it."""
    link = escape(href, quote=True)
    return (
        f'<p><a href="{link}" style="{_BUTTON}">{escape(said)}</a></p>'
        f'<p style="word-break:break-all"><a href="{link}">{link}</a></p>'
    )


def plain(text: str) -> str:
    """Return a text with documents in it for the plain part: headings are underlined, no sign of their markup stays."""
    parts: list[str] = []
    for block in document_blocks(text):
        words = "\n".join(block.lines)
        rule = {1: "=", 2: "-"}.get(block.level)
        parts.append(f"{words}\n{rule * min(len(words), 72)}" if rule else words or "* * *")
    return "\n\n".join(parts)


def _blocks(text: str) -> str:
    parts: list[str] = []
    for block in document_blocks(text):
        words = "<br>".join(escape(line) for line in block.lines)
        # The letter's own words stand above: a document in it begins a level lower.
        tag = {1: "h2", 2: "h3"}.get(block.level)
        parts.append(f"<{tag}>{words}</{tag}>" if tag else f"<p>{words}</p>" if words else "<hr>")
    return "".join(parts)


def _paragraph(part: str) -> str:
    return f"<p>{escape(part).replace(chr(10), '<br>')}</p>"
