"""Small pictures of every kind that is read, whole and damaged, and their pixels as Pillow reads them.

    pip install pillow numpy
    python make_pictures.py
"""

import io
import json
import os

import numpy as np
from PIL import Image, ImageOps

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pictures")


def main():
    os.makedirs(FOLDER, exist_ok=True)
    y, x = np.mgrid[0:9, 0:14]
    rgb = np.stack([x * 18, y * 28, (x + y) * 11], -1).astype(np.uint8)
    color = Image.fromarray(rgb)
    grey = color.convert("L")
    deep = Image.fromarray((np.asarray(grey).astype(np.uint16) * 257 + 3).clip(0, 65535).astype(np.uint16))
    exif = Image.Exif()
    expected = {}

    def save(name, image, upright=None, **options):
        path = os.path.join(FOLDER, name)
        image.save(path, **options)
        if upright is None:
            upright = ImageOps.exif_transpose(Image.open(path)).convert("RGB")
        expected[name] = {"width": upright.width, "height": upright.height,
                          "pixels": np.asarray(upright).ravel().tolist()}

    save("color.png", color)
    save("grey.png", grey)
    save("deep.png", deep, upright=grey.convert("RGB"))
    save("one-bit.png", grey.convert("1"))
    save("palette.png", color.quantize(16))
    transparent = color.copy()
    transparent.putalpha(grey)
    save("transparent.png", transparent)
    save("color.jpg", color, quality=95)
    save("progressive.jpg", color, quality=95, progressive=True)
    save("grey.jpg", grey, quality=95)
    save("cmyk.jpg", color.convert("CMYK"), quality=95)
    for orientation in (2, 3, 4, 5, 6, 7, 8):
        exif[0x0112] = orientation
        save(f"orientation-{orientation}.jpg", color, quality=95, exif=exif.tobytes())
    with open(os.path.join(FOLDER, "pixels.json"), "w") as file:
        json.dump(expected, file)


if __name__ == "__main__":
    main()
