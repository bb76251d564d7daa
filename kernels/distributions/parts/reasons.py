"""Why a derivative does not exist, or is not offered: what a user is told instead."""

STEP = "integer valued: paths are step functions of {0}, whose slope is 0 whatever the truth"
JUMP = "paths jump where {0} moves the border between two outcomes, which no slope sees"
ATOM = "a point mass moves with {0}: its derivative is a dipole, not a measure"
MOVING = "the support moves with {0}, so the density cannot be differentiated at its end"
SECOND_DIPOLE = (
    "the first derivative holds a point mass that moves with {0}, so the second is a dipole, "
    "not a measure"
)


def about(reason: str, parameter: str, *kinds: str) -> dict[str, str]:
    """Entries of NOT_APPLICABLE: the same reason for several kinds of derivative."""
    return {f"{kind}_{parameter}": reason.format(parameter) for kind in kinds}


ALL_MEASURES = ("score", "second_score", "natural", "hahn_jordan", "natural_second")
