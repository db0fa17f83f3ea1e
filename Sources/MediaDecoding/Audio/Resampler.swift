import CFFmpeg
import MediaValues
import PluginKit

/// Owner of one resampler context: any sample format, rate and layout to interleaved floats.
final class Resampler {
    /// Format of samples going in.
    struct Input: Hashable {
        var sampleRate: Int
        var format: Int32
        var channels: Int
        /// Mask of a native layout, 0 where there is none.
        var layoutMask: UInt64

        init(_ frame: AVFrame) {
            sampleRate = Int(frame.sample_rate)
            format = frame.format
            channels = Int(frame.ch_layout.nb_channels)
            layoutMask = frame.ch_layout.order == AV_CHANNEL_ORDER_NATIVE ? frame.ch_layout.u.mask : 0
        }
    }

    let outputRate: Int
    let outputChannels: Int
    private let context: OpaquePointer

    init(from input: Input, rate: Int, channels: Int) throws {
        outputRate = rate
        outputChannels = channels
        var source = AVChannelLayout()
        var target = AVChannelLayout()
        defer {
            av_channel_layout_uninit(&source)
            av_channel_layout_uninit(&target)
        }
        if input.layoutMask == 0 || av_channel_layout_from_mask(&source, input.layoutMask) < 0 {
            av_channel_layout_default(&source, Int32(clamping: input.channels))
        }
        if channels == input.channels {
            av_channel_layout_copy(&target, &source)
        } else {
            av_channel_layout_default(&target, Int32(clamping: channels))
        }
        var made: OpaquePointer?
        var code = swr_alloc_set_opts2(
            &made, &target, AV_SAMPLE_FMT_FLT, Int32(clamping: rate), &source,
            AVSampleFormat(rawValue: input.format), Int32(clamping: input.sampleRate), 0, nil)
        if code >= 0, let made {
            // With floats swresample does not scale the mixing matrix down by itself: loud stereo would clip in mono.
            code = av_opt_set_double(UnsafeMutableRawPointer(made), "rematrix_maxval", 1, 0)
            if code >= 0 { code = swr_init(made) }
        }
        guard code >= 0, let made else {
            swr_free(&made)
            throw PluginError(.native, "samples cannot be converted to \(rate) Hz, \(channels) channels", native: code)
        }
        context = made
    }

    deinit {
        var freeing: OpaquePointer? = context
        swr_free(&freeing)
    }

    /// Converts `count` samples starting at `skipped`, appending what comes out; a nil frame drains.
    func convert(_ frame: NativeFrame?, skipping skipped: Int = 0, into samples: inout [Float]) throws {
        let count = frame.map { Int($0.pointer.pointee.nb_samples) - skipped } ?? 0
        guard frame == nil || count > 0 else { return }
        let room = Int(swr_get_out_samples(context, Int32(clamping: count)))
        guard room > 0 else { return }
        let channels = outputChannels
        var failure: Int32 = 0
        let piece = [Float](unsafeUninitializedCapacity: room * channels) { buffer, used in
            used = 0
            guard let base = buffer.baseAddress else { return }
            var target: UnsafeMutablePointer<UInt8>? = UnsafeMutableRawPointer(base).assumingMemoryBound(to: UInt8.self)
            let produced: Int32
            if let frame {
                var planes = Self.planes(of: frame, skipping: skipped)
                produced = swr_convert(context, &target, Int32(room), &planes, Int32(count))
            } else {
                produced = swr_convert(context, &target, Int32(room), nil, 0)
            }
            failure = min(0, produced)
            used = Int(max(0, produced)) * channels
        }
        guard failure >= 0 else { throw PluginError(.native, "samples could not be converted", native: failure) }
        samples.append(contentsOf: piece)
    }

    private static func planes(of frame: NativeFrame, skipping skipped: Int) -> [UnsafePointer<UInt8>?] {
        let native = frame.pointer.pointee
        let format = AVSampleFormat(rawValue: native.format)
        let channels = Int(native.ch_layout.nb_channels)
        let isPlanar = av_sample_fmt_is_planar(format) != 0
        let step = Int(av_get_bytes_per_sample(format)) * (isPlanar ? 1 : channels)
        return (0..<(isPlanar ? channels : 1)).map { index in
            native.extended_data[index].map { UnsafePointer($0) + skipped * step }
        }
    }
}

extension NativeFrame {
    /// Silence in the format of `model`.
    static func silence(like model: NativeFrame, count: Int) throws -> NativeFrame {
        let frame = try NativeFrame()
        let source = model.pointer.pointee
        frame.pointer.pointee.format = source.format
        frame.pointer.pointee.sample_rate = source.sample_rate
        frame.pointer.pointee.nb_samples = Int32(clamping: count)
        guard av_channel_layout_copy(&frame.pointer.pointee.ch_layout, &model.pointer.pointee.ch_layout) >= 0,
            av_frame_get_buffer(frame.pointer, 0) >= 0
        else { throw PluginError.outOfMemory("decoding sound") }
        av_samples_set_silence(
            frame.pointer.pointee.extended_data, 0, frame.pointer.pointee.nb_samples,
            source.ch_layout.nb_channels, AVSampleFormat(rawValue: source.format))
        return frame
    }
}
