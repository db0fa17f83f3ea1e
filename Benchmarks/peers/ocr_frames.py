#!/usr/bin/env python3
"""Time of rapidocr for each picture of a folder: models are loaded and one round is run before the clock starts.

usage: ocr_frames.py FOLDER [ROUNDS (default 3)]    prints {"pictures", "ms_per_picture", "files": [{file, ms, texts}]}
"""

import json
import sys
import time
from pathlib import Path
from statistics import median

import cv2
from rapidocr_onnxruntime import RapidOCR


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    rounds = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    paths = sorted(path for path in Path(sys.argv[1]).iterdir() if path.suffix.lower() in (".png", ".jpg", ".jpeg"))
    if not paths:
        raise SystemExit(f"{sys.argv[1]} holds no PNG or JPEG file")
    pictures = [cv2.imread(str(path)) for path in paths]
    engine = RapidOCR()
    texts = [[text for _, text, _ in engine(pixels)[0] or []] for pixels in pictures]
    times = [[] for _ in paths]
    for _ in range(rounds):
        for spent, pixels in zip(times, pictures):
            started = time.perf_counter()
            engine(pixels)
            spent.append((time.perf_counter() - started) * 1000)
    files = [{"file": path.name, "ms": round(median(spent), 2), "texts": found}
             for path, spent, found in zip(paths, times, texts)]
    print(json.dumps({
        "pictures": len(files), "ms_per_picture": round(sum(file["ms"] for file in files) / len(files), 2),
        "files": files}, ensure_ascii=False))


if __name__ == "__main__":
    main()
