"""Renewals: reminders, announcements, quotes, lapses, and jobs that write to subscription holders."""
