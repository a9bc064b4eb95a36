"""Which domains are taken for a slip of a well-known mailbox, and which are somebody's own."""

from tests.kit.rows import all_rows
from tests.table import table
from values import mailbox_domains
from values.email import likely_meant


@all_rows
def test_a_slip_of_a_known_domain_is_told_from_it(slip: str, meant: str | None) -> None:
    assert mailbox_domains.meant(slip) == meant


@table(
    "own",
    [
        *("wp.com", "op.com", "o3.pl", "ob.pl", "wb.de", "gmx.pl", "live.co", "mail.co", "me.co", "web.dev"),
        *("libro.it", "libera.it", "intera.pl", "interna.pl", "cloud.com", "gail.com", "malice.it", "alive.it"),
        *("gazela.pl", "email.de", "bursztyn.pl", "lucani.it", "morgenrot.de", "example.com", "gmail.example.com"),
        *("pec.it", "legalmail.it", "outlooks.com", "firma.p"),
    ],
)
def test_a_firms_own_domain_is_no_slip(own: str) -> None:
    assert mailbox_domains.meant(own) is None


def test_no_known_domain_is_a_slip_of_another() -> None:
    assert {
        known: mailbox_domains.meant(known) for known in mailbox_domains.KNOWN if mailbox_domains.meant(known)
    } == {}


def test_what_was_meant_is_known_and_keeps_the_name_in_front() -> None:
    assert likely_meant("anna.nowak+1@gmial.com") == "anna.nowak+1@gmail.com"
    assert likely_meant("anna.nowak+1@gmail.com") is None
