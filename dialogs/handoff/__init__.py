"""The hand-off dialog: a person is wanted, takes over, and gives the conversation back at the same step."""
