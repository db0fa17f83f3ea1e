// Speed of BLAKE3: every kernel over a buffer in memory, then a file. One thread.
// Usage: hashing-benchmark [MEBIBYTES (default 1024)] [FILE]
import MediaValues

func gigabytesPerSecond(_ byteCount: Int, _ work: () throws -> Void) rethrows -> String {
    let elapsed = try ContinuousClock().measure(work)
    let hundredths = Int((Double(byteCount) / (elapsed / .seconds(1)) / 1e7).rounded())
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) GB/s"
}

func measureHashing(mebibytes: Int, file: String?) throws {
    let byteCount = mebibytes << 20
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 4096)
    defer { buffer.deallocate() }
    for index in buffer.indices { buffer[index] = UInt8(truncatingIfNeeded: index &* 2_654_435_761 >> 13) }
    for kernel in BLAKE3Kernel.available {
        var hash = ContentHash.blake3(of: "")
        let speed = gigabytesPerSecond(byteCount) {
            var hasher = BLAKE3Hasher(kernel: kernel)
            hasher.update(UnsafeRawBufferPointer(buffer))
            hash = hasher.finalize()
        }
        print("memory \(kernel) (\(kernel.rawValue) lanes): \(speed) \(hash)")
    }
    guard let file else { return }
    // The first pass leaves the file in the page cache, as far as it fits.
    let size = Int(try FileHashing.hash(fileAt: file).byteCount)
    print("file: \(try gigabytesPerSecond(size) { _ = try FileHashing.hash(fileAt: file) })")
}

try measureHashing(
    mebibytes: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 1024,
    file: CommandLine.arguments.dropFirst(2).first)
