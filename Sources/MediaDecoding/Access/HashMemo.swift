import Foundation
import MediaValues
import PluginKit

/// Remembers the content hashes of local files, so that a warm run need not read a large file again.
///
/// An append-only file of 80-byte records: device, inode, size, modification time (32 bytes), hash (32 bytes), check
/// value (16 bytes). A record that fails its check is ignored; a file of an odd length is started over. Losing the memo
/// costs time, never correctness: the key changes whenever the file system says that the content did. Files modified
/// less than two seconds ago are neither looked up nor remembered, because a second write may leave the same time.
struct HashMemo: Sendable {
    private static let recordBytes = 80
    private static let keyBytes = 32
    /// Beyond this many records (5 MB) the memo is started over.
    private static let maximumRecords = 65536

    private let path: String
    private let directory: String
    private let now: @Sendable () -> Int64

    init(directory: String, now: @escaping @Sendable () -> Int64 = { Int64(time(nil)) }) {
        self.directory = directory
        path = directory + "/content-hashes"
        self.now = now
    }

    func hash(for file: LocalFile) -> ContentHash? {
        guard isSettled(file), let records = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return nil }
        let key = Self.key(of: file)
        return records.withUnsafeBytes { bytes -> ContentHash? in
            guard bytes.count % Self.recordBytes == 0 else { return nil }
            // The newest record wins.
            for start in stride(from: bytes.count - Self.recordBytes, through: 0, by: -Self.recordBytes) {
                let record = bytes[start..<start + Self.recordBytes]
                guard record.prefix(Self.keyBytes).elementsEqual(key) else { continue }
                let body = record.prefix(2 * Self.keyBytes)
                guard Self.checkValue(of: body).elementsEqual(record.suffix(16)) else { continue }
                return ContentHash(bytes: body.suffix(Self.keyBytes))
            }
            return nil
        }
    }

    /// Failing to remember is not worth an error.
    func remember(_ hash: ContentHash, for file: LocalFile) {
        guard isSettled(file) else { return }
        try? FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { return }
        let size = Int(status.st_size)
        if size % Self.recordBytes != 0 || size / Self.recordBytes >= Self.maximumRecords {
            guard ftruncate(descriptor, 0) == 0 else { return }
        }
        let body = Self.key(of: file) + hash.bytes
        let record = body + Self.checkValue(of: body)
        // One write below a page to a file opened for appending does not interleave with other processes.
        _ = record.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
    }

    private func isSettled(_ file: LocalFile) -> Bool {
        let age = now() &- file.modified.seconds
        return age >= 2
    }

    private static func key(of file: LocalFile) -> [UInt8] {
        let time = UInt64(bitPattern: file.modified.seconds &* 1_000_000_000 &+ file.modified.nanoseconds)
        let words = [file.device, file.inode, UInt64(bitPattern: file.source.size), time]
        return words.flatMap { word in withUnsafeBytes(of: word.littleEndian) { Array($0) } }
    }

    private static func checkValue(of body: some Collection<UInt8>) -> ArraySlice<UInt8> {
        ContentHash.blake3(of: Array(body)).bytes.prefix(16)
    }
}
