import CFFmpeg
import MediaValues
import PluginKit

/// One consumer of pictures.
struct VideoOutput {
    let demand: VideoDemand
    let channel: BoundedChannel<VideoFrame>
    var selector: FrameSelector
    var isGone = false

    init(_ demand: VideoDemand, channel: BoundedChannel<VideoFrame>) {
        self.demand = demand
        self.channel = channel
        selector = FrameSelector(demand.selection)
    }

    /// Full-size pictures are megabytes each; small ones only need to even out scheduling.
    static func capacity(_ form: VideoDemand.Form) -> Int {
        switch form {
        case .fullSize: 6
        case .reduced: 64
        case .converted(_, let side): side.map { $0 <= 640 } ?? false ? 16 : 6
        }
    }
}

/// Serves every consumer of pictures from one decoder: selects, converts once per form, hands over.
struct VideoOutputs {
    private(set) var outputs: [VideoOutput]
    private var converter = PictureConverter()
    private var previous: Picture?
    /// Forms of the current and the previous picture that were made already.
    private var currentForms: [VideoDemand.Form: VideoFrame] = [:]
    private var previousForms: [VideoDemand.Form: VideoFrame] = [:]
    private let looksBack: Bool
    private let ledger: PassLedger

    init(_ outputs: [VideoOutput], ledger: PassLedger) {
        self.outputs = outputs
        self.ledger = ledger
        looksBack = outputs.contains { $0.selector.looksBack }
    }

    /// Whether pictures between keyframes are wanted as averages of blocks at most.
    var needsNoFilterBetweenKeyframes: Bool {
        outputs.allSatisfy { output in
            if case .reduced = output.demand.form { return true }
            return output.demand.selection.isKeyframes
        }
    }

    var isEveryoneGone: Bool { outputs.allSatisfy(\.isGone) }

    /// Offers the next picture in presentation order.
    mutating func offer(_ picture: Picture) {
        let seconds = picture.time.seconds
        for index in outputs.indices where !outputs[index].isGone {
            let decision = outputs[index].selector.see(seconds, isKeyframe: picture.isKeyframe)
            if decision.takesPrevious, let previous { deliver(previous, forms: \.previousForms, to: index) }
            if decision.takesCurrent { deliver(picture, forms: \.currentForms, to: index) }
        }
        if looksBack {
            previous = picture
            swap(&previousForms, &currentForms)
        }
        currentForms.removeAll(keepingCapacity: true)
    }

    /// Delivers what the last picture still owes.
    mutating func finish() {
        guard let last = previous else { return }
        let end = last.time.seconds + (last.duration?.seconds ?? 0)
        for index in outputs.indices where !outputs[index].isGone {
            if outputs[index].selector.finish(end: end) { deliver(last, forms: \.previousForms, to: index) }
        }
        previous = nil
    }

    private mutating func deliver(
        _ picture: Picture, forms: WritableKeyPath<VideoOutputs, [VideoDemand.Form: VideoFrame]>, to index: Int
    ) {
        let form = outputs[index].demand.form
        let frame: VideoFrame
        if let made = self[keyPath: forms][form] {
            frame = made
        } else {
            do {
                frame = try converter.convert(picture, to: form)
                self[keyPath: forms][form] = frame
            } catch {
                ledger.damage("a picture could not be converted", at: picture.time, reason: "\(error)", part: .video)
                return
            }
        }
        if !outputs[index].channel.send(frame) { outputs[index].isGone = true }
    }
}
