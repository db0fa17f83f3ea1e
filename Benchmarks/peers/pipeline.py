#!/usr/bin/env python3
"""What the product's full pipeline does, as a script would: the best package for each step, one step after the other.

usage: pipeline.py VIDEO OUT

metadata and keyframes (PyAV), scenes (PySceneDetect), transcription (Silero VAD on ONNX Runtime, Moonshine on
sherpa-onnx), objects (YOLOX-nano) and faces (RFB-640) on the keyframes (ONNX Runtime, OpenCV), ocr on the keyframes
(rapidocr), diarization (GE2E on ONNX Runtime, average linkage of SciPy), text-embeddings (MiniLM on ONNX Runtime,
tokenizers), and a timeline of it all. Every picture and the audio are decoded once and kept; every model is loaded
once; libraries choose their own number of threads. Results go to OUT as JSON, times of the steps to standard error.
The weights are those of the product, from VIDEO_EXTRACT_MODEL_DIR or the user's folder of models.
"""

import json
import os
import sys
import time
from contextlib import contextmanager
from pathlib import Path

STARTED = time.perf_counter()

import av
import cv2
import numpy as np
import onnxruntime
import sherpa_onnx
from rapidocr_onnxruntime import RapidOCR
from scenedetect import ContentDetector, detect
from tokenizers import BertWordPieceTokenizer

import speakers
import speech
from detectors import FaceDetector, ObjectDetector

onnxruntime.set_default_logger_severity(3)  # RFB's export keeps its weights among the inputs, a warning for each
TIMES = {"imports": time.perf_counter() - STARTED}


@contextmanager
def step(name):
    started = time.perf_counter()
    yield
    TIMES[name] = time.perf_counter() - started


def models_folder():
    if folder := os.environ.get("VIDEO_EXTRACT_MODEL_DIR"):
        return Path(folder)
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local/share", "video-extract/models")


def describe(container):
    streams = []
    for stream in container.streams:
        codec = stream.codec_context
        entry = {"index": stream.index, "type": stream.type, "codec": codec and codec.name}
        if stream.type == "video":
            entry |= {"width": codec.width, "height": codec.height, "frame_rate": float(stream.average_rate or 0)}
        elif stream.type == "audio":
            entry |= {"sample_rate": codec.sample_rate, "channels": codec.channels}
        streams.append(entry)
    return {
        "format": container.format.name, "duration_s": container.duration / av.time_base,
        "bit_rate": container.bit_rate, "tags": dict(container.metadata), "streams": streams,
    }


def read_keyframes(container, folder):
    """(time in seconds, BGR pixels) of every keyframe, written as JPEG on the way."""
    stream = container.streams.video[0]
    stream.codec_context.skip_frame = "NONKEY"
    stream.thread_type = "AUTO"
    folder.mkdir(parents=True, exist_ok=True)
    pictures = []
    for frame in container.decode(stream):
        pixels = frame.to_ndarray(format="bgr24")
        cv2.imwrite(str(folder / f"frame_{len(pictures):04}.jpg"), pixels, [cv2.IMWRITE_JPEG_QUALITY, 90])
        pictures.append((frame.time, pixels))
    return pictures


def read_text(engine, pixels):
    found, _ = engine(pixels)
    return [{"text": text, "confidence": float(score), "polygon": box} for box, text, score in found or []]


def embed_texts(texts, folder):
    tokenizer = BertWordPieceTokenizer(str(folder / "vocab.txt"), lowercase=True)
    tokenizer.enable_truncation(256)
    tokenizer.enable_padding()
    session = onnxruntime.InferenceSession(folder / "minilm.onnx", providers=["CPUExecutionProvider"])
    encoded = tokenizer.encode_batch(texts)
    ids, mask = ([getattr(e, name) for e in encoded] for name in ("ids", "attention_mask"))
    return session.run(None, {"input_ids": np.array(ids, np.int64), "attention_mask": np.array(mask, np.int64)})[0]


def overlaps(span, others):
    return [o for o in others if o["start"] < span["end"] and span["start"] < o["end"]]


def fuse(results):
    """What happens in each scene, and who says each sentence."""
    for segment in results["transcription"]:
        turns = overlaps(segment, results["diarization"])
        segment["speaker"] = max(
            turns, key=lambda t: min(t["end"], segment["end"]) - max(t["start"], segment["start"]), default={}
        ).get("speaker")

    def seen(operation, key, scene):
        return sorted({item[key] for picture in results[operation] if scene["start"] <= picture["time"] < scene["end"]
                       for item in picture["found"]})

    return [
        scene | {
            "objects": seen("objects", "class", scene), "on_screen_text": seen("ocr", "text", scene),
            "faces": max((len(p["found"]) for p in results["faces"] if scene["start"] <= p["time"] < scene["end"]),
                         default=0),
            "words": " ".join(segment["text"] for segment in overlaps(scene, results["transcription"])),
            "speakers": sorted({turn["speaker"] for turn in overlaps(scene, results["diarization"])}),
        } for scene in results["scenes"]]


def run(video, out):
    models = models_folder()
    results = {}
    with step("metadata"):
        container = av.open(video)
        results["metadata"] = describe(container)
    with step("keyframes"):
        pictures = read_keyframes(container, out / "keyframes")
        results["keyframes"] = [time for time, _ in pictures]
        container.close()
    with step("scenes"):
        results["scenes"] = [
            {"start": first.seconds, "end": last.seconds}
            for first, last in detect(video, ContentDetector(), start_in_scene=True)]
    with step("audio"):
        samples = speech.decode(video)
    with step("transcription"):
        probabilities = speech.probabilities(samples, models / "silero-vad/silero_vad_16k_sequence.onnx")
        folder = models / "moonshine-tiny-en"
        recognizer = sherpa_onnx.OfflineRecognizer.from_moonshine_v2(
            encoder=str(folder / "encoder_model.ort"), decoder=str(folder / "decoder_model_merged.ort"),
            tokens=str(folder / "tokens.txt"), num_threads=os.cpu_count())
        results["transcription"] = speech.transcribe(samples, probabilities, recognizer)
    for name, load in (
        ("objects", lambda: ObjectDetector(models / "yolox-nano/yolox_nano.onnx")),
        ("faces", lambda: FaceDetector(models / "rfb-640/version-RFB-640.onnx")),
        ("ocr", lambda: lambda pixels, engine=RapidOCR(): read_text(engine, pixels)),
    ):
        with step(name):
            look = load()
            results[name] = [{"time": time, "found": look(pixels)} for time, pixels in pictures]
    with step("diarization"):
        results["diarization"] = speakers.diarize(samples, probabilities, models / "ge2e/ge2e.onnx")
    with step("text-embeddings"):
        texts = [segment["text"] for segment in results["transcription"]]
        np.save(out / "text_embeddings.npy", embed_texts(texts, models / "minilm-l6") if texts else np.zeros((0, 384)))
    with step("fusion"):
        results["fusion"] = fuse(results)
    with step("writing"):
        for name, document in results.items():
            Path(out, f"{name}.json").write_text(json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def main():
    if len(sys.argv) != 3:
        raise SystemExit(__doc__)
    video, out = sys.argv[1], Path(sys.argv[2])
    out.mkdir(parents=True, exist_ok=True)
    run(video, out)
    TIMES["total"] = time.perf_counter() - STARTED
    Path(out, "times.json").write_text(json.dumps(TIMES) + "\n")
    for name, seconds in TIMES.items():
        print(f"{name:16} {seconds * 1000:7.0f} ms", file=sys.stderr)


if __name__ == "__main__":
    main()
