import Inference
import PluginKit

/// The families of face detectors.
enum FaceHead: DetectionHead {
    case rfb(RFBHead)
    case blazeFace(BlazeFaceHead)
    case retinaFace(RetinaFaceHead)
    case yuNet(YuNetHead)

    /// - Throws: `PluginError` with `invalidModel` for another family, or a network that does not fit its own.
    init(_ network: InferenceModel, model: InstalledModel) throws {
        let signature = NetworkSignature(network: network, model: model.entry.id)
        switch model.entry.family {
        case "rfb": self = .rfb(try RFBHead(signature))
        case "blazeface": self = .blazeFace(try BlazeFaceHead(signature))
        case "retinaface": self = .retinaFace(try RetinaFaceHead(signature))
        case "yunet": self = .yuNet(try YuNetHead(signature))
        default:
            throw PluginError(
                .invalidModel,
                "model \(model.entry.id) is of the family \(model.entry.family), which faces cannot read: it reads rfb, "
                    + "blazeface, retinaface and yunet; choose another with model=…")
        }
    }

    private var head: any DetectionHead {
        switch self {
        case .rfb(let head): head
        case .blazeFace(let head): head
        case .retinaFace(let head): head
        case .yuNet(let head): head
        }
    }

    var form: PictureTensorForm { head.form }

    func detections(in session: InferenceSession, threshold: Float) throws -> [Detection] {
        try head.detections(in: session, threshold: threshold)
    }

    /// Confidence asked for where the user names none.
    var usualConfidence: Double {
        switch self {
        // 0.7 in the model's own program, but round things and hands reach that in films.
        case .rfb: 0.8
        case .blazeFace(let head): head.usualConfidence
        // `vis_thres` of Pytorch_Retinaface's detect.py.
        case .retinaFace: 0.6
        // `score_threshold` of OpenCV's FaceDetectorYN.
        case .yuNet: 0.9
        }
    }

    /// Names of the landmarks, in their order; empty for a family that gives none.
    var landmarkNames: [String] {
        switch self {
        case .rfb: []
        case .blazeFace: ["right_eye", "left_eye", "nose", "mouth", "right_ear", "left_ear"]
        case .retinaFace, .yuNet: ["right_eye", "left_eye", "nose", "mouth_right", "mouth_left"]
        }
    }
}
