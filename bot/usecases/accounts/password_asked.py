"""A page that asks for a password: whose it is, or what the page says of it."""

from bot.usecases.accounts.log_in import Held, LogIns, RightLogIn, WrongLogIn
from bot.usecases.accounts.page_results import FormRefused, PageText, TooMany
from values.secret import Secret

MISSING = FormRefused((PageText("missing", {}),))


async def asked(
    log_ins: LogIns,
    login: Secret | None,
    password: Secret | None,
    address: str | None,
    *,
    wrong: str,
    of: str | None = None,
    shadows: bool = False,
) -> RightLogIn | FormRefused | TooMany:
    """Tries the password. `of`: the only account that may answer; `wrong`: what is said of any other, and of a wrong
    one; `shadows`: unfinished sign-ups with a taken e-mail count, too."""
    if not login or not password:
        return MISSING
    match await log_ins.attempt(login.reveal(), password, address, shadows=shadows):
        case Held(retry_after):
            return TooMany(retry_after)
        case RightLogIn() as right if of is None or right.account_id == of:
            return right
        case RightLogIn() | WrongLogIn():
            return FormRefused((PageText(wrong, {}),))
