"""What an option pays, one file a kind; `base.py` says what all of them are."""
