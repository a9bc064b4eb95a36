"""The one e-mail that reminds a customer of an unfinished sign-up."""
