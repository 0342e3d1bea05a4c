"""Makes the files of Tests/Fixtures/Containers for the newest version: Scripts/make-container-fixtures.py VERSION (numpy and onnx).

Files of earlier versions are never made again: they show that they can still be read. The checksums are those of the values of the ONNX file
that `pare decode` writes, by zlib's CRC-32.
"""

import json
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

import onnx
from onnx import numpy_helper

ROOT = Path(__file__).resolve().parent.parent
PARE = ROOT / ".build" / "release" / "pare"
FOLDER = ROOT / "Tests" / "Fixtures" / "Containers"

# Every form of values and every way of writing that a version has; the files stay small because most weights are pruned.
PLANS = {
    "1": [
        "{conv1: {shared: {bits: 4}, biases: int8, coder: dense-huffman}, conv2: {level: 0.97, linear: {bits: 3, perChannel: true}, coder: bitmap}, "
        "fc1: {level: 0.999, weights: ternary, biases: float16, coder: arithmetic}, fc2: {level: 0.9, weights: float16, coder: relative5}}",
        "{conv1: {level: 0.5, linear: {bits: 4}, coder: bitmap-huffman}, conv2: {level: 0.98, shared: {bits: 2}, coder: relative8-huffman}, "
        "fc1: {level: 0.998, shared: {bits: 5}, biases: int8, coder: relative5-huffman}, fc2: {level: 0.9, weights: bfloat16, coder: relative8}}",
        "{conv1: {binary: {scale: channel}, coder: dense}, conv2: {level: 0.99, linear: {bits: 5, symmetric: false}}, "
        "fc1: {level: 0.999, entropy: {step: 2}}, fc2: {level: 0.95}}",
    ],
    "2": ["{'*': {level: 0.9, universal: {step: 2, lambda: 0.2, seed: 5}, biases: int8}, fc1: {level: 0.995, universal: {step: 1}}}"],
    "3": [
        "{conv1: {shared: {bits: 3, perChannel: true}}, conv2: {level: 0.9, shared: {bits: 2, perChannel: true}, biases: int8}, "
        "fc1: {level: 0.998, shared: {bits: 1, group: 32}, biases: int8}, fc2: {level: 0.9, shared: {bits: 4, perChannel: true}}}",
        "{conv2: {level: 0.98, linear: {bits: 3, perChannel: true}}, fc1: {level: 0.999, nf4: {group: 32}}, "
        "fc2: {level: 0.5, shared: {bits: 1, perChannel: true}, coder: dense-huffman}, conv1: {level: 0.9}}",
    ],
    "4": [
        "{conv1: {level: 0.5, pattern: blocks 4, linear: {bits: 4}, coder: pattern}, conv2: {pattern: 1:32, shared: {bits: 3}, coder: pattern}, "
        "fc1: {level: 0.995, pattern: blocks 8, linear: {bits: 4}, coder: pattern-huffman}, "
        "fc2: {pattern: 3:16, weights: float16, coder: pattern}}"
    ],
}


def main(version):
    path = FOLDER / "checksums.json"
    checksums = json.loads(path.read_text()) if path.exists() else {}
    for index, layers in enumerate(PLANS[version]):
        name = f"version-{version}-{'abc'[index]}.pare"
        with tempfile.TemporaryDirectory() as folder:
            plan, decoded = Path(folder) / "plan.yaml", Path(folder) / "decoded.onnx"
            plan.write_text(f"version: 1\nlayers: {layers}\n")
            subprocess.run([PARE, "export", "lenet-5", "--plan", plan, "--format", "pare", "-o", FOLDER / name], check=True)
            assert (FOLDER / name).read_bytes()[5] == int(version), name
            subprocess.run([PARE, "decode", FOLDER / name, "-o", decoded], check=True)
            tensors = {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(decoded).graph.initializer}
            # The shape of a reshape is part of the graph.
            checksums[name] = {name: zlib.crc32(values.tobytes()) for name, values in tensors.items() if values.dtype == "float32"}
    path.write_text(json.dumps(checksums, indent=2, sort_keys=True) + "\n")


main(*sys.argv[1:])
