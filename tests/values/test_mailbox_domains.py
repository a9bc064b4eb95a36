"""Which domains are taken for a slip of a well-known mailbox, and which are somebody's own."""

from tests.table import table
from values import mailbox_domains
from values.email import likely_meant


@table(
    ("slip", "meant"),
    [
        ("gmial.com", "gmail.com"),
        ("gmai.com", "gmail.com"),
        ("gmaill.com", "gmail.com"),
        ("gnail.com", "gmail.com"),
        ("gmail.con", "gmail.com"),
        ("gmail.co", "gmail.com"),
        ("gmial.con", "gmail.com"),
        ("gmail.pl", "gmail.com"),
        ("hotmail.con", "hotmail.com"),
        ("hotmial.it", "hotmail.it"),
        ("outlok.com", "outlook.com"),
        ("yaho.co.uk", "yahoo.co.uk"),
        ("wp.p", "wp.pl"),
        ("o2.p", "o2.pl"),
        ("02.pl", "o2.pl"),
        ("onet.ol", "onet.pl"),
        ("interia.p", "interia.pl"),
        ("libero.i", "libero.it"),
        ("lbero.it", "libero.it"),
        ("virgiglio.it", None),  # two letters off for a keyboard: a miss is better than a false alarm
        ("gmx.d", "gmx.de"),
        ("gxm.de", "gmx.de"),
        ("web.d", "web.de"),
    ],
)
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
