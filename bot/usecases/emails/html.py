"""A letter's words in HTML: paragraphs, a button where it leads to a page, and its foot."""

from html import escape


def page(locale: str, text: str, foot: str, button: str = "") -> str:
    """The whole letter; `button` is HTML already (`leading`)."""
    paragraphs = "".join(f"<p>{escape(part).replace(chr(10), '<br>')}</p>" for part in text.split("\n\n"))
    return (
        f'<!doctype html><html lang="{escape(locale, quote=True)}"><body style="font:16px/1.5 system-ui,sans-serif">'
        f'{paragraphs}{button}<p style="color:#555">{escape(foot)}</p></body></html>'
    )


def leading(href: str, said: str) -> str:
    """A button, and the same link plain for whoever can't press it."""
    link = escape(href, quote=True)
    return (
        f'<p><a href="{link}" style="display:inline-block;padding:12px 20px;background:#1b2a4a;'
        f'color:#fff;border-radius:8px;text-decoration:none">{escape(said)}</a></p>'
        f'<p style="word-break:break-all"><a href="{link}">{link}</a></p>'
    )
