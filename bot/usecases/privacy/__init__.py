"""A person's own data: handed out, erased, and dropped when its time is over."""
