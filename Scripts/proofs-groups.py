#!/usr/bin/env python3
"""Proves the groups of channels that `pare info --groups` lists, and the networks that `pare thin` writes, with onnx and ONNX Runtime alone.

    Scripts/proofs-groups.py PARE FILE.onnx … [--keep FOLDER] [--sample N] [--docs FILE]

Of each file, with vectors of equal numbers (scales and shifts of untrained normalizations, shared by exporters) made different, on two seeded inputs:
- permuted: the members of all free groups stand in another order, in all parameters where they lie; the logits stay. At once for all groups,
  by heads and by dimensions of heads; then each of a seeded sample of groups by itself.
- thinned: `pare thin --no-repair` takes a quarter of every free group at random. What is left of each parameter are the original's values at the
  indices that stay, the file passes onnx.checker with shape inference, and the logits are those of the original with what went as zeros
  (makers, scales and shifts; where the groups say that something is made of nothing, readers). Groups over which statistics are computed
  have no such zeros: with them the file is checked and run. Parameters and multiply-adds that the command tells are those of the file.
  Then a seeded sample of groups, one at a time.
- named: each input and output axis of each convolution and product with constant weights is in groups as a whole, and what holds a frozen one
  is there in the file.

A difference is the largest one between logits, as a part of their range; asked is 1e-5, or 4 times the rounding of the network: what the file's
own logits differ by when ONNX Runtime runs it with all of its optimizations and with none. Exit code 1 where something fails. With --keep the
row of each file is kept there as JSON; with --docs the rows that are kept are written as a table.
"""

import argparse
import collections
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from onnx import numpy_helper

SEED = 15
MASKED = {"maker", "depthwise", "scale", "shift"}
ASKED, ROUNDINGS = 1e-5, 4


class Wrong(Exception):
    """What does not hold."""


class File:
    """A network whose parameters can be read and replaced, also those that are the constant results of nodes."""

    def __init__(self, path):
        self.model = onnx.load(str(path))
        graph = self.model.graph
        self.initializers = {each.name: each for each in graph.initializer}
        self.makers = {name: node for node in graph.node for name in node.output if name}
        self.nodes = {node.name for node in graph.node}
        self.input = next(each for each in graph.input if each.name not in self.initializers)
        self.outputs = [each.name for each in graph.output]
        self.values = {}

    def vary(self, generator):
        """Makes what an untrained network has alike of all channels different, so that no order of channels is like another.

        Vectors that an exporter shares between layers, because none of them is trained yet, become one for each.
        """
        graph = self.model.graph
        vectors = {each.name: each for each in graph.initializer if equal(numpy_helper.to_array(each)) is not None}
        copies = {}
        for node in graph.node:
            if node.op_type == "Identity" and node.input[0] in vectors:
                copies[node.output[0]] = node.input[0]
        kept = [node for node in graph.node if node.output[0] not in copies]
        del graph.node[:]
        graph.node.extend(kept)
        for name, source in copies.items():
            graph.initializer.append(numpy_helper.from_array(numpy_helper.to_array(vectors[source]), name))
        readers = collections.Counter(name for node in graph.node for name in node.input)
        for node in graph.node:
            for place, name in enumerate(node.input):
                if name in vectors and readers[name] > 1:
                    readers[name] -= 1
                    node.input[place] = f"{name}.{readers[name]}"
                    graph.initializer.append(numpy_helper.from_array(numpy_helper.to_array(vectors[name]), node.input[place]))
        for tensor in graph.initializer:
            array = numpy_helper.to_array(tensor)
            value = equal(array)
            if value is not None:
                shift = 0.1 if value == 0 else 0
                array = array * generator.uniform(0.8, 1.25, array.shape) + generator.uniform(-shift, shift, array.shape)
                tensor.CopyFrom(numpy_helper.from_array(array.astype(numpy.float32), tensor.name))
        self.initializers = {each.name: each for each in graph.initializer}
        self.makers = {name: node for node in graph.node for name in node.output if name}

    def images(self, given, count=2):
        """Seeded inputs, or the given ones where their shape is the network's."""
        axes = [each.dim_value for each in self.input.type.tensor_type.shape.dim]
        shape = axes[1:]
        if given is not None and list(given.shape[1:]) == shape:
            return given[:count]
        if axes[0] > 0:
            count = axes[0]
        return numpy.random.default_rng(SEED).standard_normal((count, *shape)).astype(numpy.float32)

    def array(self, name, images):
        """The value of a parameter by its name in the graph."""
        if name not in self.values:
            if name in self.initializers:
                self.values[name] = numpy_helper.to_array(self.initializers[name])
            elif name in self.makers:
                self.values[name] = self.computed(name, images)
            else:
                raise Wrong(f"the file has no value '{name}'")
        return self.values[name]

    def computed(self, name, images):
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        model.graph.output.append(onnx.ValueInfoProto(name=name))
        return run(model, {self.input.name: images}, [name])[0]

    def with_values(self, arrays):
        """The network with other parameters; a node that made one makes something that nobody reads."""
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        for name, array in arrays.items():
            tensor = numpy_helper.from_array(numpy.ascontiguousarray(array), name)
            found = next((each for each in model.graph.initializer if each.name == name), None)
            if found is not None:
                found.CopyFrom(tensor)
                continue
            for node in model.graph.node:
                for place, output in enumerate(node.output):
                    if output == name:
                        node.output[place] = name + ".replaced"
            model.graph.initializer.append(tensor)
        return model


def equal(array):
    """The number that a vector consists of, or None."""
    if array.ndim == 1 and array.size > 1 and array.dtype == numpy.float32 and (array == array[0]).all():
        return float(array[0])
    return None


def run(model, feeds, names=None, level="ORT_ENABLE_BASIC"):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = getattr(onnxruntime.GraphOptimizationLevel, level)
    options.log_severity_level = 3
    options.intra_op_num_threads = 1
    source = str(model) if isinstance(model, (str, pathlib.Path)) else model.SerializeToString()
    session = onnxruntime.InferenceSession(source, options, providers=["CPUExecutionProvider"])
    feeds = {session.get_inputs()[0].name: next(iter(feeds.values()))}
    return session.run(names, feeds)


def difference(found, expected):
    """The largest difference between logits as a part of their range, over all outputs."""
    worst = 0.0
    for a, b in zip(found, expected):
        if a.shape != b.shape or not numpy.isfinite(a).all():
            raise Wrong(f"outputs {a.shape} in the place of {b.shape}, or no numbers")
        worst = max(worst, float(numpy.abs(a - b).max() / max(float(b.max() - b.min()), 1e-12)))
    return worst


def pare(program, *arguments):
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise Wrong(f"pare {' '.join(map(str, arguments))[:200]}: {done.stderr.strip()[:400]}")
    return done.stdout


def listed(program, path, whole):
    return json.loads(pare(program, "info", path, "--groups", "--whole", whole, "--json"))["groups"]


def key(member):
    return member["parameter"], member["axis"]


def free(groups):
    return [group for group in groups if "frozen" not in group and group["channels"] > 1]


def kind(group):
    """exact, constant, statistic or neighbours."""
    text = group.get("inexact", "")
    for word, name in (("neighbouring", "neighbours"), ("statistics", "statistic"), ("of nothing", "constant")):
        if word in text:
            return name
    return "exact"


# ---- permuted


def orders(groups, generator):
    """By parameter, by axis and blocks, which index stands at each place where the members of groups change theirs."""
    found = collections.defaultdict(dict)
    for group in groups:
        cells = collections.defaultdict(list)
        for channel in range(group["channels"]):
            cells[tuple(group["cells"][channel]) if "cells" in group else ()].append(channel)
        moves = [(to, source) for cell in cells.values() for to, source in zip(cell, generator.permutation(cell))]
        for member in group["members"]:
            at = found[member["parameter"]].setdefault((member["axis"], member.get("blocks", 1)), {})
            for to, source in moves:
                at.update(zip(member["channels"][to], member["channels"][source]))
    return found


def permuted(file, groups, images, generator):
    arrays = {}
    for name, axes in orders(groups, generator).items():
        array = file.array(name, images)
        # Blocks of filters have orders of their own: before the filters themselves change places.
        for (axis, blocks), moves in sorted(axes.items(), key=lambda item: -item[0][1]):
            array = moved(array, axis, blocks, moves)
        arrays[name] = array
    return file.with_values(arrays)


def moved(array, axis, blocks, moves):
    extent = array.shape[axis]
    order = numpy.array([moves.get(index, index) for index in range(blocks * extent)])
    if blocks == 1:
        return numpy.take(array, order, axis)
    rows = array.shape[0] // blocks
    parts = []
    for block in range(blocks):
        own = order[block * extent:(block + 1) * extent] - block * extent
        if own.min() < 0 or own.max() >= extent:
            raise Wrong("a channel of a group leaves its block")
        parts.append(numpy.take(array[block * rows:(block + 1) * rows], own, axis))
    return numpy.concatenate(parts)


# ---- thinned


class Left:
    """Which indices of each axis are left after removals one after the other."""

    def __init__(self, groups):
        self.extents, self.blocks, self.homes, self.parts = {}, {}, {}, {}
        for place, group in enumerate(groups):
            for member in group["members"]:
                self.blocks[key(member)] = member.get("blocks", 1)
                self.parts[key(member)] = set(member["parts"])
                for indices in member["channels"]:
                    for index in indices:
                        self.homes[(*key(member), index)] = place
        for (name, axis, index) in self.homes:
            self.extents[name, axis] = max(self.extents.get((name, axis), 0), index + 1)
        self.left = {each: list(range(extent)) for each, extent in self.extents.items()}
        self.gone = collections.defaultdict(set)

    def take(self, removed):
        """Removals as `--removed` writes them; the groups that lost channels."""
        touched = set()
        for removal in removed:
            for member in [member for group in removal["groups"] for member in group["members"]]:
                at = key(member)
                original = {self.left[at][index] for index in member["indices"]}
                touched |= {self.homes[(*at, index)] for index in original}
                self.gone[at] |= original
            for at in {key(member) for group in removal["groups"] for member in group["members"]}:
                self.left[at] = [index for index in self.left[at] if index not in self.gone[at]]
        return touched

    def check(self, groups):
        """What went are whole channels of groups, the same in each member."""
        for group in groups:
            gone = [
                [set(indices) <= self.gone[key(member)] for indices in member["channels"]]
                for member in group["members"]
            ]
            parts = [
                [bool(set(indices) & self.gone[key(member)]) for indices in member["channels"]]
                for member in group["members"]
            ]
            if any(row != gone[0] for row in gone + parts):
                raise Wrong(f"of a group of {group['layers']} other channels went in one member than in another")


def masked(file, groups, left, images):
    """The original with what went as zeros."""
    arrays = {}
    for (name, axis), gone in left.gone.items():
        for index in gone:
            group = groups[left.homes[name, axis, index]]
            parts = left.parts[name, axis]
            asked = {"reader"} if kind(group) == "constant" else MASKED
            if not parts & asked:
                continue
            array = arrays.get(name)
            if array is None:
                array = arrays[name] = numpy.array(file.array(name, images))
            clear(array, axis, left.blocks[name, axis], index)
    return file.with_values(arrays)


def clear(array, axis, blocks, index):
    extent, rows = array.shape[axis], array.shape[0] // blocks
    at = [slice(None)] * array.ndim
    if blocks > 1:
        at[0] = slice(index // extent * rows, (index // extent + 1) * rows)
    at[axis] = index % extent
    array[tuple(at)] = 0


def same_values(file, thinned, left, images):
    """What is left of each parameter is what the original has at the indices that stay."""
    compared = 0
    for name in {name for (name, _), gone in left.gone.items() if gone}:
        if name not in thinned.initializers:
            continue
        array = file.array(name, images)
        axes = {axis: left.left[name, axis] for (other, axis), gone in left.gone.items() if other == name and gone}
        for axis in sorted(axes, key=lambda axis: -left.blocks[name, axis]):
            array = taken(array, axis, left.blocks[name, axis], axes[axis])
        found = numpy_helper.to_array(thinned.initializers[name])
        if found.shape != array.shape or not numpy.array_equal(found, array):
            raise Wrong(f"{name} {found.shape} is not what is left of the original's {array.shape}")
        compared += 1
    return compared


def taken(array, axis, blocks, kept):
    if blocks == 1:
        return numpy.take(array, kept, axis)
    extent, rows = array.shape[axis], array.shape[0] // blocks
    return numpy.concatenate([
        numpy.take(array[block * rows:(block + 1) * rows], [i % extent for i in kept if i // extent == block], axis)
        for block in range(blocks)
    ])


def thin(program, path, layers, seed, folder):
    """The thinned network and what went."""
    out, removed = folder / "thinned.onnx", folder / "removed.json"
    filters = [argument for layer, amount in layers for argument in ("--filters", f"{layer}:{amount}")]
    text = pare(program, "thin", path, *filters, "--no-repair", "--seed", seed, "-o", out, "--removed", removed)
    onnx.checker.check_model(onnx.load(str(out)), full_check=True)
    return out, json.loads(removed.read_text()), text


def layers_of(groups, chosen):
    """A layer of each chosen group that no layer before has lost channels of already."""
    seen, layers = set(), []
    homes = collections.defaultdict(set)
    for place, group in enumerate(groups):
        for layer in group["layers"]:
            homes[layer].add(place)
    for place in chosen:
        if place in seen or not groups[place]["layers"]:
            continue
        layer = groups[place]["layers"][0]
        layers.append(layer)
        seen |= homes[layer]
    return layers


def counts(path, images):
    """Parameters of a file, and the multiply-adds of one example by the shapes that ONNX Runtime meets."""
    model = onnx.load(str(path))
    # Bounds and fills are settings of their nodes.
    settings = {name for node in model.graph.node if node.op_type in ("Clip", "Pad") for name in node.input[1:]}
    parameters = sum(
        int(numpy.prod(each.dims)) for each in model.graph.initializer
        if each.data_type == onnx.TensorProto.FLOAT and each.name not in settings)
    nodes = [node for node in model.graph.node if node.op_type in ("Conv", "ConvTranspose", "Gemm", "MatMul")]
    shapes = {each.name: tuple(each.dims) for each in model.graph.initializer}
    asked = {name for node in nodes for name in (*node.input[:2], node.output[0])} - set(shapes) - {model.graph.input[0].name}
    known = {each.name for each in model.graph.output}
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in asked - known)
    names = sorted(asked)
    shapes.update({name: array.shape for name, array in zip(names, run(model, {"": images}, names))})
    shapes[model.graph.input[0].name] = images.shape
    sums = 0
    for node in nodes:
        first, second, made = (shapes[name] for name in (*node.input[:2], node.output[0]))
        turned = any(each.name == "transA" and each.i for each in node.attribute)
        sums += int(numpy.prod(first if node.op_type == "ConvTranspose" else made)) * {
            "Conv": int(numpy.prod(second[1:])), "ConvTranspose": int(numpy.prod(second[1:])), "Gemm": first[0 if turned else 1],
            "MatMul": first[-1],
        }[node.op_type]
    return parameters, sums // len(images)


def told(text, what):
    """What `pare thin` says of the thinned network."""
    found = re.search(what + r" [\d,]+ → ([\d,]+)", text)
    return int(found.group(1).replace(",", "")) if found else None


# ---- named


def named(file, groups, images):
    """Axes of constant weights are in groups as a whole; frozen groups name something that is there. Rows that make channels: free, all."""
    covered = collections.defaultdict(int)
    for group in groups:
        for member in group["members"]:
            covered[key(member)] += sum(map(len, member["channels"]))
    values = set(file.initializers) | set(file.makers) | {file.input.name}
    for node in file.model.graph.node:
        if node.op_type not in ("Conv", "ConvTranspose", "Gemm", "MatMul") or (node.input[1], 0) not in covered:
            continue
        shape = file.array(node.input[1], images).shape
        groups_of = next((each.i for each in node.attribute if each.name == "group"), 1)
        axes = (0, 1) if node.op_type in ("Conv", "ConvTranspose", "Gemm") else (len(shape) - 2, len(shape) - 1)
        for axis in axes:
            blocks = groups_of if node.op_type == "Conv" and axis == 1 else 1
            if groups_of > 1 and axis == 1 and shape[1] == 1:
                continue
            if covered[node.input[1], axis] != blocks * shape[axis]:
                raise Wrong(f"axis {axis} of {node.input[1]} {shape} has {covered[node.input[1], axis]} indices in groups")
    for group in groups:
        if "frozen" not in group:
            continue
        names = re.findall(r"'([^']+)'", group["frozen"])
        if not names or not all(name in values or name in file.nodes for name in names):
            raise Wrong(f"frozen, and nothing is named that the file has: {group['frozen']}")
    rows = [0, 0]
    for group in groups:
        for member in group["members"]:
            if {"maker", "depthwise"} & set(member["parts"]):
                count = sum(map(len, member["channels"]))
                rows[0] += count if "frozen" not in group else 0
                rows[1] += count
    return rows


def reasons(groups):
    """Why groups are frozen, with how many there are, besides the network's own inputs and outputs."""
    found = collections.Counter()
    for group in groups:
        text = group.get("frozen")
        if text and "leave the network" not in text and "of the input" not in text:
            found[text] += 1
    return found


def prove(program, path, given, sample, folder):
    file = File(path)
    file.vary(numpy.random.default_rng(SEED))
    path = folder / "varied.onnx"
    onnx.save(file.model, str(path))
    images = file.images(given)
    feeds = {file.input.name: images}
    expected = run(file.model, feeds)
    rounding = difference(run(file.model, feeds, level="ORT_DISABLE_ALL"), run(file.model, feeds, level="ORT_ENABLE_ALL"))
    most = max(ASKED, ROUNDINGS * rounding)
    generator = numpy.random.default_rng(SEED)
    groups = listed(program, path, "heads")
    row = {
        "free": len(free(groups)), "frozen": sum("frozen" in group for group in groups), "rounding": rounding,
        "kinds": dict(collections.Counter(kind(group) for group in free(groups))), "wrong": [],
        "reasons": dict(reasons(groups)),
    }

    def tried(what, place, action):
        try:
            found = action()
        except (Wrong, onnx.checker.ValidationError, onnx.shape_inference.InferenceError, RuntimeError) as error:
            row["wrong"].append(f"{what}, {place}: {error}")
            return
        except Exception as error:
            if "onnxruntime" not in type(error).__module__:
                raise
            row["wrong"].append(f"{what}, {place}: {str(error)[:300]}")
            return
        if found is None:
            return
        row[what] = max(row.get(what, 0.0), found)
        if found > most:
            row["wrong"].append(f"{what}, {place}: {found:.1e}")

    def permutes(chosen):
        return lambda: difference(run(permuted(file, chosen, images, generator), feeds), expected)

    def rows():
        row["rows"] = named(file, groups, images)

    tried("named", "axes", rows)
    for whole in ("heads", "dimensions"):
        own = groups if whole == "heads" else listed(program, path, whole)
        if whole == "dimensions" and own == groups:
            continue
        movable = [group for group in free(own) if kind(group) != "neighbours"]
        row.setdefault("permuted groups", {})[whole] = len(movable)
        tried("permuted", f"all {len(movable)} groups by {whole}", permutes(movable))
        failed = row["wrong"] and row["wrong"][-1].startswith("permuted")
        for place in range(len(movable)) if failed else generator.permutation(len(movable))[:sample]:
            tried("permuted", f"{movable[place]['layers']} by {whole}", permutes([movable[place]]))

    places = [place for place, group in enumerate(groups) if "frozen" not in group and group["channels"] > 1]
    comparable = [place for place in places if kind(groups[place]) in ("exact", "constant")]

    met = set()

    def thins(layers, share=25, seed=SEED):
        def action():
            out, removed, text = thin(program, path, [(layer, f"{share}% random /1") for layer in layers], seed, folder)
            left = Left(groups)
            touched = left.take(removed)
            left.check(groups)
            row["values"] = row.get("values", 0) + same_values(file, File(out), left, images)
            found = run(out, feeds)
            for what, number in zip(("parameters", "multiply-adds"), counts(out, images)):
                if told(text, what) != number:
                    raise Wrong(f"{told(text, what)} {what} are told, the file has {number}")
            met.update(touched.intersection(places))
            row["thinned groups"] = len(met)
            if not all(kind(groups[place]) in ("exact", "constant") for place in touched):
                difference(found, expected)
                return None
            return difference(found, run(masked(file, groups, left, images), feeds))
        return action

    if comparable:
        tried("thinned", "all exact groups", thins(layers_of(groups, comparable)))
    if len(places) > len(comparable):
        tried("thinned", "all groups", thins(layers_of(groups, places)))
    for again in (1, 2, 3):
        # A layer that makes channels of several groups may have lost none of some of them.
        rest = [place for place in comparable if place not in met and groups[place]["layers"]]
        if rest:
            tried("thinned", f"{len(rest)} groups that lost nothing", thins(layers_of(groups, rest), 60, SEED + again))
    failed = any(each.startswith("thinned") for each in row["wrong"])
    for place in places if failed else generator.permutation(places)[:sample]:
        for layer in layers_of(groups, [place]):
            tried("thinned", layer, thins([layer]))
    row["unaddressed"] = sum(not groups[place]["layers"] for place in places)
    return row


def shown(name, row):
    kinds = row["kinds"]
    inexact = sum(count for kind, count in kinds.items() if kind in ("statistic", "neighbours"))
    rows = row.get("rows", [0, 1])
    number = lambda what: f"{row[what]:.1e}" if what in row else "–"
    return [
        name, str(row["free"]), str(inexact), str(row["frozen"]), f"{100 * rows[0] / max(rows[1], 1):.0f} %", number("permuted"),
        str(row.get("thinned groups", 0)), number("thinned"), number("rounding"),
    ]


HEAD = [
    "network", "free groups", "of them over statistics", "frozen", "filters and units that are free", "permuted", "groups thinned", "thinned",
    "rounding",
]


def document(rows, path):
    lines = [
        "# Groups", "",
        "Made by `Scripts/proofs-groups`; do not edit it by hand.", "",
        "The groups of channels that `pare info --groups` lists of the real exports of `Scripts/make-networks.py`, proven from outside Pare, by onnx",
        f"and ONNX Runtime {onnxruntime.__version__}. Vectors of equal numbers, and those that an exporter shares between layers because they are equal",
        "as long as a network is not trained, are made different first.",
        "*Permuted*: the members of all free groups at once, and of a seeded sample of groups one by one, stand in another order in all parameters",
        "where they lie. *Thinned*: `pare thin` takes a quarter of every free group, and of a sample of groups one by one; the file is accepted by",
        "onnx.checker, holds the original's values at the indices that stay, and is compared with the original in which what went is zero. Groups",
        "over which statistics are computed (LayerNorm) have no such zeros; with them the file is run only. Differences are the largest between",
        "logits of two inputs, as a part of their range; asked is 1e-5 or, where rounding alone makes more, 4 times that. Rounding is how much",
        "the file's own logits differ between ONNX Runtime with and without its optimizations.", "",
        "| " + " | ".join(HEAD) + " |", "|---|" + "---:|" * (len(HEAD) - 1),
    ]
    lines += ["| " + " | ".join(shown(name, rows[name])) + " |" for name in sorted(rows)]
    lines += ["", "Frozen are the channels that enter and leave a network, and:", ""]
    for name in sorted(rows):
        for text, count in sorted(rows[name]["reasons"].items()):
            lines.append(f"- {name}: {count} × {text}")
    if not any(rows[name]["reasons"] for name in rows):
        lines[-3:] = ["", "Frozen are only the channels that enter and leave a network."]
    wrong = [f"- {name}: {each}" for name in sorted(rows) for each in rows[name]["wrong"]]
    if wrong:
        lines += ["", "What fails:", "", *wrong]
    pathlib.Path(path).write_text("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", help="the program pare")
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--keep", type=pathlib.Path, help="a folder in which the row of each file is kept")
    parser.add_argument("--sample", type=int, default=3, help="how many groups are also tried one by one (default: 3)")
    parser.add_argument("--docs", help="the document to write of all rows that are kept")
    options = parser.parse_args()
    program = os.path.abspath(options.program)
    failed = False
    for path in options.files:
        given = path.parent / "inputs.npy"
        with tempfile.TemporaryDirectory() as folder:
            row = prove(program, path, numpy.load(given) if given.exists() else None, options.sample, pathlib.Path(folder))
        name = path.name.removesuffix(".onnx")
        print(" ".join(f"{head} {cell}," for head, cell in zip(HEAD[1:], shown(name, row)[1:])).rstrip(",") + f": {name}", flush=True)
        for each in row["wrong"]:
            print(f"  wrong: {each}", flush=True)
        for text, count in sorted(row["reasons"].items()):
            print(f"  frozen: {count} × {text}", flush=True)
        failed = failed or bool(row["wrong"])
        if options.keep:
            options.keep.mkdir(parents=True, exist_ok=True)
            (options.keep / f"{name}.json").write_text(json.dumps(row, indent=1))
    if options.docs and options.keep:
        document({each.stem: json.loads(each.read_text()) for each in options.keep.glob("*.json")}, options.docs)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
