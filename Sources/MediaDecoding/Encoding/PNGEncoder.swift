import CFFmpeg
public import MediaValues
import PluginKit

/// Compresses `rgb24` and `gray8` pictures to PNG through FFmpeg's encoder. Use one per thread.
public final class PNGEncoder {
    private var context: UnsafeMutablePointer<AVCodecContext>?
    private var shape: (size: PlaneSize, layout: PixelLayout)?

    /// Creates an encoder.
    public init() {}

    deinit { avcodec_free_context(&context) }

    /// Compresses a picture.
    ///
    /// - Throws: `PluginError` (`native`), also for planar colour: ask the decoder for `rgb24`.
    public func encode(_ frame: VideoFrame) throws -> [UInt8] {
        guard frame.layout == .rgb24 || frame.layout == .gray8, let plane = frame.planes.first else {
            throw PluginError(.native, "PNG needs rgb24 or gray8 pixels, not \(frame.layout.rawValue)")
        }
        let size = PlaneSize(width: frame.width, height: frame.height)
        let encoder = try prepared(size, frame.layout)
        let native = try NativeFrame(width: size.width, height: size.height, format: frame.layout.nativeFormat)
        guard let target = native.plane(0) else { throw PluginError.outOfMemory("writing a picture") }
        for row in 0..<size.height {
            (target.base + row * target.stride).update(
                from: (plane.baseAddress + row * plane.bytesPerRow).assumingMemoryBound(to: UInt8.self),
                count: size.width * frame.layout.bytesPerSample)
        }
        let packet = try Packet()
        var code = avcodec_send_frame(encoder, native.pointer)
        if code >= 0 { code = avcodec_receive_packet(encoder, packet.pointer) }
        guard code >= 0, let data = packet.pointer.pointee.data else {
            throw PluginError(.native, "a picture could not be written as PNG", native: code)
        }
        return Array(UnsafeBufferPointer(start: data, count: packet.byteCount))
    }

    private func prepared(_ size: PlaneSize, _ layout: PixelLayout) throws -> UnsafeMutablePointer<AVCodecContext> {
        if let context, let shape, shape == (size, layout) { return context }
        avcodec_free_context(&context)
        guard let codec = avcodec_find_encoder(AV_CODEC_ID_PNG), let made = avcodec_alloc_context3(codec) else {
            throw PluginError(.native, "this FFmpeg has no PNG encoder; install the complete libavcodec")
        }
        context = made
        made.pointee.width = Int32(size.width)
        made.pointee.height = Int32(size.height)
        made.pointee.pix_fmt = layout.nativeFormat
        made.pointee.time_base = AVRational(num: 1, den: 25)
        // Each picture must come out at once.
        made.pointee.thread_count = 1
        made.pointee.compression_level = 4
        let code = avcodec_open2(made, codec, nil)
        guard code >= 0 else { throw PluginError(.native, "the PNG encoder cannot be opened", native: code) }
        shape = (size, layout)
        return made
    }
}
