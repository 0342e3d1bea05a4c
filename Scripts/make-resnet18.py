"""Trains a ResNet-18 (He et al., 2016; 11,181,642 parameters) for 10 classes of 64×64 Fashion-MNIST and exports it to ONNX, with the folder of pictures that it is
measured on. A few minutes on two cores; nothing of it is kept in the repository.

    python Scripts/make-resnet18.py TARGET [--images 4000] [--epochs 4]

TARGET/pictures/{train,test}/CLASS/NUMBER.png, TARGET/resnet18.onnx and its card TARGET/resnet18.json; needs torch, numpy, pillow and onnx.
Then: pare explore TARGET/resnet18.onnx --data TARGET/pictures
"""
import argparse
import gzip
import json
import os
import pathlib
import time

import numpy as np
import torch
from PIL import Image
from torch import nn

SOURCE = pathlib.Path("/usr/share/datasets/fashion-mnist")
CLASSES = ["t-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle-boot"]
MEAN, DEVIATION = 0.286, 0.353


class Block(nn.Module):
    """Two convolutions of 3×3 with a way around them."""

    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.relu = nn.ReLU()
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))

    def forward(self, x):
        around = x if self.downsample is None else self.downsample(x)
        y = self.relu(self.bn1(self.conv1(x)))
        return self.relu(self.bn2(self.conv2(y)) + around)


class ResNet18(nn.Module):
    """Names as torchvision has them."""

    def __init__(self, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, 2, 1)
        self.layer1 = nn.Sequential(Block(64, 64, 1), Block(64, 64, 1))
        self.layer2 = nn.Sequential(Block(64, 128, 2), Block(128, 128, 1))
        self.layer3 = nn.Sequential(Block(128, 256, 2), Block(256, 256, 1))
        self.layer4 = nn.Sequential(Block(256, 512, 2), Block(512, 512, 1))
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(512, classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, x):
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(torch.flatten(self.avgpool(x), 1))


def examples(kind, count):
    with gzip.open(SOURCE / f"{kind}-images-idx3-ubyte.gz") as file:
        images = np.frombuffer(file.read(16 + count * 784)[16:], np.uint8).reshape(-1, 28, 28)
    with gzip.open(SOURCE / f"{kind}-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(8 + count)[8:], np.uint8)
    large = [np.asarray(Image.fromarray(image).resize((64, 64), Image.BILINEAR)) for image in images]
    return np.stack(large), labels.astype(np.int64)


def write_pictures(folder, images, labels):
    for name in CLASSES:
        (folder / name).mkdir(parents=True, exist_ok=True)
    for index, (image, label) in enumerate(zip(images, labels)):
        Image.fromarray(image).save(folder / CLASSES[label] / f"{index:05}.png")


def inputs(images):
    scaled = (torch.from_numpy(images).float() / 255 - MEAN) / DEVIATION
    return scaled[:, None].expand(-1, 3, -1, -1)


def accuracy(network, images, labels):
    network.eval()
    with torch.no_grad():
        right = sum((network(inputs(images[i : i + 100])).argmax(1).numpy() == labels[i : i + 100]).sum() for i in range(0, len(images), 100))
    return right / len(images)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("target", type=pathlib.Path)
    parser.add_argument("--images", type=int, default=4000)
    parser.add_argument("--epochs", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=660, help="training stops after this time")
    options = parser.parse_args()
    torch.manual_seed(1)
    torch.set_num_threads(len(os.sched_getaffinity(0)))
    images, labels = examples("train", options.images)
    test, test_labels = examples("t10k", 2000)
    # Named in the order of the classes, so that folders sorted by name give the labels that it was trained with.
    order = sorted(range(10), key=lambda index: CLASSES[index])
    place = np.argsort(order)
    write_pictures(options.target / "pictures/train", images, labels)
    write_pictures(options.target / "pictures/test", test, test_labels)
    labels, test_labels = place[labels], place[test_labels]

    network = ResNet18(10)
    optimizer = torch.optim.SGD(network.parameters(), lr=0.05, momentum=0.9, weight_decay=5e-4)
    steps = options.epochs * (options.images // 50)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.05, total_steps=steps)
    start = time.time()
    for epoch in range(options.epochs):
        network.train()
        shuffled = torch.randperm(options.images).numpy()
        for begin in range(0, options.images - 49, 50):
            chosen = shuffled[begin : begin + 50]
            loss = nn.functional.cross_entropy(network(inputs(images[chosen])), torch.from_numpy(labels[chosen]))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            if time.time() - start > options.seconds:
                break
        print(f"epoch {epoch + 1}: loss {loss.item():.3f}, {time.time() - start:.0f} s", flush=True)
        if time.time() - start > options.seconds:
            break
    measured = accuracy(network, test, test_labels)
    print(f"test {measured:.4f} of {len(test)}")
    torch.onnx.export(
        network.eval(), torch.zeros(1, 3, 64, 64), options.target / "resnet18.onnx", input_names=["input"], output_names=["logits"],
        dynamic_axes={"input": {0: "N"}, "logits": {0: "N"}}, dynamo=False)
    card = {
        "name": "resnet18", "title": "ResNet-18 for 64×64 Fashion-MNIST", "file": "resnet18.onnx",
        "data": {"name": "Fashion-MNIST 64×64", "training": f"the first {options.images} of Fashion-MNIST's training examples"},
        "input": {"shape": [3, 64, 64], "scale": 1 / 255, "mean": [MEAN], "standardDeviation": [DEVIATION]},
        "classes": sorted(CLASSES), "accuracy": {"test": measured},
    }
    (options.target / "resnet18.json").write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n")


main()
