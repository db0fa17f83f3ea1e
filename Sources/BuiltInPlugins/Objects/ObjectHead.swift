import Inference
import PluginKit

/// The families of object detectors.
enum ObjectHead: DetectionHead {
    case yolox(YOLOXHead)
    case yolov8(YOLOv8Head)

    /// Overlap (intersection over union) beyond which two detections of one class are one object; the figure of both
    /// families' own programs.
    static let overlapLimit: Float = 0.45
    /// Pixels between the cells of a grid, in both families.
    static let strides = [8, 16, 32]

    /// Cells of all grids over an input whose sides are multiples of 32.
    static func cellCount(width: Int, height: Int) -> Int {
        strides.reduce(0) { $0 + (width / $1) * (height / $1) }
    }

    /// - Throws: `PluginError` with `invalidModel` for another family, or a network that does not fit its own.
    init(_ network: InferenceModel, model: InstalledModel) throws {
        let signature = NetworkSignature(network: network, model: model.entry.id)
        switch model.entry.family {
        case "yolox": self = .yolox(try YOLOXHead(signature))
        case "yolov8": self = .yolov8(try YOLOv8Head(signature))
        default:
            throw PluginError(
                .invalidModel,
                "model \(model.entry.id) is of the family \(model.entry.family), which objects cannot read: it reads "
                    + "yolox and yolov8; choose another with model=…")
        }
    }

    private var head: any DetectionHead {
        switch self {
        case .yolox(let head): head
        case .yolov8(let head): head
        }
    }

    var form: PictureTensorForm { head.form }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try head.detections(in: session, threshold: threshold)
    }
}
