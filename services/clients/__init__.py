"""HTTP clients for providers: time limits, retries, circuit breakers, and errors in one vocabulary."""
