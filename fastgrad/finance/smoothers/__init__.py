"""Ways to smooth a payoff beyond integrating out the last step; `base.py` says what they are."""
