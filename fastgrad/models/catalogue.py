"""The models by name, for tables and for the command line."""

from __future__ import annotations

import importlib

from .. import MODEL_FILES
from .model import Model

MODELS: dict[str, type[Model]] = {
    name: getattr(importlib.import_module(f"..{file}", __package__), name)
    for name, file in MODEL_FILES.items()
}
