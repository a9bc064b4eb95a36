"""What agents do with conversations, however they reach the desk: the console, a Telegram group, another help desk."""
