"""The list of log-ins: a private page, readable when it is long, asked for in words at any step."""

import pytest
from msgspec.structs import replace

from dialogs.explorer.outcomes import LOG_INS
from dialogs.messages.own_data import EndLogIn, ListLogIns, LogInEnded, LogInsListed
from dialogs.messages.zone import LoggedOut, LogOut
from nlu.understand import understand
from tests.dialogs.driver import Driver, activated, ordered
from tests.kit.narrow import a
from tests.kit.rows import all_rows
from values.expected import Expected
from values.meaning import Expects, Intent


@all_rows
def test_where_one_is_logged_in_is_asked_in_words(locale: str, text: str) -> None:
    assert a(Intent, understand(text, Expected(Expects.nothing, "zone"), locale=locale)).name == "log_ins"


@pytest.mark.parametrize("text", ["chcę się zalogować", "log me out", "nie mogę się zalogować", "voglio accedere"])
def test_a_wish_to_log_in_or_out_is_none(text: str) -> None:
    heard = understand(text, Expected(Expects.nothing, "zone"), locale="pl")
    assert not (isinstance(heard, Intent) and heard.name == "log_ins")


def test_at_any_step_and_to_whoever_is_not_logged_in_nothing_is_shown() -> None:
    customer = ordered().given(ListLogIns, LogInsListed(LOG_INS))
    at = customer.at
    customer.want("log_ins")
    assert (customer.heard, customer.at) == (["personal.log_ins"], at)
    for press in (None, "zone:log_ins", "log_ins:end:22f0", "zone:log_out_everywhere"):
        stranger = Driver()
        if press is None:
            stranger.want("log_ins")
        else:
            stranger.press(press)
        assert "personal.not_logged_in" in stranger.heard


def test_a_long_list_shows_those_used_last_and_the_way_out_of_all() -> None:
    lines = (*(replace(LOG_INS[1], id=f"{n:02d}f0") for n in range(12)), LOG_INS[0])
    customer = activated().given(ListLogIns, LogInsListed(lines)).press("zone:settings", "zone:log_ins")
    ends = [button for button in customer.buttons if button.startswith("log_ins:end:")]
    assert len(ends) == 8
    assert ends[0] == "log_ins:end:11f0", "this chat stands first"
    assert "zone:log_out_everywhere" in customer.buttons


def test_the_end_of_ones_own_is_a_log_out_and_of_another_leaves_the_rest_listed() -> None:
    customer = activated().given(ListLogIns, LogInsListed(LOG_INS)).press("zone:log_ins")
    customer.given(EndLogIn, LogInEnded("ended", LOG_INS[:1])).press("log_ins:end:22f0")
    assert (customer.heard, customer.at) == (["personal.log_in_ended"], "zone.zone")
    customer.given(EndLogIn, LogInEnded("here")).given(LogOut, LoggedOut()).press("log_ins:end:11f0")
    assert customer.acts[-1] == LogOut()
    assert "personal.logged_out" in customer.heard
