"""Billing: payments, refunds, stored payment methods, charges, and what payers see behind our payment link."""
