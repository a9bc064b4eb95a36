"""The renewal dialogs: reminders, the cart of owned programs, what a renewal costs."""
