import CFFmpeg
import MediaValues

/// Turns a stream's timestamps into times on the media's timeline, which starts at 0 where the container starts
/// (its `start_time`, the earliest of all streams).
struct StreamClock: Sendable {
    let timeBase: TimeBase
    /// The container's start in this stream's ticks.
    let startTicks: Int64

    init(stream: AVStream, containerStart: Int64) {
        let base = stream.time_base
        timeBase = TimeBase(numerator: base.num, denominator: base.den) ?? .microseconds
        if containerStart == shim_no_pts || base.num <= 0 || base.den <= 0 {
            startTicks = 0
        } else {
            startTicks = av_rescale_q(containerStart, AVRational(num: 1, den: AV_TIME_BASE), base)
        }
    }

    func time(_ ticks: Int64) -> MediaTime {
        MediaTime(ticks: ticks &- startTicks, timeBase: timeBase)
    }

    func span(_ ticks: Int64) -> MediaTime { MediaTime(ticks: ticks, timeBase: timeBase) }

    /// A time on the timeline in whole ticks of another unit.
    func ticks(_ ticks: Int64, inUnitsOf unit: TimeBase) -> Int64 { time(ticks).converted(to: unit).ticks }
}
