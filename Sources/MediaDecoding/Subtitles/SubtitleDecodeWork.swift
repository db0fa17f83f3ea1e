import CFFmpeg
import MediaValues
import PluginKit

/// Decodes every text track once and serves everybody who wants cues. Used by one thread.
final class SubtitleDecodeWork {
    /// Text tracks hold lines; a larger packet is damage or an attack.
    static let maximumPacketBytes = 1 << 20
    /// Cues held for a consumer that is behind.
    static let capacity = 64

    private struct Track {
        let stream: UnsafeMutablePointer<AVStream>
        let clock: StreamClock
        let decoder: Decoder
        /// For packets that are not UTF-8; opened when one comes.
        var fallback: Decoder?
    }

    private let lane: Int
    private let setup: PassSetup
    private let channels: [BoundedChannel<SubtitleCue>]
    private var tracks: [Int: Track] = [:]
    private var gone: Set<Int> = []

    init(streams: [Int], lane: Int, channels: [BoundedChannel<SubtitleCue>], setup: PassSetup) {
        self.lane = lane
        self.setup = setup
        self.channels = channels
        for index in streams {
            guard let stream = setup.input.stream(index) else { continue }
            do {
                tracks[index] = Track(
                    stream: stream, clock: setup.clock(for: stream.pointee),
                    decoder: try Decoder(stream: stream, threading: .single))
            } catch {
                setup.ledger.warn("the text track of stream \(index) cannot be read: \(error)", part: .subtitles)
            }
        }
    }

    /// Runs to the end of the tracks.
    func run() {
        defer { setup.queues.close(lane: lane) }
        while let (packet, _) = setup.queues.pop(lane: lane) {
            decode(packet)
            if gone.count == channels.count { return }
        }
        guard !setup.interrupt.isSet else { return }
        for index in tracks.keys.sorted() { drain(index) }
    }

    private func decode(_ packet: Packet) {
        let index = packet.streamIndex
        guard var track = tracks[index] else { return }
        guard packet.byteCount <= Self.maximumPacketBytes else {
            damage("a packet of \(packet.byteCount) bytes is no text", packet, track)
            return
        }
        setup.ledger.update { $0.packetsDecoded += 1 }
        var cues: [SubtitleCue] = []
        var code = track.decoder.decodeSubtitle(packet) { cues += Self.cues($0, of: packet, track) }
        if code == NativeError.invalidData, !packet.isUTF8 {
            code = decodeLegacy(packet, with: &track, into: &cues)
            tracks[index] = track
        }
        if code < 0 { damage(NativeError.text(code), packet, track) }
        send(cues)
    }

    /// Old subtitle files do not say their encoding; Windows-1252 is by far the most common.
    private func decodeLegacy(_ packet: Packet, with track: inout Track, into cues: inout [SubtitleCue]) -> Int32 {
        if track.fallback == nil {
            track.fallback = try? Decoder(stream: track.stream, threading: .single, characterEncoding: "CP1252")
            setup.ledger.warn(
                "the text track of stream \(packet.streamIndex) is not UTF-8; it was read as Windows-1252",
                part: .subtitles)
        }
        let known = track
        return known.fallback?.decodeSubtitle(packet) { cues += Self.cues($0, of: packet, known) }
            ?? NativeError.invalidData
    }

    /// Closed captions come out late: the decoder still holds the last ones.
    private func drain(_ index: Int) {
        guard let track = tracks[index], let empty = try? Packet() else { return }
        empty.pointer.pointee.stream_index = Int32(clamping: index)
        for _ in 0..<Self.capacity {
            var cues: [SubtitleCue] = []
            let code = track.decoder.drainSubtitle(with: empty) { cues += Self.cues($0, of: empty, track) }
            guard code >= 0, !cues.isEmpty else { return }
            send(cues)
        }
    }

    private func send(_ cues: [SubtitleCue]) {
        for cue in cues {
            for (index, channel) in channels.enumerated() where !gone.contains(index) {
                if !channel.send(cue) { gone.insert(index) }
            }
        }
    }

    private func damage(_ reason: String, _ packet: Packet, _ track: Track) {
        setup.ledger.damage(
            "a subtitle could not be read", at: packet.ticks.map(track.clock.time), reason: reason, part: .subtitles)
    }

    /// One cue from what a decoder gave; none where all of its lines are empty (`mov_text` writes pauses like that).
    private static func cues(_ subtitle: AVSubtitle, of packet: Packet, _ track: Track) -> [SubtitleCue] {
        let texts = (0..<Int(subtitle.num_rects)).compactMap { index -> String? in
            guard let rect = subtitle.rects?[index]?.pointee else { return nil }
            if let event = rect.ass { return SubtitleMarkup.plainText(event: String(cString: event)) }
            return rect.text.map { SubtitleMarkup.plainText(markup: Substring(String(cString: $0))) }
        }
        let text = texts.filter { !$0.isEmpty }.joined(separator: "\n")
        guard !text.isEmpty, let (start, end) = span(subtitle, of: packet, track.clock) else { return [] }
        return [SubtitleCue(stream: packet.streamIndex, start: start, end: end, text: text)]
    }

    /// The packet's own ticks where they say the same as the decoder's rounded times, which is the rule.
    private static func span(
        _ subtitle: AVSubtitle, of packet: Packet, _ clock: StreamClock
    ) -> (start: MediaTime, end: MediaTime)? {
        let base = AVRational(num: clock.timeBase.numerator, den: clock.timeBase.denominator)
        let microseconds = AVRational(num: 1, den: AV_TIME_BASE)
        let native = packet.pointer.pointee
        let shownMs = Int64(subtitle.start_display_time)
        var ticks: Int64
        if native.pts != shim_no_pts,
            subtitle.pts == shim_no_pts || av_rescale_q(native.pts, base, microseconds) == subtitle.pts
        {
            ticks = native.pts
        } else {
            guard subtitle.pts != shim_no_pts else { return nil }
            ticks = av_rescale_q(subtitle.pts, microseconds, base)
        }
        let milliseconds = AVRational(num: 1, den: 1000)
        ticks &+= av_rescale_q(shownMs, milliseconds, base)
        let start = clock.time(ticks)
        // A cue that ends before it begins has a negative length, which the unsigned field shows as weeks.
        let isKnown = subtitle.end_display_time > 0 && subtitle.end_display_time < UInt32(Int32.max)
        let lengthMs = isKnown ? Int64(subtitle.end_display_time) - shownMs : 0
        if native.duration > 0, shownMs == 0, !isKnown || av_rescale_q(native.duration, base, milliseconds) == lengthMs
        {
            return (start, clock.time(ticks &+ native.duration))
        }
        guard lengthMs > 0 else { return (start, start) }
        return (start, clock.time(ticks &+ av_rescale_q(lengthMs, milliseconds, base)))
    }
}

extension Packet {
    fileprivate var isUTF8: Bool {
        guard let data = pointer.pointee.data else { return true }
        return String(validating: UnsafeBufferPointer(start: data, count: byteCount), as: UTF8.self) != nil
    }
}

extension Decoder {
    /// Decodes one packet of a text track and hands over what came out; FFmpeg's return code.
    func decodeSubtitle(_ packet: Packet, _ body: (AVSubtitle) -> Void) -> Int32 {
        var subtitle = AVSubtitle()
        var isThere: Int32 = 0
        let code = avcodec_decode_subtitle2(context, &subtitle, &isThere, packet.pointer)
        defer { if isThere != 0 { avsubtitle_free(&subtitle) } }
        if code >= 0, isThere != 0 { body(subtitle) }
        return code
    }

    /// Takes one more subtitle out of a decoder that holds some back; nothing from all others.
    func drainSubtitle(with empty: Packet, _ body: (AVSubtitle) -> Void) -> Int32 {
        guard let codec = context.pointee.codec, codec.pointee.capabilities & AV_CODEC_CAP_DELAY != 0 else { return 0 }
        return decodeSubtitle(empty, body)
    }
}
