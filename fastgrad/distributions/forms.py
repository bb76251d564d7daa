"""What distributions are made into: entered here by the files of these forms, which stand above.

affine: shift + scale · X, for the operators of every distribution; point: a constant.
"""

from typing import Any

FORMS: dict[str, Any] = {}
