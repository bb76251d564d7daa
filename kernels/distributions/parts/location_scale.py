"""What all families m + s Z share, with z = (x - m) / s.

Everything about their scores follows from ψ = -f'/f and its derivative, which each file gives as
one function of z; and so does the second derivative of F in the scale,

    d²F/ds² = (z² f' + 2 z f) / s² = z f (2 - z ψ) / s².
"""

from ...jit.compile import device


@device
def derivative_location(x):
    return 1.0 + 0.0 * x


@device
def derivative_scale(x, location, scale):
    return (x - location) / scale


def scores(slopes):
    """First, second and mixed scores of location and scale, from `slopes(z)`.

    `slopes` returns ψ = -f'/f and ψ'. In the order: score_location, score_scale,
    second_score_location, second_score_scale, second_score_location_scale.
    """

    @device
    def score_location(x, location, scale):
        slope, _ = slopes((x - location) / scale)
        return slope / scale

    @device
    def score_scale(x, location, scale):
        z = (x - location) / scale
        slope, _ = slopes(z)
        return (z * slope - 1.0) / scale

    @device
    def second_score_location(x, location, scale):
        _, bend = slopes((x - location) / scale)
        return -bend / (scale * scale)

    @device
    def second_score_scale(x, location, scale):
        z = (x - location) / scale
        slope, bend = slopes(z)
        return (1.0 - 2.0 * z * slope - z * z * bend) / (scale * scale)

    @device
    def second_score_location_scale(x, location, scale):
        z = (x - location) / scale
        slope, bend = slopes(z)
        return -(slope + z * bend) / (scale * scale)

    return (
        score_location,
        score_scale,
        second_score_location,
        second_score_scale,
        second_score_location_scale,
    )


def second_scale_curve(density, slopes):
    """s² d²F/ds² and its slope in z, for `pieces`."""

    @device
    def curve(z, a, b):
        slope, bend = slopes(z)
        f = density(z, 0.0, 1.0)
        rise = 2.0 + z * (z * (slope * slope - bend) - 4.0 * slope)
        return z * f * (2.0 - z * slope), f * rise

    return curve
