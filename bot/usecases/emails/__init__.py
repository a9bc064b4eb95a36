"""E-mails to customers and support: their words, their HTML, the jobs that send them."""
