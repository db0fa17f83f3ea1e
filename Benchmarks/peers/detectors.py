"""YOLOX objects and RFB faces on ONNX Runtime; pictures are BGR bytes."""

import cv2
import numpy as np
import onnxruntime

CLASSES = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,"
    "bench,bird,cat,dog,horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,"
    "skis,snowboard,sports ball,kite,baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,"
    "cup,fork,knife,spoon,bowl,banana,apple,sandwich,orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,"
    "potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,cell phone,microwave,oven,toaster,sink,"
    "refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush").split(",")


class ObjectDetector:
    SIDE = 416

    def __init__(self, network, threshold=0.4):
        self.session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name
        self.threshold = threshold
        cells = [(x, y, stride) for stride in (8, 16, 32)
                 for y in range(self.SIDE // stride) for x in range(self.SIDE // stride)]
        self.grid = np.array([cell[:2] for cell in cells], np.float32)
        self.stride = np.array([[cell[2]] for cell in cells], np.float32)

    def __call__(self, pixels):
        height, width = pixels.shape[:2]
        scale = min(self.SIDE / height, self.SIDE / width)
        size = int(width * scale), int(height * scale)
        padded = np.full((self.SIDE, self.SIDE, 3), 114, np.uint8)
        padded[:size[1], :size[0]] = cv2.resize(pixels, size)
        rows = self.session.run(None, {self.name: cv2.dnn.blobFromImage(padded)})[0][0]
        scores = rows[:, 4:5] * rows[:, 5:]
        kinds = scores.argmax(1)
        best = scores[np.arange(len(kinds)), kinds]
        kept = best >= self.threshold
        rows, kinds, best = rows[kept], kinds[kept], best[kept]
        extent = np.exp(rows[:, 2:4]) * self.stride[kept]
        corner = (rows[:, :2] + self.grid[kept]) * self.stride[kept] - extent / 2
        boxes = np.hstack([corner, extent]) / scale  # x, y, width, height
        chosen = cv2.dnn.NMSBoxesBatched(boxes, best, kinds, self.threshold, 0.45) if len(boxes) else []
        return [{"class": CLASSES[kinds[i]], "confidence": float(best[i]), "box": boxes[i].tolist()} for i in chosen]


class FaceDetector:
    def __init__(self, network, threshold=0.8):
        self.session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
        self.name = self.session.get_inputs()[0].name
        self.threshold = threshold

    def __call__(self, pixels):
        height, width = pixels.shape[:2]
        blob = cv2.dnn.blobFromImage(pixels, 1 / 128, (640, 480), (127, 127, 127), swapRB=True)
        scores, boxes = self.session.run(["scores", "boxes"], {self.name: blob})
        kept = scores[0, :, 1] > self.threshold
        scores, boxes = scores[0, kept, 1], boxes[0, kept] * (width, height, width, height)
        boxes[:, 2:] -= boxes[:, :2]
        chosen = cv2.dnn.NMSBoxes(boxes, scores, self.threshold, 0.3) if len(boxes) else []
        return [{"confidence": float(scores[i]), "box": boxes[i].tolist()} for i in chosen]
