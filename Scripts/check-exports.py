"""Runs exported ONNX files in ONNX Runtime and compares their logits with Pare's: one line of JSON a file.

    python Scripts/check-exports.py IMAGES SHAPE FILE LOGITS [FILE LOGITS …]

IMAGES holds float32 numbers [n, SHAPE], LOGITS float32 [n, classes]; SHAPE is like 1x28x28.
"""

import json
import sys

import numpy
import onnxruntime


def main():
    images_path, shape, *pairs = sys.argv[1:]
    images = numpy.fromfile(images_path, numpy.float32).reshape(-1, *map(int, shape.split("x")))
    for path, logits_path in zip(pairs[::2], pairs[1::2]):
        session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        name = session.get_inputs()[0].name
        found = numpy.concatenate([session.run(None, {name: images[i:i + 1000]})[0] for i in range(0, len(images), 1000)])
        expected = numpy.fromfile(logits_path, numpy.float32).reshape(len(images), -1)
        print(json.dumps({
            "file": path, "examples": len(images), "different": int((found.argmax(1) != expected.argmax(1)).sum()),
            "largest": float(numpy.abs(found - expected).max() / numpy.abs(expected).max()),
        }))


if __name__ == "__main__":
    main()
