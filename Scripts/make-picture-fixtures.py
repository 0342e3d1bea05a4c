"""Writes Tests/Fixtures/pictures: small PNG and JPEG files made by Pillow, and fitted.npz, what Pillow makes of them as torchvision's
evaluation would (shorter side 16, middle 14×14), that decoding, resizing and cropping are held against."""
import pathlib

import numpy as np
from PIL import Image

folder = pathlib.Path(__file__).parent.parent / "Tests/Fixtures/pictures"
folder.mkdir(exist_ok=True)
generator = np.random.default_rng(5)


def scene(height, width):
    y, x = np.mgrid[0:height, 0:width]
    waves = [128 + 90 * np.sin(x / a + y / b) for a, b in ((3, 7), (9, 2), (5, 11))]
    return np.clip(np.stack(waves, -1) + generator.normal(0, 12, (height, width, 3)), 0, 255).astype(np.uint8)


colour = Image.fromarray(scene(37, 52))
tall = Image.fromarray(scene(61, 23))
alpha = colour.convert("RGBA")
alpha.putalpha(Image.fromarray(scene(37, 52)[:, :, 0]))
files = {
    "colour.png": (colour, {}),
    "grey.png": (colour.convert("L"), {}),
    "palette.png": (colour.quantize(16), {}),
    "alpha.png": (alpha, {}),
    "bits.png": (colour.convert("1"), {}),
    "colour.jpg": (colour, {"quality": 90}),
    "grey.jpg": (tall.convert("L"), {"quality": 90}),
    "progressive.jpeg": (tall, {"quality": 80, "progressive": True}),
}
arrays = {}
for name, (image, options) in files.items():
    image.save(folder / name, **options)
    read = Image.open(folder / name)
    for mode, channels in (("RGB", 3), ("L", 1)):
        picture = read.convert("RGB").convert(mode) if read.mode not in ("L", "1") else read.convert("L").convert(mode)
        width, height = picture.size
        side = 16
        size = (side, side * height // width) if width <= height else (side * width // height, side)
        picture = picture.resize(size, Image.BILINEAR)
        left, top = round((size[0] - 14) / 2.0), round((size[1] - 14) / 2.0)
        picture = picture.crop((left, top, left + 14, top + 14))
        pixels = np.asarray(picture).reshape(14, 14, channels).transpose(2, 0, 1)
        arrays[f"{name}-{channels}"] = np.ascontiguousarray(pixels)
np.savez_compressed(folder / "fitted.npz", **arrays)
