"""`okienko bench`: what a turn costs on this machine, as ratios to bare floors measured in the same run.

Belongs here: the measuring and its table. The desk is measured through its own channels.
"""
