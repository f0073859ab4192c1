"""Quadrilaterals: corners in the order top left, top right, bottom right, bottom left."""

import math

import cv2
import numpy as np

from ocr_integration.engine.models import Floats, Pixels


def homography(source: Floats, target: Floats) -> Floats:
    found = cv2.getPerspectiveTransform(source.astype(np.float32), target.astype(np.float32))
    return np.asarray(found, np.float32)


def moved(points: Floats, matrix: Floats) -> Floats:
    """Map points of any shape (..., 2) through a homography."""
    flat = cv2.perspectiveTransform(points.reshape(-1, 1, 2).astype(np.float64), matrix)
    return np.asarray(flat.reshape(points.shape), np.float32)


def rectangle(width: float, height: float) -> Floats:
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)


def sides(quad: Floats) -> tuple[float, float]:
    """Mean width and mean height."""
    one, two, three, four = quad.tolist()
    width, height = math.dist(one, two) + math.dist(four, three), math.dist(one, four)
    return width / 2, (height + math.dist(two, three)) / 2


def direction(quad: Floats) -> float:
    """Angle of the top and bottom edge in radians, y downwards."""
    along = (quad[1] - quad[0]) + (quad[2] - quad[3])
    return math.atan2(float(along[1]), float(along[0]))


def area(quad: Floats) -> float:
    return float(cv2.contourArea(quad.astype(np.float32)))


def turned(quad: Floats) -> Floats:
    """The same corners for something that stands the other way up."""
    return np.roll(quad, 2, axis=0)


def resized(quad: Floats, share: float) -> Floats:
    """Taller or flatter about its middle line, the ends moved by as many pixels."""
    width, height = sides(quad)
    reach = (share - 1) * height / 2
    along = (quad[1] - quad[0]) / max(width, 1) * reach
    down = (quad[3] - quad[0]) / max(height, 1) * reach
    return np.asarray(
        quad + np.stack([-along - down, along - down, along + down, down - along]), np.float32
    )


def lengthened(quad: Floats, reach: float) -> Floats:
    """So many pixels longer at both ends."""
    along = (quad[1] - quad[0]) / max(sides(quad)[0], 1) * reach
    return np.asarray(quad + np.stack([-along, along, along, -along]), np.float32)


def halved(picture: Pixels) -> Pixels:
    """Exactly half: OpenCV averages two by two many times faster than by any other share."""
    height, width = picture.shape[:2]
    even = picture[: height // 2 * 2, : width // 2 * 2]
    half = cv2.resize(even, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    return np.asarray(half, np.uint8)


def cut(picture: Pixels, quad: Floats, width: int, height: int) -> Pixels:
    """Straighten one quadrilateral of a picture to width x height pixels."""
    matrix = homography(quad, rectangle(width, height))
    flags = cv2.INTER_LINEAR
    return np.asarray(
        cv2.warpPerspective(
            picture, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE
        ),
        np.uint8,
    )
