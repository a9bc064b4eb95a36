"""What a step waits for, by the names that the REST channel shows in `custom.expects`."""

from enum import StrEnum


class Expects(StrEnum):
    """The kind of answer an open step takes; the names are part of the public surface."""

    choice = "choice"
    consents = "consents"
    customer_number = "customer_number"
    email = "email"
    phone = "phone"
    contact_code = "contact_code"
    email_link = "email_link"
    secure_page = "secure_page"
    login_code = "login_code"
    tax_number = "tax_number"
    confirm_data = "confirm_data"
    company_name = "company_name"
    street = "street"
    postal_code = "postal_code"
    city = "city"
    country = "country"
    person_name = "person_name"
    sdi_code = "sdi_code"
    discount_code = "discount_code"
    quantity = "quantity"
    payment = "payment"
    free_text = "free_text"
    agent = "agent"
    wait = "wait"
    nothing = "nothing"
