#!/usr/bin/env python3
"""Makes Tests/Fixtures/recurrent.safetensors: recurrent layers of every form, with what ONNX Runtime makes of them.

    Scripts/make-recurrent-cases.py [OUT]
    Scripts/make-recurrent-cases.py --forms [OUT]

With --forms Tests/Fixtures/recurrent-forms.safetensors: peepholes, clips, joined gates and other functions, without torch.

A case has the form that make-operator-cases.py gives its own. Cases of kind "layer" are one node with all its results; those of kind "network" are what PyTorch's
exporters write of a module between other layers, the batch left open. Layout 1, which ONNX Runtime has not, is run by the reference of the package onnx.

Needs numpy, onnx, onnxruntime, onnxscript and torch from PyPI.
"""

import importlib.util
import io
import pathlib
import sys

import numpy
import onnx
import onnxruntime
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

HERE = pathlib.Path(__file__).parent
FORMS = "--forms" in sys.argv
PLACES = [argument for argument in sys.argv[1:] if argument != "--forms"]
OUT = pathlib.Path(PLACES[0] if PLACES else HERE.parent / f"Tests/Fixtures/recurrent{'-forms' if FORMS else ''}.safetensors")
spec = importlib.util.spec_from_file_location("operators", HERE / "make-operator-cases.py")
operators = importlib.util.module_from_spec(spec)
spec.loader.exec_module(operators)

random = numpy.random.default_rng(0)
GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}
STEPS, EXAMPLES, INPUTS, HIDDEN = 5, 3, 4, 6
cases = []


def drawn(*shape):
    return (random.standard_normal(shape) * 0.5).astype(numpy.float32)


def add(name, kind, model, inputs, outputs):
    about = {"operators": sorted({node.op_type for node in model.graph.node}), "opset": model.opset_import[0].version, "kind": kind}
    tensors = {f"{name}/in/{index}/{key}": numpy.ascontiguousarray(value) for index, (key, value) in enumerate(inputs.items())}
    for index, (value, array) in enumerate(zip(model.graph.output, outputs)):
        tensors[f"{name}/out/{index}/{value.name}"] = numpy.ascontiguousarray(array)
    tensors[f"{name}/model"] = numpy.frombuffer(model.SerializeToString(), dtype=numpy.uint8)
    cases.append((name, about, tensors))


def session(model):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model.SerializeToString(), options)


def layer(name, operator, direction="forward", bias=True, states=False, lengths=None, layout=0, results=(0, 1, 2), peepholes=False, **attributes):
    count, gates = 2 if direction == "bidirectional" else 1, GATES[operator]
    x = drawn(*((EXAMPLES, STEPS) if layout else (STEPS, EXAMPLES)), INPUTS)
    constants = {"W": drawn(count, gates * HIDDEN, INPUTS), "R": drawn(count, gates * HIDDEN, HIDDEN)}
    reads = ["x", "W", "R", "", "", "", "", ""]
    if bias:
        constants["B"] = drawn(count, 2 * gates * HIDDEN)
        reads[3] = "B"
    if lengths is not None:
        constants["lengths"] = numpy.array(lengths, dtype=numpy.int32)
        reads[4] = "lengths"
    if states:
        shape = (EXAMPLES, count, HIDDEN) if layout else (count, EXAMPLES, HIDDEN)
        constants["h"], reads[5] = drawn(*shape), "h"
        if operator == "LSTM":
            constants["c"], reads[6] = drawn(*shape), "c"
    if peepholes:
        constants["P"], reads[7] = drawn(count, 3 * HIDDEN), "P"
    while not reads[-1]:
        reads.pop()
    results = [place for place in results if place < 2 or operator == "LSTM"]
    outputs = ["y" if place == 0 else "yh" if place == 1 else "yc" for place in results]
    made = [outputs[results.index(place)] if place in results else "" for place in range(max(results) + 1)]
    if layout:
        attributes["layout"] = 1
    node = helper.make_node(operator, reads, made, hidden_size=HIDDEN, direction=direction, **attributes)
    graph = helper.make_graph(
        [node], "g", [helper.make_tensor_value_info("x", 1, x.shape)], [helper.make_tensor_value_info(output, 1, None) for output in outputs],
        [numpy_helper.from_array(value, key) for key, value in constants.items()])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
    run = ReferenceEvaluator(model).run if layout else session(model).run
    add(name, "layer", model, {"x": x}, run(None, {"x": x}))


def layers():
    for direction in ("forward", "reverse", "bidirectional"):
        for operator in GATES:
            layer(f"{operator.lower()}_{direction}", operator, direction)
        layer(f"gru_{direction}_after", "GRU", direction, linear_before_reset=1)
    for operator in GATES:
        layer(f"{operator.lower()}_states", operator, "bidirectional", states=True)
        layer(f"{operator.lower()}_lengths", operator, "bidirectional", lengths=[5, 2, 3], states=True)
        layer(f"{operator.lower()}_same_lengths", operator, "reverse", lengths=[3, 3, 3])
        layer(f"{operator.lower()}_bare", operator, bias=False)
        layer(f"{operator.lower()}_last", operator, "bidirectional", results=[1])
        layer(f"{operator.lower()}_layout", operator, layout=1, states=True)
    layer("gru_states_after", "GRU", "bidirectional", states=True, linear_before_reset=1, lengths=[1, 5, 4])
    layer("lstm_cells", "LSTM", "reverse", results=[2])
    layer("lstm_sequence_and_cells", "LSTM", "reverse", results=[0, 2])
    layer("rnn_relu", "RNN", "bidirectional", activations=["Relu", "Relu"])


def forms():
    others = ["Relu", "Sigmoid", "Tanh", "Softsign", "Softplus", "Elu", "LeakyRelu", "ThresholdedRelu", "Affine", "ScaledTanh", "HardSigmoid"]
    for direction in ("forward", "bidirectional"):
        count = 2 if direction == "bidirectional" else 1
        layer(f"lstm_{direction}_peepholes", "LSTM", direction, states=True, peepholes=True)
        layer(f"lstm_{direction}_joined", "LSTM", direction, states=True, input_forget=1)
        layer(f"lstm_{direction}_every", "LSTM", direction, states=True, peepholes=True, clip=0.3, input_forget=1, lengths=[5, 2, 3])
        for operator in GATES:
            layer(f"{operator.lower()}_{direction}_clip", operator, direction, states=True, clip=0.25)
        layer(f"gru_{direction}_clip_after", "GRU", direction, states=True, clip=0.25, linear_before_reset=1)
        layer(f"lstm_{direction}_hard", "LSTM", direction, activations=["HardSigmoid", "Softsign", "ScaledTanh"] * count,
              activation_alpha=[0.3, 0.9] * count, activation_beta=[0.4, 0.7] * count)
        layer(f"gru_{direction}_hard", "GRU", direction, activations=["HardSigmoid", "Softsign"] * count)
    for name in others:
        numbers = {"activation_alpha": [0.3], "activation_beta": [0.2]} if name in ("ThresholdedRelu", "Affine", "ScaledTanh") else {}
        layer(f"rnn_{name.lower()}", "RNN", activations=[name], **numbers)
    layer("rnn_both", "RNN", "bidirectional", activations=["LeakyRelu", "Elu"], activation_alpha=[0.2, 0.7])


def tagger(kind, **settings):
    class Tagger(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layer = kind(INPUTS, HIDDEN, batch_first=True, **settings)
            width = HIDDEN * (2 if settings.get("bidirectional") else 1)
            self.head, self.takes_last = torch.nn.Linear(width, 3), not settings.get("bidirectional")

        def forward(self, x):
            y, last = self.layer(x)
            if not self.takes_last:
                return self.head(y.mean(1))
            return self.head(last[0][-1] if isinstance(last, tuple) else last[-1])

    return Tagger()


def networks():
    x = torch.from_numpy(drawn(EXAMPLES, STEPS, INPUTS))
    for kind in (torch.nn.LSTM, torch.nn.GRU, torch.nn.RNN):
        for bidirectional in (False, True):
            for dynamo in (False, True):
                module = tagger(kind, bidirectional=bidirectional, num_layers=2 if bidirectional else 1).eval()
                name = f"torch_{kind.__name__.lower()}{'_both' if bidirectional else ''}{'_dynamo' if dynamo else ''}"
                buffer = io.BytesIO()
                batch = {"dynamic_shapes": ({0: torch.export.Dim("batch")},)} if dynamo else {"dynamic_axes": {"x": {0: "batch"}, "y": {0: "batch"}}}
                try:
                    torch.onnx.export(module, (x,), buffer, input_names=["x"], output_names=["y"], dynamo=dynamo, opset_version=18, **batch)
                except Exception as error:
                    print(f"{name}: not exported, {str(error)[:200]}")
                    continue
                model = onnx.load_from_string(buffer.getvalue())
                for node in model.graph.node:
                    node.doc_string = ""
                    del node.metadata_props[:]
                del model.metadata_props[:]
                add(name, "network", model, {"x": x.numpy()}, session(model).run(None, {"x": x.numpy()}))


if FORMS:
    forms()
else:
    import torch

    torch.manual_seed(0)
    layers()
    networks()
operators.write(OUT, cases)
print(f"{len(cases)} cases")
