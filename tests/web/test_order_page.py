"""An order's page in every language of pages, with words that would be something else if they weren't escaped."""

from datetime import UTC, datetime

import pytest

from bot.conversation.outbound import Card, CardRow
from bot.usecases.billing.order_pages import BilledCompany, PassedOn
from bot.web.pages import Pages, Site
from tests.shipped import profile

HOSTILE = "\"'><script>alert(1)</script>{{ 7*7 }}"
ESCAPED = "&#34;&#39;&gt;&lt;script&gt;alert(1)&lt;/script&gt;{{ 7*7 }}"
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)
BROUGHT = profile("kontorblatt").pages
LANGUAGES = ("pl", "it", "en", *BROUGHT)


@pytest.mark.parametrize("locale", LANGUAGES)
def test_what_a_customer_or_a_seller_wrote_is_shown_as_words(locale: str) -> None:
    bought = Card("receipt", "", HOSTILE, (CardRow(HOSTILE, HOSTILE, HOSTILE),), HOSTILE, HOSTILE)
    ways = (("card", HOSTILE), ("paypal", HOSTILE))
    view = PassedOn(
        *(HOSTILE, "waits", bought, BilledCompany(HOSTILE, HOSTILE, HOSTILE), ways, None, NOW, NOW, locale, HOSTILE)
    )
    pages = Pages(Site("http://desk.example", HOSTILE, HOSTILE, locales=LANGUAGES, words=BROUGHT))
    moment = pages.day_and_hour(NOW, locale)
    more = {"action": "/pay/x", "again": "/pay/x", "pause": None}
    page = pages.text("order_page.html", locale, view=view, placed=moment, until=moment, **more)
    assert "<script>alert" not in page
    assert page.count(ESCAPED) >= 10
    assert '<button class="quiet" type="submit" name="method" value="paypal">' in page
    assert " style=" not in page
    assert " onclick" not in page
