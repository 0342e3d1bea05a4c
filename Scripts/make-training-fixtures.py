#!/usr/bin/env python3
"""Writes the gradients that the training tests compare with, computed by PyTorch in float64.

    Tests/Fixtures/training-operators.json   small networks, one or more for each
                                             operator: logits, the gradient of every
                                             parameter, moved statistics
    Tests/Fixtures/training-NAME.json        one batch of Fashion-MNIST through a
                                             bundled network: loss, every gradient,
                                             and the weights after 10 steps of SGD
                                             (rate 0.01, momentum 0.9) on that batch;
                                             of large tensors norm, sum and 40 entries
    Tests/Fixtures/training-loss.json        losses with labels and teachers, and
                                             their gradients

Every case begins with the Add of a parameter to the input, so that its gradient is
that of the input, summed over the batch. Run it again after each training of the
bundled networks:

    python3 -m venv venv
    venv/bin/pip install numpy onnx torch
    venv/bin/python Scripts/make-training-fixtures.py

The data is looked for in --data, then in PARE_DATA, then where Debian's package
dataset-fashion-mnist puts it.
"""

import argparse
import gzip
import json
import os
import pathlib
import sys

try:
    import numpy
    import onnx
    import torch
    import torch.nn.functional as F
except ImportError as error:
    sys.exit(f"make-training-fixtures: {error.name} is missing; pip install numpy onnx torch")

ROOT = pathlib.Path(__file__).resolve().parent.parent
DEBIAN_FOLDER = "/usr/share/datasets/fashion-mnist"
NAMES = ["lenet-300-100", "lenet-5"]
BATCH = 8
SAMPLES = 40
STEPS = 10
WORD = (1 << 64) - 1
DROPOUT_SEED = 20240607


def mixed(value):
    """The finalizer of SplitMix64."""
    z = (value + 0x9E3779B97F4A7C15) & WORD
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & WORD
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & WORD
    return z ^ (z >> 31)


def dropout_mask(shape, ratio, node):
    """1 / (1 - ratio) where an element is kept, else 0: by seed, node and element."""
    key = mixed((DROPOUT_SEED + mixed(node + 1)) & WORD)
    threshold = int(ratio * 2**32)
    count = int(numpy.prod(shape))
    kept = [mixed((key + i * 0x9E3779B97F4A7C15) & WORD) >> 32 >= threshold for i in range(count)]
    return torch.tensor(kept, dtype=torch.float64).reshape(shape) / (1 - ratio)


def padded(x, pads, value=0.0):
    """Images with [top, left, bottom, right] more pixels."""
    return F.pad(x, (pads[1], pads[3], pads[0], pads[2]), value=value)


def convolution(s, x, w, b=None):
    return F.conv2d(padded(x, s["pads"]), w, b, s["strides"], 0, s["dilations"], s["groups"])


def gemm(s, a, b, c=None):
    product = (a.T if s.get("transposeA") else a) @ (b.T if s.get("transposeB") else b) * s["alpha"]
    return product if c is None else product + s["beta"] * c


def average_pool(s, x):
    assert s["pads"][:2] == s["pads"][2:]
    return F.avg_pool2d(x, s["kernel"], s["strides"], s["pads"][:2], s["ceilMode"], s["countIncludesPadding"])


def max_pool(s, x):
    images = padded(x, s["pads"], -float("inf"))
    return F.max_pool2d(images, s["kernel"], s["strides"], 0, s["dilations"], s["ceilMode"])


class Sign(torch.autograd.Function):
    """+1 from 0 on, else -1; backward as hard tanh."""

    @staticmethod
    def forward(context, x):
        context.save_for_backward(x)
        return torch.where(x >= 0, 1.0, -1.0).to(x.dtype)

    @staticmethod
    def backward(context, gradient):
        (x,) = context.saved_tensors
        return gradient * (x.abs() <= 1)


class Clipped(torch.autograd.Function):
    """k bits between 0 and a clip; backward straight through, to the clip from above it."""

    @staticmethod
    def forward(context, x, clip, bits):
        context.save_for_backward(x, clip)
        steps = 2**bits - 1
        return torch.round(torch.minimum(x.clamp(min=0), clip) * steps / clip) * clip / steps

    @staticmethod
    def backward(context, gradient):
        x, clip = context.saved_tensors
        return gradient * ((x > 0) & (x < clip)), (gradient * (x >= clip)).sum().reshape(1), None


def run(case, values, statistics):
    """The logits of a case; `statistics` receives the moved means and variances."""
    for index, node in enumerate(case["nodes"]):
        s, inputs = node.get("settings", {}), [values[name] for name in node["inputs"]]
        x, kind = inputs[0], node["operator"]
        if kind == "Conv":
            y = convolution(s, *inputs)
        elif kind == "Gemm":
            y = gemm(s, *inputs)
        elif kind == "MatMul":
            y = x @ inputs[1]
        elif kind == "Add":
            y = x + inputs[1]
        elif kind == "Relu":
            y = torch.relu(x)
        elif kind == "MaxPool":
            y = max_pool(s, x)
        elif kind == "AveragePool":
            y = average_pool(s, x)
        elif kind == "GlobalAveragePool":
            y = x.mean((2, 3), keepdim=True)
        elif kind == "Flatten":
            y = x.reshape(int(numpy.prod(x.shape[: s["axis"]])), -1)
        elif kind == "Reshape":
            y = x.reshape(s["dimensions"])
        elif kind == "Softmax":
            y = torch.softmax(x, s["axis"])
        elif kind == "Identity":
            y = x
        elif kind == "Dropout":
            y = x * dropout_mask(x.shape, s["ratio"], index)
        elif kind == "Concat":
            y = torch.cat(inputs, s["axis"])
        elif kind == "BatchNormalization":
            mean, variance = inputs[3].detach().clone(), inputs[4].detach().clone()
            y = F.batch_norm(x, mean, variance, inputs[1], inputs[2], True, 0.1, s["epsilon"])
            statistics[node["inputs"][3]], statistics[node["inputs"][4]] = mean, variance
        elif kind == "Sign":
            y = Sign.apply(x)
        elif kind == "Clip":
            y = Clipped.apply(x, inputs[1], s["bits"])
        else:
            sys.exit(f"make-training-fixtures: no {kind}")
        values[node["output"]] = y
    return values[case["nodes"][-1]["output"]]


class Builder:
    """A case with seeded parameters of three decimals, node by node."""

    def __init__(self, name, shape, batch=2, whole=False):
        self.random = numpy.random.default_rng(sum(name.encode()))
        self.case = {"name": name, "batch": batch, "inputShape": shape, "nodes": [], "parameters": []}
        # Whole numbers repeat, so that a maximum has equals.
        self.case["input"] = self.numbers([batch] + shape) if not whole else self.whole([batch] + shape)
        self.last = self.add("Add", ["input", self.zeros(shape) if whole else self.parameter(shape)])

    def numbers(self, shape, positive=False):
        values = numpy.round(self.random.normal(size=shape), 3)
        return (numpy.abs(values) + 0.1 if positive else values).round(3).ravel().tolist()

    def whole(self, shape):
        return self.random.integers(-2, 3, size=shape).ravel().tolist()

    def zeros(self, shape):
        return self.keep(shape, [0.0] * int(numpy.prod(shape)), "bias")

    def keep(self, shape, values, role):
        name = f"p{len(self.case['parameters'])}"
        self.case["parameters"].append({"name": name, "role": role, "shape": list(shape), "values": values})
        return name

    def parameter(self, shape, role="weight", positive=False):
        return self.keep(shape, self.numbers(shape, positive), role)

    def add(self, kind, inputs=None, **settings):
        """Adds a node that reads the last value, or `inputs`; gives the name of what it makes."""
        name = f"v{len(self.case['nodes'])}"
        inputs = [self.last] if inputs is None else inputs
        self.case["nodes"].append({"operator": kind, "inputs": inputs, "output": name, "settings": settings})
        self.last = name
        return name

    def finish(self, flatten=True):
        if flatten:
            self.add("Flatten", axis=1)
        return self.case


def window(kernel, strides=(1, 1), pads=(0, 0, 0, 0), dilations=(1, 1), ceil=False, padding=False):
    return {
        "kernel": list(kernel), "strides": list(strides), "pads": list(pads), "dilations": list(dilations),
        "ceilMode": ceil, "countIncludesPadding": padding,
    }


def convolution_cases():
    settings = [
        ("plain", 2, 3, (3, 3), (1, 1), (0, 0, 0, 0), (1, 1), 1, True),
        ("strides and pads", 3, 4, (3, 2), (2, 3), (1, 0, 2, 1), (1, 1), 1, True),
        ("dilations", 2, 2, (3, 2), (1, 2), (2, 1, 2, 1), (2, 3), 1, False),
        ("groups", 4, 6, (3, 3), (1, 1), (1, 1, 1, 1), (1, 1), 2, True),
        ("depthwise", 3, 3, (3, 3), (2, 2), (1, 1, 1, 1), (1, 1), 3, False),
        ("pointwise", 3, 5, (1, 1), (1, 1), (0, 0, 0, 0), (1, 1), 1, True),
    ]
    for name, channels, filters, kernel, strides, pads, dilations, groups, bias in settings:
        b = Builder(f"Conv, {name}", [channels, 6, 7])
        inputs = [b.last, b.parameter([filters, channels // groups, *kernel])]
        if bias:
            inputs.append(b.parameter([filters], "bias"))
        b.add("Conv", inputs, kernel=list(kernel), strides=list(strides), pads=list(pads), dilations=list(dilations), groups=groups)
        yield b.finish()


def pooling_cases():
    yield pooled("MaxPool", "plain", window((2, 2), (2, 2)))
    yield pooled("MaxPool", "overlapping, padded", window((3, 2), (2, 1), (1, 0, 1, 1)))
    yield pooled("MaxPool", "dilated", window((2, 2), (1, 1), (0, 0, 0, 0), (2, 2)))
    yield pooled("MaxPool", "rounded up", window((2, 2), (2, 2), ceil=True))
    yield pooled("MaxPool", "equal maxima", window((3, 3), (1, 2), (1, 1, 1, 1)), whole=True)
    yield pooled("AveragePool", "plain", window((2, 2), (2, 2)))
    yield pooled("AveragePool", "padding left out", window((3, 3), (2, 1), (1, 1, 1, 1)))
    yield pooled("AveragePool", "padding counted", window((3, 3), (2, 2), (1, 1, 1, 1), padding=True))
    yield pooled("AveragePool", "rounded up", window((2, 3), (2, 2), ceil=True))
    b = Builder("GlobalAveragePool", [3, 4, 5])
    b.add("GlobalAveragePool")
    yield b.finish()


def pooled(kind, name, settings, whole=False):
    b = Builder(f"{kind}, {name}", [2, 6, 7], whole=whole)
    b.add(kind, **settings)
    return b.finish()


def matrix_cases():
    for name, transpose, alpha, beta, bias in [
        ("plain", False, 1, 1, None), ("transposed with a bias", True, 1, 1, [4]), ("scaled", True, 0.5, -2, [1, 4]),
        ("one number added", False, -1.5, 3, [1]),
    ]:
        b = Builder(f"Gemm, {name}", [5], batch=3)
        inputs = [b.last, b.parameter([4, 5] if transpose else [5, 4])]
        if bias:
            inputs.append(b.parameter(bias, "bias"))
        b.add("Gemm", inputs, alpha=alpha, beta=beta, transposeB=transpose)
        yield b.finish(flatten=False)
    b = Builder("MatMul and Add", [5], batch=3)
    b.add("Add", [b.add("MatMul", [b.last, b.parameter([5, 4])]), b.parameter([4], "bias")])
    yield b.finish(flatten=False)
    b = Builder("MatMul of rows", [3, 5])
    b.add("Add", [b.add("MatMul", [b.last, b.parameter([5, 4])]), b.parameter([3, 1], "bias")])
    yield b.finish()


def element_cases():
    b = Builder("Relu", [3, 4])
    b.add("Relu")
    yield b.finish()
    b = Builder("Add of activations, read twice", [4])
    first = b.add("Gemm", [b.last, b.parameter([6, 4])], alpha=1, beta=1, transposeB=True)
    b.add("Add", [b.add("Relu", [first]), first])
    yield b.finish(flatten=False)
    b = Builder("Concat along channels", [2, 3, 3])
    first = b.last
    second = b.add("Conv", [first, b.parameter([3, 2, 1, 1])], kernel=[1, 1], strides=[1, 1], pads=[0] * 4, dilations=[1, 1], groups=1)
    b.add("Concat", [second, first, "input"], axis=1)
    b.add("Conv", [b.last, b.parameter([2, 7, 2, 2])], kernel=[2, 2], strides=[1, 1], pads=[0] * 4, dilations=[1, 1], groups=1)
    yield b.finish()
    b = Builder("Reshape, Identity and Flatten", [2, 6])
    b.add("Reshape", dimensions=[-1, 3, 4])
    b.add("Identity")
    b.add("MatMul", [b.last, b.parameter([4, 2])])
    yield b.finish()
    b = Builder("Softmax in the middle", [5], batch=3)
    b.add("Softmax", axis=1)
    b.add("Gemm", [b.last, b.parameter([3, 5])], alpha=1, beta=1, transposeB=True)
    yield b.finish(flatten=False)
    for ratio in [0.25, 0.5]:
        b = Builder(f"Dropout {ratio}", [6, 5], batch=4)
        b.add("Dropout", ratio=ratio)
        yield b.finish()
    b = Builder("a parameter of two nodes", [4], batch=3)
    shared = b.parameter([4, 4])
    for _ in range(2):
        b.add("Relu", [b.add("Gemm", [b.last, shared], alpha=1, beta=1, transposeB=True)])
    yield b.finish(flatten=False)


def normalization_cases():
    for name, shape in [("images", [3, 4, 3]), ("rows", [5])]:
        b = Builder(f"BatchNormalization of {name}", shape, batch=4)
        statistics = [b.parameter([shape[0]], "normalization", positive) for positive in (False, False, False, True)]
        b.add("BatchNormalization", [b.last, *statistics], epsilon=1e-3)
        b.add("Relu")
        yield b.finish()


def quantizer_cases():
    for bits in [1, 2, 4]:
        b = Builder(f"Clip at {bits} bits", [4, 5])
        b.add("Clip", [b.last, b.keep([1], [1.25], "clip")], bits=bits)
        yield b.finish()
    b = Builder("Sign", [4, 5])
    b.add("Sign")
    yield b.finish()


def rounded(values, digits=9):
    return [float(f"{value:.{digits}g}") for value in values.detach().reshape(-1).tolist()]


def tensors(case, leaf=True):
    """The input and the parameters of a case as float64, from the float32 nearest to what the file holds."""
    def make(values, shape):
        tensor = torch.tensor(values, dtype=torch.float32).double().reshape(shape)
        return tensor.requires_grad_(leaf)

    values = {p["name"]: make(p["values"], p["shape"]) for p in case["parameters"]}
    values["input"] = make(case["input"], [case["batch"], *case["inputShape"]])
    return values


def solve(case):
    """Adds what PyTorch makes of a case."""
    values, statistics = tensors(case), {}
    logits = run(case, dict(values), statistics)
    slopes = numpy.random.default_rng(7).normal(size=tuple(logits.shape)).round(3)
    (logits * torch.tensor(slopes.astype(numpy.float32)).double()).sum().backward()
    case["logitsGradient"] = slopes.ravel().tolist()
    case["logits"] = rounded(logits)
    case["gradients"] = {
        p["name"]: rounded(values[p["name"]].grad)
        for p in case["parameters"] if p["name"] not in statistics and values[p["name"]].grad is not None
    }
    case["statistics"] = {name: rounded(value) for name, value in statistics.items()}
    return case


def summary(name, value):
    """Norm, sum and a seeded sample of the entries of a tensor; all entries of a small one."""
    flat = value.detach().reshape(-1)
    count = len(flat)
    random = numpy.random.default_rng(sum(name.encode()))
    indices = numpy.arange(count) if count <= 100 else numpy.sort(random.choice(count, SAMPLES, replace=False))
    return {
        "norm": float(flat.norm()), "sum": float(flat.sum()), "indices": indices.tolist(), "values": rounded(flat[torch.tensor(indices)]),
    }


def bundled_case(path):
    """A bundled network as nodes; the operators of the two LeNets."""
    graph = onnx.load(path).graph
    values = {t.name: torch.tensor(onnx.numpy_helper.to_array(t)) for t in graph.initializer}
    nodes, read = [], []
    for node in graph.node:
        a = {x.name: onnx.helper.get_attribute_value(x) for x in node.attribute}
        inputs, settings = list(node.input), {}
        if node.op_type == "Conv":
            settings = {
                "strides": a.get("strides", [1, 1]), "pads": a.get("pads", [0] * 4), "dilations": a.get("dilations", [1, 1]),
                "groups": a.get("group", 1),
            }
        elif node.op_type == "Gemm":
            settings = {"alpha": a.get("alpha", 1.0), "beta": a.get("beta", 1.0), "transposeB": a.get("transB", 0) == 1}
        elif node.op_type == "MaxPool":
            settings = window(a["kernel_shape"], a.get("strides", [1, 1]), a.get("pads", [0] * 4), a.get("dilations", [1, 1]))
        elif node.op_type == "Flatten":
            settings = {"axis": a.get("axis", 1)}
        elif node.op_type == "Reshape":
            settings = {"dimensions": [-1 if i == 0 else int(d) for i, d in enumerate(values[inputs[1]])]}
            inputs = inputs[:1]
        read += [name for name in inputs if name in values]
        nodes.append({"operator": node.op_type, "inputs": inputs, "output": node.output[0], "settings": settings})
    return {"nodes": nodes, "input": graph.input[0].name}, {name: values[name].double() for name in dict.fromkeys(read)}


def read_idx(folder, name, start, count):
    """Some items of an IDX file of bytes, plain or gzipped."""
    for path, opener in ((folder / name, open), (folder / f"{name}.gz", gzip.open)):
        if path.is_file():
            with opener(path, "rb") as file:
                content = file.read()
            size = 784 if content[3] == 3 else 1
            return content[4 + 4 * content[3] :][start * size : (start + count) * size]
    sys.exit(f"make-training-fixtures: no {name}[.gz] in {folder}; give the folder by --data or PARE_DATA")


def solve_bundled(name, models, folder):
    """Loss and gradients of one batch, and the weights after some steps on it."""
    case, parameters = bundled_case(models / f"{name}.onnx")
    pixels = read_idx(folder, "train-images-idx3-ubyte", 0, BATCH)
    labels = torch.tensor(list(read_idx(folder, "train-labels-idx1-ubyte", 0, BATCH)))
    # float32 as the data set hands them out.
    images = (torch.tensor(list(pixels), dtype=torch.float32) / 255).double().reshape(BATCH, 1, 28, 28)
    leaves = {key: value.requires_grad_() for key, value in parameters.items()}
    optimizer = torch.optim.SGD(leaves.values(), lr=0.01, momentum=0.9)
    losses, gradients = [], {}
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = F.cross_entropy(run(case, {**leaves, case["input"]: images}, {}), labels)
        loss.backward()
        losses.append(loss.item())
        if step == 0:
            gradients = {key: summary(key, value.grad) for key, value in leaves.items()}
        optimizer.step()
    after = {key: summary(key, value) for key, value in leaves.items()}
    return {"pixels": pixels.hex(), "labels": labels.tolist(), "losses": losses, "gradients": gradients, "weights": after}


def solve_loss(teachers, temperature, student, distillation):
    """One loss with its gradient; without teachers it is plain cross-entropy."""
    random = numpy.random.default_rng(int(temperature * 10) + teachers)
    rows, classes = 4, 5
    logits = torch.tensor((3 * random.normal(size=(rows, classes))).round(3).astype(numpy.float32)).double().requires_grad_()
    given = [(3 * random.normal(size=(rows, classes))).round(3).astype(numpy.float32) for _ in range(teachers)]
    labels = torch.tensor(random.integers(0, classes, rows))
    entropy = F.cross_entropy(logits, labels)
    loss, divergence = entropy, None
    if teachers:
        target = sum(torch.softmax(torch.tensor(g).double() / temperature, 1) for g in given) / teachers
        divergence = F.kl_div(torch.log_softmax(logits / temperature, 1), target, reduction="batchmean")
        loss = student * entropy + distillation * temperature**2 * divergence
    loss.backward()
    return {
        "temperature": temperature, "studentWeight": student, "distillationWeight": distillation, "classes": classes,
        "labels": labels.tolist(), "logits": rounded(logits), "teachers": [[round(float(v), 3) for v in g.ravel()] for g in given],
        "loss": loss.item(), "crossEntropy": entropy.item(), "divergence": None if divergence is None else divergence.item(),
        "gradient": rounded(logits.grad),
    }


def write(path, value):
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n")
    print(f"{path.name}: {path.stat().st_size:,} bytes")


def main():
    """Writes all fixtures."""
    parser = argparse.ArgumentParser(description="Writes PyTorch's gradients for the training tests.")
    parser.add_argument("--data", help="folder with the IDX files (default: PARE_DATA, then Debian's)")
    parser.add_argument("--models", type=pathlib.Path, default=ROOT / "Models", help="folder of the networks (default: Models)")
    parser.add_argument("--out", type=pathlib.Path, default=ROOT / "Tests" / "Fixtures", help="where to write (default: Tests/Fixtures)")
    arguments = parser.parse_args()
    folder = pathlib.Path(arguments.data or os.environ.get("PARE_DATA") or DEBIAN_FOLDER)
    torch.set_num_threads(1)
    cases = [convolution_cases(), pooling_cases(), matrix_cases(), element_cases(), normalization_cases(), quantizer_cases()]
    write(arguments.out / "training-operators.json", [solve(case) for group in cases for case in group])
    for name in NAMES:
        write(arguments.out / f"training-{name}.json", solve_bundled(name, arguments.models, folder))
    losses = [(0, 1, 1, 0), (1, 1, 0.3, 0.7), (1, 5, 0.1, 0.9), (3, 2.5, 0.5, 0.5), (2, 0.5, 0, 1)]
    write(arguments.out / "training-loss.json", [solve_loss(*settings) for settings in losses])


if __name__ == "__main__":
    main()
