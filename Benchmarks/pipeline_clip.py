"""Makes the ten-second 1280x720 clip of the full pipeline: six shots with captions and pictures, and speech.

usage: pipeline_clip.py OUT    (needs numpy and OpenCV; run by bench.py in its environment)

With VIDEO_EXTRACT_TEST_MEDIA the shots show two_people.jpg, english.png, obama.jpg, chinese.jpg and example3.png of
that folder and the sound is jfk.flac; without it there are moving shapes and a synthetic voice, and no face or object.
"""

import os
import subprocess
import sys
import tempfile
from bisect import bisect_right
from itertools import accumulate
from pathlib import Path

import cv2
import numpy as np

import media

WIDTH, HEIGHT = 1280, 720
LENGTHS = [42, 40, 45, 38, 43, 42]  # frames
SHOWN = ["two_people.jpg", "english.png", "obama.jpg", None, "chinese.jpg", "example3.png"]
CAPTIONS = [
    "Evening news from the harbour", "Wash your hands", "A speech in the garden", "Tomorrow: rain, 14 degrees",
    "Page 27 of the guide", "Thank you for watching",
]


def sources():
    """The files of the user's that the clip is made of."""
    folder = os.environ.get("VIDEO_EXTRACT_TEST_MEDIA")
    paths = [Path(folder, name) for name in [*filter(None, SHOWN), "jfk.flac"]] if folder else []
    return [path for path in paths if path.exists()]


def picture(path):
    """Planes Y, U, V of a picture of at most 1000x560, sides even, over white where it is transparent."""
    pixels = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if pixels.ndim == 3 and pixels.shape[2] == 4:
        alpha = pixels[:, :, 3:] / 255
        pixels = (pixels[:, :, :3] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    scale = min(1000 / pixels.shape[1], 560 / pixels.shape[0])
    width, height = (int(side * scale) // 2 * 2 for side in (pixels.shape[1], pixels.shape[0]))
    packed = cv2.cvtColor(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), cv2.COLOR_BGR2YUV_I420)
    quarter = width * height // 4
    flat = packed.ravel()
    half = (height // 2, width // 2)
    return [flat[:4 * quarter].reshape(height, width), flat[4 * quarter:5 * quarter].reshape(half),
            flat[5 * quarter:].reshape(half)]


class Captioned:
    """A timeline with a picture in its shots, drifting slowly, and a line of text below."""

    def __init__(self, timeline, pictures):
        self.timeline, self.pictures = timeline, pictures
        self.width, self.height, self.truth = timeline.width, timeline.height, timeline.truth

    def frames(self):
        starts = list(accumulate(self.timeline.lengths, initial=0))
        for n, planes in enumerate(self.timeline.frames()):
            shot = bisect_right(starts, n) - 1
            if inset := self.pictures[shot]:
                drift = (n - starts[shot]) // 4 * 2
                height, width = inset[0].shape
                x, y = (self.width - width) // 4 * 2 - 20 + drift, (600 - height) // 4 * 2
                for plane, part, factor in zip(planes, inset, (1, 2, 2)):
                    plane[y // factor:y // factor + part.shape[0], x // factor:x // factor + part.shape[1]] = part
            for plane, value, factor in zip(planes, (24, 128, 128), (1, 2, 2)):
                plane[610 // factor:690 // factor] = value
            cv2.putText(planes[0], CAPTIONS[shot], (60, 664), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 235, 3, cv2.LINE_AA)
            yield planes


def make(out):
    known = {path.name: path for path in sources()}
    pictures = [picture(known[name]) if name in known else None for name in SHOWN]
    timeline = media.Timeline(WIDTH, HEIGHT, 5, LENGTHS, [("cut", 0)] * (len(LENGTHS) - 1), same_place=0)
    with tempfile.TemporaryDirectory() as work:
        sound = f"{work}/speech.wav"
        if "jfk.flac" in known:
            subprocess.run(["ffmpeg", "-v", "error", "-i", known["jfk.flac"], "-t", "10", "-ar", "44100", "-ac", "2",
                            sound], check=True)
        else:
            media.speak(sound, 10, 5)
        media.encode(Captioned(timeline, pictures), out, sound, options=("-preset", "medium", "-b:v", "3M"))


if __name__ == "__main__":
    make(sys.argv[1])
