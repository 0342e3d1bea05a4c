"""Writes Tests/Fixtures/arrays-stored.npz and arrays-deflated.npz: archives made by NumPy, that the reader of NPZ is held against."""
import pathlib

import numpy as np

folder = pathlib.Path(__file__).parent.parent / "Tests/Fixtures"
arrays = {
    "x": np.arange(24, dtype=np.float32).reshape(4, 3, 2) - 2.5,
    "labels": np.array([3, 1, 2, 0], dtype=np.int64),
    "group/half": np.array([1.0, -2.0], dtype=np.float16),
    "zeros": np.zeros((40, 25), dtype=np.uint8),
    "scalar": np.float64(7),
}
np.savez(folder / "arrays-stored.npz", **arrays)
np.savez_compressed(folder / "arrays-deflated.npz", **arrays)
