import CFFmpeg
import MediaValues
import PluginKit

/// What the workers of one pass share.
struct PassSetup: Sendable {
    let input: MediaInput
    let queues: PacketQueues
    let ledger: PassLedger
    let options: DecodingOptions

    var interrupt: CancellationFlag { input.interrupt }

    func clock(for stream: AVStream) -> StreamClock {
        StreamClock(stream: stream, containerStart: input.context.pointee.start_time)
    }
}

extension PassSetup {
    /// The declared length of the file, where there is one.
    var durationSeconds: Double? {
        let duration = input.context.pointee.duration
        return duration == shim_no_pts || duration <= 0 ? nil : Double(duration) / Double(AV_TIME_BASE)
    }
}
