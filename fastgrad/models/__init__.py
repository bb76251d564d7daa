"""The models, one file each."""

from __future__ import annotations

import importlib
from typing import Any

from .. import MODEL_FILES
from .model import Affine, Input, Model

for _name, _file in MODEL_FILES.items():
    globals()[_name] = getattr(importlib.import_module(f".{_file}", __name__), _name)

__all__ = ["Affine", "Input", "Model", *MODEL_FILES]


def __getattr__(name: str) -> Any:
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
