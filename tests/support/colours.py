"""Colours as eyes see them, for tests that ask whether they can be told apart."""

import numpy as np

# Machado, Oliveira and Fernandes (2009), complete deuteranopia, on linear colour.
DEUTERANOPIA = np.array(
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
)


def lightness(colours: np.ndarray, see: np.ndarray | None = None) -> np.ndarray:
    """CIELAB of rows of sRGB colours, as a colour-blind eye sees them if `see` is given."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    if see is not None:
        linear = np.clip(linear @ see.T, 0, 1)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    ratio = linear @ to_xyz.T / [0.9505, 1.0, 1.089]
    f = np.where(ratio > 0.008856, np.cbrt(ratio), 7.787 * ratio + 16 / 116)
    return np.column_stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])])
