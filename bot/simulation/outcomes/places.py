"""The places of a sign-up at which messages are tried, and the way there, with the people of the sandbox."""

WAY = """
> /start
@ start
> [start:buy]
> [account:new]
@ email
> anna.nowak@example.com
@ password
* page password=Zielony7Parasol!
@ consents
> [consents:all]
@ phone
> +48512000999
@ code
* code
@ tax_number
> 1234563218
@ confirm
> [confirm:yes]
* letter
@ method
> [method:blik]
@ auto_renewal
> [auto_renewal:yes]
@ terms
> [terms:accept]
@ clauses
> [clauses:accept]
@ pay
> [pay:now]
@ payment
* pays
@ einvoice
> [einvoice:activate]
@ zone
"""
"""Lines of a script (`bot/simulation/script.py`); behind `@` stands the name of the place that is reached."""

PLACES = frozenset(line[2:] for line in WAY.splitlines() if line.startswith("@ "))

STEPS = {
    "account.start": "start",
    "account.email": "email",
    "account.account": "account",
    "account.consents": "consents",
    "contact.phone": "phone",
    "contact.contact_code": "code",
    "company.tax_number": "tax_number",
    "company.confirm": "confirm",
    "order.method": "method",
    "order.terms": "terms",
    "order.clauses": "clauses",
    "order.pay": "pay",
    "payment.payment": "payment",
    "einvoice.einvoice": "einvoice",
    "zone.zone": "zone",
}
"""The place of each open step, as REST names it."""

NEW_HERE = {"pl": "nie mam jeszcze konta", "it": "no, non ce l'ho ancora", "en": "no, I'm new here"}
"""The answer to whether there is an account, by which no talk is told apart."""
