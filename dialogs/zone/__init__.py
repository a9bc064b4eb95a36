"""The customer zone: what an account holder sees and changes in the chat."""
