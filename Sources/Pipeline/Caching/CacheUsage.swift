import Foundation

/// The running total of a cache's size, shared by all processes through a small locked file. It steers eviction
/// only: a wrong total is put right by the next full scan.
struct CacheUsage: Sendable {
    let path: String

    /// Adds to the total and returns it; 0 where the file cannot be used.
    func add(_ bytes: Int64) -> Int64 { update { $0 + bytes } }

    /// Replaces the total.
    func set(_ bytes: Int64) { _ = update { _ in bytes } }

    private func update(_ change: (Int64) -> Int64) -> Int64 {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { return 0 }
        defer { close(descriptor) }
        guard flock(descriptor, LOCK_EX) == 0 else { return 0 }
        var buffer = [UInt8](repeating: 0, count: 24)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        let text = String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
        let total = max(0, change(Int64(text.prefix { $0.isNumber }) ?? 0))
        let line = Array("\(total)\n".utf8)
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, line, line.count, 0) == line.count else { return 0 }
        return total
    }
}
