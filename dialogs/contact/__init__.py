"""The contact dialog: a phone number is proven by a code, an e-mail by a link."""
