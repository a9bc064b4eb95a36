"""The engine: runs what a decision caused outside, at least once and by its key, and wakes what is due.

Here belong the port that a turn puts its jobs through, the worker, the timer loop and the back-off. The engine knows
neither what a job does (`execute` is handed in) nor what its result means (`finish` is).
"""
