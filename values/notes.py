"""Letters that tell and lead nowhere. Which of them a seller sends is said by the profile, but for those marked so."""

WELCOME = "welcome"  # the user name, when the first order is concluded
ORDER = "order_confirmed"
ACTIVATED = "activated"  # the service runs
INSTRUCTIONS = "instructions"  # how to pay by transfer or postal slip; always
USER_NAME = "user_name"  # a forgotten user name; always
EMAIL_REPLACED = "email_replaced"  # to the address that an account no longer has; always
PASSWORD_REPLACED = "password_replaced"  # to the address on file; always
OPTIONAL = (WELCOME, ORDER, ACTIVATED)
OF_ORDER = (*OPTIONAL, INSTRUCTIONS)
