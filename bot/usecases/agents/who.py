"""What a customer is called at the desk before anybody has opened the card: by name, else by a masked contact."""

from dialogs.state import ConversationState
from values import masked


def called(case: ConversationState) -> str | None:
    """The name, the company's, the e-mail, the number: the first that is known; None if none is."""
    named = case.account.name or case.orderer.name or case.company.name
    if named:
        return named
    if email := case.account.email or case.contact.email or case.handoff.email:
        return masked.email(email)
    phone = case.contact.proven or case.contact.phone
    return masked.phone(phone) if phone else None


def contacts(case: ConversationState) -> tuple[str, ...]:
    """All e-mails and numbers that the conversation knows of."""
    known = (
        *(case.account.email, case.account.asked_email, case.account.reset_email, case.account.username_email),
        case.account.known_as,
        *(case.contact.email, case.contact.phone, case.contact.proven),
        *(case.orderer.email, case.orderer.phone, case.orderer.invoice_email),
        *(case.handoff.email, case.company.holder_email),
    )
    return tuple(dict.fromkeys(one for one in known if one))


def masked_account(email: str, user_name: str) -> str:
    """How an account is named where its contacts aren't opened."""
    known = email or user_name
    return masked.email(known) if "@" in known else masked.words(known)
