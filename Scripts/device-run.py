#!/usr/bin/env python3
"""Writes the table of Docs/Devices.md: Scripts/device-run.py FOLDER PARE, with the networks that make-tiny-networks.py made in FOLDER.

Every quantized network is exported as C, compiled for this machine and for a Cortex-M4, and run by both; QEMU's numbers must be this machine's. Outputs for
all codes are held against ONNX Runtime's for the numbers of the same codes, without its optimizations and with them.
"""

import pathlib
import re
import subprocess
import sys

import numpy as np
import onnx

ROOT = pathlib.Path(__file__).parent.parent
NAMES = {
    "ds-cnn": "DS-CNN, 49×10×1", "mobilenet-025": "MobileNetV1 0.25, 96×96×3", "resnet-8": "ResNet-8, 32×32×3", "autoencoder": "autoencoder, 640"
}
# Kilobytes of the benchmark's own TensorFlow Lite files, int8, as L. Gwennap gives them (Linley Newsletter, 3 August 2021).
PUBLISHED = {"ds-cnn": 53, "mobilenet-025": 325, "resnet-8": 96, "autoencoder": 270}
WARNINGS = ["-std=c99", "-Wall", "-Wextra", "-Wconversion", "-Werror"]
ARM = ["-mcpu=cortex-m4", "-mthumb", "-Os", "-ffreestanding", "-ffunction-sections", "-fdata-sections"]
QEMU = ["qemu-system-arm", "-M", "mps2-an386", "-cpu", "cortex-m4", "-nographic", "-semihosting-config", "enable=on,target=native", "-kernel"]


def run(*command):
    """What a program prints; QEMU hands on what a device prints as errors."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"{' '.join(str(part) for part in command)}\n{done.stdout}{done.stderr}")
    return done.stdout or done.stderr


def macro(header, name):
    return float(re.search(rf"_{name} (\S+?)f?\n", header).group(1))


def work_of(path):
    """Parameters of the layers of a quantized network, and multiply-adds for one example."""
    model = onnx.shape_inference.infer_shapes(onnx.load(path))
    sizes = {tensor.name: list(tensor.dims) for tensor in model.graph.initializer}
    sizes |= {node.output[0]: sizes[node.input[0]] for node in model.graph.node if node.op_type == "DequantizeLinear" and node.input[0] in sizes}
    known = {value.name: [axis.dim_value for axis in value.type.tensor_type.shape.dim] for value in model.graph.value_info}
    parameters, products = 0, 0
    for node in model.graph.node:
        if node.op_type not in ("Conv", "Gemm", "MatMul"):
            continue
        parameters += sum(int(np.prod(sizes[name])) for name in node.input if name in sizes)
        positions = int(np.prod(known[node.output[0]][2:])) if node.op_type == "Conv" else 1
        products += positions * int(np.prod(sizes[node.input[1]]))
    return parameters, products


def measured(name, folder, pare):
    work = folder / name
    work.mkdir(exist_ok=True)
    message = run(pare, "export", folder / f"{name}.qdq.onnx", "--format", "c", "-o", work / "net.c", "--sessions", work)
    if "Computed in integers" not in message:
        sys.exit(message)
    header = (work / "net.h").read_text()
    data = np.load(folder / f"{name}.npz")
    codes = data["codes"]
    count = int(macro(header, "OUTPUT_COUNT"))
    examples = ",\n".join("{" + ", ".join(str(code) for code in example.ravel()) + "}" for example in codes[:3])
    (work / "examples.h").write_text(
        f'#include "net.h"\n#include <stddef.h>\n#define RUN net_run\n#define TYPE int8_t\n#define COUNT {count}u\n'
        f"static const int8_t examples[][{codes[0].size}] = {{\n{examples}\n}};\n")
    main = ROOT / "Scripts/device-main.c"
    run("gcc", *WARNINGS, "-O3", f"-I{work}", main, work / "net.c", "-o", work / "host")
    codes.tofile(work / "codes")
    host = run(work / "host", work / "codes", work / "outputs")
    run("arm-none-eabi-gcc", *WARNINGS, *ARM, "-c", work / "net.c", "-o", work / "net.o")
    run(
        "arm-none-eabi-gcc", *ARM, "-DDEVICE", f"-I{work}", "-nostdlib", "-Wl,--gc-sections", "-T", ROOT / "Scripts/device.ld", main, work / "net.o",
        "-lgcc", "-o", work / "net.elf")
    device = run(*QEMU, work / "net.elf").splitlines()
    stack = int(next(line for line in device if line.startswith("# stack")).split()[2])
    if [line for line in device if not line.startswith("#")] != host.splitlines():
        sys.exit(f"{name}: the device's outputs are not the host's")
    sizes = [line.split() for line in run("arm-none-eabi-size", "-A", work / "net.o").splitlines()]
    sums = {kind: sum(int(line[1]) for line in sizes if len(line) > 1 and line[0].startswith(kind)) for kind in (".text", ".rodata", ".data", ".bss")}
    found = np.fromfile(work / "outputs", np.int8).reshape(len(codes), count).astype(int)
    scale, zero = macro(header, "OUTPUT_SCALE"), macro(header, "OUTPUT_ZERO_POINT")
    return dict(name=name, data=data, found=found, scale=scale, zero=zero, stack=stack, sums=sums, folder=folder)


def row(result):
    name, data, found, sums = result["name"], result["data"], result["found"], result["sums"]
    numbers = (found - result["zero"]) * result["scale"]
    agreement, deviation = [], []
    for kind in ("plain", "fused"):
        steps = np.rint(data[kind] / result["scale"]) + result["zero"]
        difference = np.abs(steps - found)
        deviation.append(f"{int(difference.max())}, {100 * np.mean(difference > 0):.2f} %")
        agreement.append(100 * np.mean(steps.argmax(1) == found.argmax(1)))
    if len(data["labels"]):
        right = [100 * np.mean(answers.argmax(1) == data["labels"]) for answers in (data["floats"], numbers)]
        quality = f"{right[0]:.2f} % → {right[1]:.2f} %"
        same = f"{agreement[0]:.2f} %, {agreement[1]:.2f} %"
    else:
        reference = data["floats"]
        quality = f"{10 * np.log10(np.sum(reference**2) / np.sum((numbers - reference) ** 2)):.1f} dB"
        same = "–"
    parameters, products = work_of(result["folder"] / f"{name}.qdq.onnx")
    flash, ram = sums[".text"] + sums[".rodata"], sums[".data"] + sums[".bss"]
    return (
        f"| {NAMES[name]} | {parameters:,} | {products / 1e6:.1f} M | {quality} | {same} | {deviation[0]}; {deviation[1]} | "
        f"{flash:,} ({sums['.text']:,}) | {ram:,} + {result['stack']} | {PUBLISHED[name]} kB |")


def main():
    folder, pare = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]).absolute()
    results = [measured(name, folder, pare) for name in NAMES]
    table = "\n".join(
        ["| network | parameters | multiply-adds | float → C | same answer | largest difference | flash (code) | RAM + stack | published |",
         "|---|---|---|---|---|---|---|---|---|"] + [row(result) for result in results])
    print(table)
    path = ROOT / "Docs/Devices.md"
    text = path.read_text()
    begin, end = "<!-- table -->", "<!-- end -->"
    head, rest = text.split(begin)
    examples = f"{len(results[0]['found']):,}"
    compiler = run("arm-none-eabi-gcc", "-dumpversion").strip()
    emulator = re.search(r"version (\S+)", run("qemu-system-arm", "--version")).group(1)
    note = f"\n\nOver {examples} test images; arm-none-eabi-gcc {compiler} with -Os, QEMU {emulator}."
    path.write_text(head + begin + "\n" + table + note + "\n" + end + rest.split(end)[1])


main()
