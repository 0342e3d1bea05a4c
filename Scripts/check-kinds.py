"""Measures ONNX files on the validation examples of an archive in ONNX Runtime: one line of JSON a file.

    python Scripts/check-kinds.py ARCHIVE MEASURE FILE [FILE …]

ARCHIVE has x_val and y_val. MEASURE is accuracy (of the last output: the place of the largest along axis 1, or yes above 0.5), iou (the mean over the
classes of what is common / what is either) or r2 (1 - sum (y - f)^2 / sum (y - mean of that output)^2, all
outputs together).
"""

import json
import sys

import numpy
import onnxruntime

TYPES = {"tensor(uint8)": numpy.uint8, "tensor(float)": numpy.float32}


def figure(measure, found, y):
    if measure == "r2":
        y = y.astype(numpy.float64).reshape(found.shape)
        return 1 - ((y - found) ** 2).sum() / ((y - y.mean(0)) ** 2).sum()
    answers = found.reshape(-1) > 0.5 if found.size == len(found) else found.argmax(1)
    if measure == "accuracy":
        return (answers == y).mean()
    shares = [((answers == c) & (y == c)).sum() / max(1, ((answers == c) | (y == c)).sum()) for c in range(found.shape[1])]
    return sum(shares) / len(shares)


def main():
    archive, measure, *files = sys.argv[1:]
    data = numpy.load(archive)
    x, y = data["x_val"], data["y_val"]
    for file in files:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
        session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
        entry = session.get_inputs()[0]
        found = session.run(None, {entry.name: x.astype(TYPES[entry.type])})[-1]
        print(json.dumps({"figure": float(figure(measure, found, y)), "examples": len(x)}))


if __name__ == "__main__":
    main()
