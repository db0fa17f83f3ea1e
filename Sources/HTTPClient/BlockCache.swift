/// The most recently used blocks of a resource.
struct BlockCache {
    let blockSize: Int
    let capacity: Int
    private var blocks: [Int64: (bytes: [UInt8], used: UInt64)] = [:]
    private var clock: UInt64 = 0

    init(blockSize: Int, capacity: Int) {
        self.blockSize = blockSize
        self.capacity = capacity
    }

    func contains(_ index: Int64) -> Bool { blocks[index] != nil }

    /// Copies from the block, starting at `offset` in it; nil when the block is not here.
    mutating func copy(_ index: Int64, from offset: Int, into buffer: UnsafeMutableRawBufferPointer) -> Int? {
        guard blocks[index] != nil else { return nil }
        clock += 1
        blocks[index]?.used = clock
        return blocks[index]?.bytes.withUnsafeBytes { bytes in
            guard offset < bytes.count else { return 0 }
            let part = UnsafeRawBufferPointer(rebasing: bytes[offset..<min(bytes.count, offset + buffer.count)])
            buffer.copyMemory(from: part)
            return part.count
        }
    }

    mutating func insert(_ bytes: [UInt8], at index: Int64) {
        clock += 1
        blocks[index] = (bytes, clock)
        while blocks.count > capacity, let oldest = blocks.min(by: { $0.value.used < $1.value.used })?.key {
            blocks[oldest] = nil
        }
    }
}
