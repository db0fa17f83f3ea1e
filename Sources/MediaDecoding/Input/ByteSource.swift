import Foundation
import HTTPClient
import PluginKit

/// Random access to the bytes of a source; calls block.
protocol ByteSource: Sendable {
    /// Size, where known.
    var byteCount: Int64? { get }
    /// Reads up to `buffer.count` bytes from `offset`; 0 at the end.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// Lets `isCancelled` stop a read that waits; nil takes it away.
    func setCancellation(_ isCancelled: (@Sendable () -> Bool)?)
}

extension ByteSource {
    func setCancellation(_ isCancelled: (@Sendable () -> Bool)?) {}
}

/// Bytes in memory.
struct MemoryByteSource: ByteSource {
    let bytes: [UInt8]

    var byteCount: Int64? { Int64(bytes.count) }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < Int64(bytes.count) else { return 0 }
        let count = min(buffer.count, bytes.count - Int(offset))
        bytes.withUnsafeBytes { source in
            buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[Int(offset)..<Int(offset) + count]))
        }
        return count
    }
}

/// An open file, named or not. Owns the descriptor.
final class FileByteSource: ByteSource {
    let descriptor: Int32
    let size: Int64

    init(descriptor: Int32, size: Int64) {
        self.descriptor = descriptor
        self.size = size
    }

    deinit { close(descriptor) }

    var byteCount: Int64? { size }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            if errno != EINTR { throw NativeError(code: NativeError.inputOutput) }
        }
    }
}

/// An http or https resource read by ranges.
final class HTTPByteSource: ByteSource {
    let reader: HTTPRangeReader
    private let cancellation: CancellationSlot

    /// - Throws: `HTTPError`.
    init(url: String, policy: HTTPPolicy, isCancelled: @escaping @Sendable () -> Bool) throws {
        let slot = CancellationSlot(isCancelled)
        cancellation = slot
        reader = try HTTPRangeReader(url: url, policy: policy, isCancelled: { slot.isCancelled })
        slot.set(nil)
    }

    var byteCount: Int64? { reader.size }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try reader.read(offset: offset, into: buffer)
    }

    func setCancellation(_ isCancelled: (@Sendable () -> Bool)?) { cancellation.set(isCancelled) }
}
