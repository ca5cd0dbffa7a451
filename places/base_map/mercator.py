"""Web Mercator (EPSG:3857) with the world as the unit square: x grows to the east, y to the south, from 0 to 1."""

import numpy
from numpy.typing import ArrayLike, NDArray

NORTHERNMOST = 85.0511287798066  # degrees: where the square ends
EQUATOR_KM = 40075.017


def mercator(positions: ArrayLike) -> NDArray:
    """Places on the square, rows of x and y, of positions in degrees, rows of longitude and latitude."""
    longitudes, latitudes = numpy.asarray(positions, dtype=float).T
    up = numpy.arctanh(numpy.sin(numpy.radians(latitudes.clip(-NORTHERNMOST, NORTHERNMOST))))
    return numpy.column_stack((longitudes / 360 + 0.5, 0.5 - up / (2 * numpy.pi)))


def km_across(y: NDArray) -> NDArray:
    """How many km the whole width of the square stands for at a height on it."""
    return EQUATOR_KM / numpy.cosh(numpy.pi * (1 - 2 * y))
