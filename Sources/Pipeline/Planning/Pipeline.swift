import MediaValues
public import PluginKit

/// The planned graph of stages: a printable value, made without touching the media.
public struct Pipeline: Sendable {
    /// One plugin applied to its inputs.
    public struct Stage: Sendable {
        /// Position in `Pipeline.stages`; every input comes earlier.
        public let id: Int
        /// The code.
        public let plugin: any Plugin
        /// What to do, every parameter set.
        public let operation: Operation
        /// Stages whose results it takes.
        public let inputs: [Int]
        /// Those of `inputs` that it can do without.
        public let optionalInputs: Set<Int>
        /// Its share of the decode pass.
        public let demand: MediaDemand
        /// Whether somebody asked for it by name; the others were inserted.
        public let isRequested: Bool
        /// Whether its files go to the output folder.
        public let isWritten: Bool
    }

    /// Stages in an order in which inputs come before their users.
    public let stages: [Stage]

    /// What the decode pass must deliver for a full run.
    public var demands: [MediaDemand] { stages.map(\.demand).filter { !$0.isNothing } }
}

extension Pipeline: CustomStringConvertible {
    /// One line for each stage, for `video-extract plan`.
    public var description: String {
        stages.map { stage in
            var sources = stage.inputs.map { id in
                "stage \(id + 1)" + (stage.optionalInputs.contains(id) ? " (if it delivers)" : "")
            }
            sources += stage.demand.descriptions
            let origin = sources.isEmpty ? "container" : sources.joined(separator: ", ")
            return "\(stage.id + 1). \(stage.operation)\(stage.isRequested ? "" : "  [inserted]")\n"
                + "     from \(origin)\n"
                + "     by \(stage.plugin.manifest.name) \(stage.plugin.manifest.version)"
                + " → \(stage.plugin.manifest.outputs.map(\.rawValue).joined(separator: ", "))"
        }.joined(separator: "\n")
    }
}

extension MediaDemand {
    /// Each part of the demand, in words.
    public var descriptions: [String] {
        var parts: [String] = []
        if let video {
            let selection =
                switch video.selection {
                case .everyFrame: "every frame"
                case .keyframes(let interval): interval > 0 ? "keyframes at least \(interval) s apart" : "keyframes"
                case .sampled(let rate): "\(rate) frames/s"
                }
            let form =
                switch video.form {
                case .fullSize: "full size"
                case .reduced(let width): "reduced to \(width) px"
                case .converted(let layout, let side): layout.rawValue + (side.map { " up to \($0) px" } ?? "")
                }
            parts.append("decoder (\(selection), \(form))")
        }
        if let audio {
            let rate = audio.sampleRate.map { "\($0) Hz" } ?? "own rate"
            let channels = audio.channels.map { "\($0) ch" } ?? "own channels"
            parts.append("decoder (PCM \(rate), \(channels))")
        }
        if subtitles { parts.append("decoder (text tracks)") }
        return parts
    }
}
