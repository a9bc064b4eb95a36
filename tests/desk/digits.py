"""The two digits that a log-in page shows where it doesn't hold its chat: a test types them there."""

import re

import httpx


def digits_on(page: httpx.Response) -> str:
    """The digits that a log-in page shows, "" where it shows none."""
    found = re.search(r'<p class="digits"[^>]*><span>(\d)</span><span>(\d)</span></p>', page.text)
    return "".join(found.groups()) if found else ""
