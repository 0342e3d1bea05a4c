"""Writes the first inputs of the fuzzers of files under Fuzz/Corpus: small files that are read, one for each way through a reader. Needs numpy and onnx."""
import gzip
import io
import json
import pathlib
import shutil
import struct

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

root = pathlib.Path(__file__).parent.parent
corpus = root / "Fuzz/Corpus"


def write(kind, name, content):
    folder = corpus / kind
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_bytes(content)


def saved(save, *arguments, **arrays):
    file = io.BytesIO()
    save(file, *arguments, **arrays)
    return file.getvalue()


images = np.arange(4 * 3 * 2 * 3, dtype=np.uint8).reshape(4, 3, 2, 3)
labels = np.array([0, 1, 1, 0])
write("Array", "bytes.npy", saved(np.save, images))
write("Array", "floats.npy", saved(np.save, images.astype(np.float32) / 72))
write("Array", "doubles.npy", saved(np.save, images.astype(np.float64)))
write("Array", "stored.npz", saved(np.savez, x=images, y=labels))
write("Array", "deflated.npz", saved(np.savez_compressed, x_train=images, y_train=labels, x_test=images[:2], y_test=labels[:2]))

idx = struct.pack(">BBBB3I", 0, 0, 8, 3, 4, 3, 2) + images[..., 0].tobytes()
write("IDX", "bytes", idx)
write("IDX", "gzip", gzip.compress(idx))
write("IDX", "floats", struct.pack(">BBBBI3f", 0, 0, 13, 1, 3, 1, -2, 0.5))
write("IDX", "members", gzip.compress(idx[:16]) + gzip.compress(idx[16:]))

write("CIFAR", "ten", b"\0" + b"".join(bytes([label]) + bytes(3072) for label in (3, 9)))
write("CIFAR", "hundred", b"\1" + b"".join(bytes([3, label]) + bytes(3072) for label in (7, 99)))

for path in sorted((root / "Tests/Fixtures/pictures").glob("*.[pj]*g")):
    shutil.copy(path, corpus / "Picture" / path.name)

header = {
    "inputs": {"dtype": "F32", "shape": [2, 1, 2, 2], "data_offsets": [0, 32]},
    "labels": {"dtype": "I64", "shape": [2], "data_offsets": [32, 48]},
    "half": {"dtype": "BF16", "shape": [2], "data_offsets": [48, 52]},
}
text = json.dumps(header).encode()
write("Safetensors", "set", struct.pack("<Q", len(text)) + text + np.arange(8, dtype=np.float32).tobytes() + np.array([0, 1]).tobytes() + bytes(4))

generator = np.random.default_rng(3)


def tensor(name, *shape, kind=np.float32):
    return numpy_helper.from_array(generator.normal(size=shape).astype(kind), name)


def network(name, nodes, parameters, shape, opset=17):
    graph = helper.make_graph(
        nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["N", *shape])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["N", 3])], parameters)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    write("ONNX", name, model.SerializeToString())


node = helper.make_node
network("dense", [node("Gemm", ["x", "w", "b"], ["h"], transB=1), node("Relu", ["h"], ["r"]), node("MatMul", ["r", "v"], ["m"]),
                  node("Add", ["m", "c"], ["s"]), node("Softmax", ["s"], ["y"])],
        [tensor("w", 4, 5), tensor("b", 4), tensor("v", 4, 3), tensor("c", 3)], [5])
network("convolution", [node("Conv", ["x", "w", "b"], ["c"], pads=[1, 1, 1, 1], kernel_shape=[3, 3]),
                        node("BatchNormalization", ["c", "s", "b", "m", "v"], ["n"]), node("Relu", ["n"], ["r"]),
                        node("MaxPool", ["r"], ["p"], kernel_shape=[2, 2], strides=[2, 2]), node("GlobalAveragePool", ["p"], ["g"]),
                        node("Flatten", ["g"], ["f"]), node("Gemm", ["f", "l"], ["y"], transB=1)],
        [tensor("w", 2, 1, 3, 3), tensor("b", 2), tensor("s", 2), tensor("m", 2), numpy_helper.from_array(np.ones(2, np.float32), "v"),
         tensor("l", 3, 2)], [1, 6, 6])
network("shapes", [node("Constant", [], ["k"], value=numpy_helper.from_array(np.array([-1, 6]), "k")), node("Reshape", ["x", "k"], ["f"]),
                   node("Identity", ["f"], ["i"]), node("Concat", ["i", "i"], ["d"], axis=1), node("Dropout", ["d"], ["e"]),
                   node("Gemm", ["e", "w"], ["y"])], [tensor("w", 12, 3, kind=np.float16)], [2, 3])
