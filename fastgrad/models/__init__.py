"""Models, a room for each kind; `model.py` says what a model is to the rest."""
