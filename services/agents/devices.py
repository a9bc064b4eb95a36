"""Browsers in which an agent has once logged in: whoever guesses that agent's password elsewhere doesn't keep them
waiting (OWASP's "device cookies").

A token opens nothing; it only gives its browser tries of its own. It is signed by the desk's key and nothing of it is
stored: it is worth nothing for another agent, after its time, under another password, or once the account was disabled.
"""

import hmac
import re
import secrets
from datetime import datetime, timedelta

from services.agents.accounts import Agent
from services.keyed_hash import all_of
from services.keyed_hash import token as keyed_token

LIFETIME = timedelta(days=180)
"""From the last log-in on: each brings a new token."""
_FORM = re.compile(r"([0-9]{1,12})\.([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")


def issue(server_key: bytes, agent: Agent, now: datetime) -> str | None:
    """A token for the browser in which this agent has just shown who they are; None for one without a password, who
    never has to try any."""
    if agent.password_hash is None:
        return None
    since, name = str(int(now.timestamp())), secrets.token_urlsafe(16)
    return f"{since}.{name}.{_signed(server_key, agent, since, name)}"


def known(server_key: bytes, agent: Agent | None, given: str | None, now: datetime) -> str | None:
    """The device's name, for counting its tries, if the token is one of this agent's; else None. A token of our form is
    compared in the same time whether there is such an agent or not."""
    parts = None if given is None else _FORM.fullmatch(given)
    if parts is None:
        return None
    since, name, signature = parts.groups()
    signed = [hmac.compare_digest(_signed(key, agent, since, name), signature) for key in all_of(server_key)]
    holds = any(signed) and now - datetime.fromtimestamp(int(since), now.tzinfo) < LIFETIME
    if agent is None or agent.password_hash is None or agent.disabled_at is not None or not holds:
        return None
    return f"{agent.id} {name}"


def _signed(server_key: bytes, agent: Agent | None, since: str, name: str) -> str:
    """Bound to the password by its hash, which is another with every password, and to how often the account was
    disabled."""
    whose = ("", "", "") if agent is None else (agent.id, agent.password_hash or "", str(agent.times_disabled or 0))
    return keyed_token(server_key, "agent device", *whose, since, name)
