import CFFmpeg
import MediaValues
import PluginKit
import Synchronization

/// An opened container: owner of the format context and of the I/O context below it.
///
/// Life cycle: opened with stream information read → packets are read front to back, once. Unchecked because FFmpeg's
/// contexts have no locks: one thread uses it at a time, and only `interrupt` may be touched from elsewhere.
final class MediaInput: @unchecked Sendable {
    let context: UnsafeMutablePointer<AVFormatContext>
    let interrupt: CancellationFlag
    private let io: InputOutput

    /// Opens the container and finds its streams.
    ///
    /// - Parameters:
    ///   - name: what to call the source in messages.
    ///   - hint: usual extension of the format, which helps with formats that have no signature.
    /// - Throws: `PluginError` (`notMedia`, `corruptMedia`, `refused`, `cancelled`).
    init(source: any ByteSource, name: String, hint: String?, interrupt: CancellationFlag) throws {
        self.interrupt = interrupt
        io = try InputOutput(source: source, interrupt: interrupt)
        let (format, score) = try Self.findFormat(io, hint: hint, name: name)
        try FormatPolicy.check(format, source: name)

        var opened = avformat_alloc_context()
        guard let allocated = opened else { throw PluginError.outOfMemory("opening \(name)") }
        allocated.pointee.pb = io.context
        allocated.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        allocated.pointee.io_open = { _, _, _, _, _ in shim_error_not_permitted }
        allocated.pointee.interrupt_callback = AVIOInterruptCB(
            callback: { opaque in
                guard let opaque else { return 0 }
                return Unmanaged<CancellationFlag>.fromOpaque(opaque).takeUnretainedValue().isSet ? 1 : 0
            },
            opaque: Unmanaged.passUnretained(interrupt).toOpaque())
        var options: OpaquePointer?
        defer { av_dict_free(&options) }
        av_dict_set(&options, "protocol_whitelist", "none", 0)

        // Frees the context by itself where it fails.
        let code = avformat_open_input(&opened, "media", format, &options)
        guard code >= 0, let opened else {
            throw Self.openFailure(code, score: score, io: io, name: name, format: format)
        }
        context = opened
        let found = Self.findStreamInformation(opened, source: source)
        if interrupt.isSet { throw PluginError(.cancelled, "opening \(name) was cancelled") }
        if let failure = io.failure { throw failure }
        guard found >= 0 else {
            throw PluginError(
                .corruptMedia, "\(name) is damaged: its streams cannot be read; try to repair or re-download it",
                native: found)
        }
        guard context.pointee.nb_streams > 0 else {
            throw PluginError(
                .corruptMedia, "\(name) lists no video, sound or image: it is incomplete or empty; get a complete copy")
        }
    }

    deinit {
        var closing: UnsafeMutablePointer<AVFormatContext>? = context
        avformat_close_input(&closing)
    }

    /// What the source said when reading failed, if it did.
    var readFailure: PluginError? { io.failure }

    /// The stream at `index`.
    func stream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
        guard index >= 0, index < Int(context.pointee.nb_streams) else { return nil }
        return context.pointee.streams[index]
    }

    /// Whether the container's index lists every packet (so that skipping needs no reading): the mov family.
    var hasCompleteIndex: Bool {
        UnsafePointer(context.pointee.iformat.pointee.name).text?.split(separator: ",").contains("mov") ?? false
    }

    /// Whether the container's header tells the length, rather than a guess from the bit rate or the last timestamps.
    var declaresDuration: Bool {
        let names = UnsafePointer(context.pointee.iformat.pointee.name).text?.split(separator: ",") ?? []
        return names.contains { ["mov", "matroska", "avi", "flv"].contains($0) }
    }

    /// Recognises the format by its content; the hint helps only where the content says nothing.
    private static func findFormat(
        _ io: InputOutput, hint: String?, name: String
    ) throws -> (format: UnsafePointer<AVInputFormat>, score: Int32) {
        var format: UnsafePointer<AVInputFormat>?
        var score = av_probe_input_buffer2(io.context, &format, "media", nil, 0, 0)
        if format == nil || score < 0, let hint, io.failure == nil, !io.isInterrupted {
            avio_seek(io.context, 0, 0)
            score = av_probe_input_buffer2(io.context, &format, "media.\(hint)", nil, 0, 0)
            // The reader of numbered image files answers to any image's extension.
            if let found = format, UnsafePointer(found.pointee.name).text == "image2" { format = nil }
        }
        guard score >= 0, let format else {
            throw probeFailure(min(score, NativeError.invalidData), io: io, name: name)
        }
        return (format, score)
    }

    /// Reads the first packets for what the headers leave open.
    private static func findStreamInformation(
        _ context: UnsafeMutablePointer<AVFormatContext>, source: any ByteSource
    ) -> Int32 {
        let count = Int(context.pointee.nb_streams)
        var options = [OpaquePointer?](repeating: nil, count: count)
        for index in 0..<count {
            guard let stream = context.pointee.streams[index] else { continue }
            // A decoder that may not be opened is the only way to keep FFmpeg from decoding what is known already.
            if FirstPictureHeader.fill(stream, from: source) {
                av_dict_set(&options[index], "codec_whitelist", "none", 0)
            }
        }
        defer {
            for index in 0..<count { av_dict_free(&options[index]) }
        }
        return options.withUnsafeMutableBufferPointer { avformat_find_stream_info(context, $0.baseAddress) }
    }

    private static func probeFailure(_ code: Int32, io: InputOutput, name: String) -> PluginError {
        if let failure = io.failure { return failure }
        if io.isInterrupted { return PluginError(.cancelled, "opening \(name) was cancelled") }
        return PluginError(
            .notMedia, "\(name) is no media file that can be read (no known container or image format); check the file",
            native: code)
    }

    private static func openFailure(
        _ code: Int32, score: Int32, io: InputOutput, name: String, format: UnsafePointer<AVInputFormat>
    ) -> PluginError {
        // A match by file name alone says nothing about the content.
        guard score > AVPROBE_SCORE_MAX / 4 else { return probeFailure(code, io: io, name: name) }
        if let failure = io.failure { return failure }
        if io.isInterrupted { return PluginError(.cancelled, "opening \(name) was cancelled") }
        let kind = UnsafePointer(format.pointee.long_name).text ?? "media"
        return PluginError(
            .corruptMedia,
            "\(name) looks like \(kind) but cannot be opened: its header or index is missing or damaged "
                + "(an incomplete download or recording?); get a complete copy", native: code)
    }
}

/// The I/O context that FFmpeg reads through, with what its callbacks need.
///
/// Unchecked for the same reason as `MediaInput`; the failure is guarded by a lock.
private final class InputOutput: @unchecked Sendable {
    private final class Reader: Sendable {
        let source: any ByteSource
        let interrupt: CancellationFlag
        let state = Mutex<(position: Int64, failure: PluginError?)>((0, nil))

        init(source: any ByteSource, interrupt: CancellationFlag) {
            self.source = source
            self.interrupt = interrupt
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) -> Int32 {
            if interrupt.isSet { return NativeError.exit }
            return state.withLock { state in
                do {
                    let count = try source.read(at: state.position, into: buffer)
                    state.position += Int64(count)
                    return count == 0 ? NativeError.endOfFile : Int32(count)
                } catch let error as NativeError {
                    return error.code
                } catch {
                    if !interrupt.isSet { state.failure = SourceFailure.translate(error) }
                    return interrupt.isSet ? NativeError.exit : NativeError.inputOutput
                }
            }
        }

        func seek(to offset: Int64, whence: Int32) -> Int64 {
            state.withLock { state in
                switch whence & ~AVSEEK_FORCE {
                case AVSEEK_SIZE: return source.byteCount ?? -1
                case 0: state.position = offset
                case 1: state.position += offset
                case 2:
                    guard let size = source.byteCount else { return -1 }
                    state.position = size + offset
                default: return -1
                }
                return state.position
            }
        }
    }

    /// Whole blocks of the page cache in one system call; larger brings nothing measurable.
    private static let bufferBytes = 1 << 16

    let context: UnsafeMutablePointer<AVIOContext>
    private let reader: Reader

    init(source: any ByteSource, interrupt: CancellationFlag) throws {
        reader = Reader(source: source, interrupt: interrupt)
        guard let buffer = av_malloc(Self.bufferBytes) else { throw PluginError.outOfMemory("opening a file") }
        let allocated = avio_alloc_context(
            buffer.assumingMemoryBound(to: UInt8.self), Int32(Self.bufferBytes), 0,
            Unmanaged.passUnretained(reader).toOpaque(),
            { opaque, bytes, count in
                guard let opaque, let bytes, count > 0 else { return NativeError.inputOutput }
                return Unmanaged<Reader>.fromOpaque(opaque).takeUnretainedValue()
                    .read(into: UnsafeMutableRawBufferPointer(start: bytes, count: Int(count)))
            }, nil,
            { opaque, offset, whence in
                guard let opaque else { return -1 }
                return Unmanaged<Reader>.fromOpaque(opaque).takeUnretainedValue().seek(to: offset, whence: whence)
            })
        guard let allocated else {
            av_free(buffer)
            throw PluginError.outOfMemory("opening a file")
        }
        context = allocated
    }

    deinit {
        // FFmpeg may have replaced the buffer, so the one in the context is freed.
        av_free(context.pointee.buffer)
        var freeing: UnsafeMutablePointer<AVIOContext>? = context
        avio_context_free(&freeing)
    }

    var failure: PluginError? { reader.state.withLock { $0.failure } }

    var isInterrupted: Bool { reader.interrupt.isSet }
}
