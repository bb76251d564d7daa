"""`python bench/precision`: see `runner`."""

import importlib
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parents[1]))  # the programs to compare with

if __name__ == "__main__":
    importlib.import_module("runner").main()
