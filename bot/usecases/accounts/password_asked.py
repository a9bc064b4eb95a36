"""A page that asks for a password: whose it is, or what the page says of it."""

from bot.handlers.pages.secure import Refused, Said, TooMany
from bot.usecases.accounts.log_in import Held, LogIns, Right, Wrong
from values.secret import Secret

MISSING = Refused((Said("missing", {}),))


async def asked(
    log_ins: LogIns,
    login: Secret | None,
    password: Secret | None,
    address: str | None,
    *,
    wrong: str,
    of: str | None = None,
    shadows: bool = False,
) -> Right | Refused | TooMany:
    """Tries the password. `of`: the only account that may answer; `wrong`: what is said of any other, and of a wrong
    one; `shadows`: unfinished sign-ups with a taken e-mail count, too."""
    if not login or not password:
        return MISSING
    match await log_ins.attempt(login.reveal(), password, address, shadows=shadows):
        case Held(retry_after):
            return TooMany(retry_after)
        case Right() as right if of is None or right.account_id == of:
            return right
        case Right() | Wrong():
            return Refused((Said(wrong, {}),))
