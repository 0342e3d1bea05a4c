#!/usr/bin/env python3
"""Writes Tests/Fixtures/weights.gguf, a block or two of each type that Pare reads, weights.npz, what the gguf
package makes of them, and float8.npz, what every pattern of eight bits stands for.

Needs: pip install gguf numpy ml_dtypes. Run from anywhere; the same bytes come out each time.
"""
from pathlib import Path

import gguf
import ml_dtypes
import numpy as np
from gguf import GGMLQuantizationType as Type

folder = Path(__file__).resolve().parent.parent / "Tests" / "Fixtures"
generator = np.random.default_rng(5)
# Where the half-precision scales lie in a block of each type.
scales = {
    Type.Q4_0: [0], Type.Q4_1: [0, 2], Type.Q5_0: [0], Type.Q5_1: [0, 2], Type.Q8_0: [0], Type.Q4_K: [0, 2], Type.Q5_K: [0, 2],
    Type.Q6_K: [208],
}
writer = gguf.GGUFWriter(folder / "weights.gguf", "test")
writer.add_array("words", ["one", "two", "three"])
writer.add_uint32("test.number", 7)
expected = {}
for kind, places in scales.items():
    elements, size = gguf.GGML_QUANT_SIZES[kind]
    rows, blocks = 2, 3
    data = generator.integers(0, 256, size=(rows, blocks, size), dtype=np.uint8)
    for place in places:
        numbers = generator.normal(0, 0.05, size=(rows, blocks)).astype(np.float16)
        data[:, :, place : place + 2] = numbers.view(np.uint8).reshape(rows, blocks, 2)
    data = data.reshape(rows, blocks * size)
    name = f"blk.0.{kind.name.lower()}.weight"
    writer.add_tensor(name, data, raw_dtype=kind)
    expected[name] = gguf.quants.dequantize(data, kind).astype(np.float32)
values = generator.normal(0, 1, size=(3, 5)).astype(np.float32)
values[0, :4] = [0, -0.0, 6e-8, 65504]
writer.add_tensor("half.weight", values.astype(np.float16))
expected["half.weight"] = values.astype(np.float16).astype(np.float32)
brain = (values.view(np.uint32) >> 16).astype(np.uint16)
writer.add_tensor("brain.weight", brain.view(np.uint8).reshape(3, 10), raw_dtype=Type.BF16)
expected["brain.weight"] = (brain.astype(np.uint32) << 16).view(np.float32)
writer.add_tensor("norm.weight", values[0])
expected["norm.weight"] = values[0]
writer.write_header_to_file()
writer.write_kv_data_to_file()
writer.write_tensors_to_file()
writer.close()
np.savez_compressed(folder / "weights.npz", **expected)

# Every pattern of eight bits, and what it stands for.
patterns = np.arange(256, dtype=np.uint8)
parts = {}
for name, kind in [("F8_E4M3", ml_dtypes.float8_e4m3fn), ("F8_E5M2", ml_dtypes.float8_e5m2)]:
    parts[name] = patterns.view(kind).astype(np.float32)
np.savez(folder / "float8.npz", **parts)
