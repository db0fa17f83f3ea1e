import FoundationEssentials
import Inference
import MediaValues
import PluginKit

/// Names of a model's classes: those in the `labels.txt` of its folder, one a line; otherwise COCO's, which the catalogue's
/// models are trained on; `class_<index>` beyond them.
struct ObjectLabels: Sendable {
    private let names: [String]

    init(names: [String]) { self.names = names }

    init(_ model: InstalledModel) {
        let path = model.folder + "/labels.txt"
        guard let data = FileManager.default.contents(atPath: path) else {
            self.init(names: Self.coco)
            return
        }
        let lines = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline)
        self.init(names: lines.map(\.trimmingSpaces).filter { !$0.isEmpty })
    }

    func name(_ index: Int) -> String { names.indices.contains(index) ? names[index] : "class_\(index)" }

    /// The indices of the named classes; nil for an empty list, which stands for all.
    ///
    /// - Throws: `PluginError` with `invalidParameter` for a name that there is not, with the nearest one that there is.
    func indices(of wanted: [String]) throws -> Set<Int>? {
        guard !wanted.isEmpty else { return nil }
        return Set(
            try wanted.map { name in
                let name = name.lowercased()
                if let index = names.firstIndex(where: { $0.lowercased() == name }) { return index }
                if name.hasPrefix("class_"), let index = Int(name.dropFirst(6)), index >= 0 { return index }
                let nearest = Suggestions.nearest(to: name, in: names)
                throw PluginError(
                    .invalidParameter,
                    "parameter classes cannot contain '\(name)': "
                        + (nearest.map { "did you mean '\($0)'?" } ?? "the model knows \(names.joined(separator: ", "))")
                )
            })
    }

    /// The 80 classes of COCO 2017 in the order that detectors are trained with, under their present names.
    static let coco = [
        "person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
        "fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
        "elephant",
        "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee", "skis",
        "snowboard",
        "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
        "wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange", "broccoli",
        "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed", "dining table",
        "toilet",
        "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven", "toaster", "sink",
        "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
    ]
}
