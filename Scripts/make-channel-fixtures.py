#!/usr/bin/env python3
"""Makes Tests/Fixtures/channels: networks that read pictures with channels last, and the same pictures in every form.

    Scripts/make-channel-fixtures.py [FOLDER]

fixed.onnx reads [N, 8, 10, 3], open.onnx leaves rows and columns open; both begin with the Transpose that tf2onnx writes. The pictures are last.npz [N, H, W, C],
first.npz [N, C, H, W] and the PNG files of `pictures`, a folder for each class. Labels are the classes that ONNX Runtime finds of the normalized pictures, and
about.json has its cross-entropy, so that no other order of axes or channels gives it.

Needs numpy, onnx and onnxruntime from PyPI.
"""

import json
import pathlib
import shutil
import struct
import sys
import zlib

import numpy as np
import onnx
import onnxruntime
from onnx import helper, numpy_helper

FOLDER = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent.parent / "Tests/Fixtures/channels")
MEAN, DEVIATION = np.float32([0.4, 0.5, 0.6]), np.float32([0.2, 0.25, 0.3])
random = np.random.default_rng(3)
node = helper.make_node


def network(name, sizes):
    weights = {
        "c": (random.standard_normal((6, 3, 3, 3)) * 0.4).astype(np.float32), "d": (random.standard_normal((4, 6)) * 1.5).astype(np.float32),
        "e": np.zeros(4, np.float32),
    }
    nodes = [
        node("Transpose", ["x"], ["t"], perm=[0, 3, 1, 2]), node("Conv", ["t", "c"], ["h"]), node("Relu", ["h"], ["r"]),
        node("GlobalAveragePool", ["r"], ["g"]), node("Flatten", ["g"], ["f"]), node("Gemm", ["f", "d", "e"], ["y"], transB=1),
    ]
    graph = helper.make_graph(
        nodes, "g", [helper.make_tensor_value_info("x", 1, ["N", *sizes, 3])], [helper.make_tensor_value_info("y", 1, ["N", 4])],
        [numpy_helper.from_array(value, key) for key, value in weights.items()])
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), str(FOLDER / f"{name}.onnx"))


def png(pixels):
    """A picture [H, W, 3] of uint8 as PNG."""
    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def outputs(name, x):
    return onnxruntime.InferenceSession(str(FOLDER / f"{name}.onnx")).run(None, {"x": x})[0]


shutil.rmtree(FOLDER, ignore_errors=True)
(FOLDER / "pictures").mkdir(parents=True)
network("fixed", [8, 10])
random = np.random.default_rng(3)
network("open", ["h", "w"])
pixels = random.integers(0, 256, (400, 8, 10, 3)).astype(np.uint8)
tints = random.integers(-90, 91, (400, 1, 1, 3))
pixels = np.clip(pixels.astype(int) // 3 + 80 + tints, 0, 255).astype(np.uint8)
logits = outputs("fixed", ((pixels / np.float32(255) - MEAN) / DEVIATION).astype(np.float32))
# As many of each class, so that accuracy by chance is a quarter.
chosen = np.concatenate([np.flatnonzero(logits.argmax(1) == label)[:6] for label in range(4)])
pixels, logits = pixels[chosen], logits[chosen]
labels = logits.argmax(1)
assert np.bincount(labels, minlength=4).tolist() == [6] * 4
np.savez_compressed(FOLDER / "last.npz", x_train=pixels, y_train=labels, x_val=pixels, y_val=labels, x_test=pixels, y_test=labels)
first = np.ascontiguousarray(pixels.transpose(0, 3, 1, 2))
np.savez_compressed(FOLDER / "first.npz", x_train=first, y_train=labels, x_val=first, y_val=labels, x_test=first, y_test=labels)
for split in ("val", "test"):
    for place, (picture, label) in enumerate(zip(pixels, labels)):
        folder = FOLDER / "pictures" / split / str(label)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{place:02}.png").write_bytes(png(picture))
shares = logits - logits.max(1, keepdims=True)
entropy = float((np.log(np.exp(shares.astype(np.float64)).sum(1)) - shares[np.arange(len(labels)), labels]).mean())
(FOLDER / "about.json").write_text(json.dumps({"count": len(labels), "crossEntropy": entropy}, indent=1) + "\n")
print(entropy, np.bincount(labels))
