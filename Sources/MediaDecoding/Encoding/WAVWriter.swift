import Foundation
public import MediaValues
import PluginKit

/// Writes 16-bit PCM to a WAV file while samples arrive; the header is completed at the end.
///
/// Use from one thread. A writer that goes away without `finish` leaves a header of length zero: remove the file then.
public final class WAVWriter {
    /// Bytes before the samples.
    public static let headerBytes = 44

    /// Samples per channel written so far.
    public private(set) var frameCount: Int64 = 0
    private let path: String
    private let sampleRate: Int
    private let channels: Int
    private var descriptor: Int32
    private var pending: [Int16] = []
    private var dataBytes: Int64 = 0

    /// Creates or truncates the file.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    public init(path: String, sampleRate: Int, channels: Int) throws {
        self.path = path
        self.sampleRate = max(1, sampleRate)
        self.channels = max(1, channels)
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw FileWriting.failure("create", path) }
        pending.reserveCapacity(1 << 16)
        try writeHeader()
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// Adds a buffer.
    ///
    /// - Throws: `PluginError` (`outputFailed`), also when the file would exceed the 4 GiB of the format.
    public func append(_ buffer: AudioBuffer) throws { try append(buffer.samples) }

    /// Adds interleaved samples, nominally −1…1; values beyond are clipped.
    ///
    /// - Throws: as above.
    public func append(_ samples: [Float]) throws {
        frameCount += Int64(samples.count / channels)
        for sample in samples {
            // In this order a NaN ends as silence's neighbour instead of a trap.
            let scaled = (sample * 32768).rounded(.toNearestOrEven)
            pending.append(Int16(max(-32768, min(32767, scaled))).littleEndian)
        }
        if pending.count >= 1 << 15 { try flush() }
    }

    /// Completes the header and closes the file.
    ///
    /// - Throws: `PluginError` with `outputFailed`.
    public func finish() throws {
        guard descriptor >= 0 else { return }
        try flush()
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileWriting.failure("complete", path) }
        try writeHeader()
        let closing = descriptor
        descriptor = -1
        guard close(closing) == 0 else { throw FileWriting.failure("close", path) }
    }

    private func flush() throws {
        let count = Int64(pending.count * 2)
        guard dataBytes + count + Int64(Self.headerBytes) <= Int64(UInt32.max) else {
            throw PluginError(
                .outputFailed,
                "\(path) would exceed the 4 GiB of the WAV format; use a lower sample rate or fewer channels")
        }
        try pending.withUnsafeBytes { try FileWriting.writeAll($0, to: descriptor, path: path) }
        dataBytes += count
        pending.removeAll(keepingCapacity: true)
    }

    /// The canonical 44 bytes (Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991).
    private func writeHeader() throws {
        var header: [UInt8] = []
        func text(_ value: String) { header += Array(value.utf8) }
        func number(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.littleEndian) { header += Array($0) }
        }
        text("RIFF")
        number(UInt32(clamping: dataBytes + Int64(Self.headerBytes) - 8))
        text("WAVEfmt ")
        number(UInt32(16))
        number(UInt16(1))
        number(UInt16(clamping: channels))
        number(UInt32(clamping: sampleRate))
        number(UInt32(clamping: sampleRate * channels * 2))
        number(UInt16(clamping: channels * 2))
        number(UInt16(16))
        text("data")
        number(UInt32(clamping: dataBytes))
        try header.withUnsafeBytes { try FileWriting.writeAll($0, to: descriptor, path: path) }
    }
}
