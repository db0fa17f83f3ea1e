import CSIMD

/// BLAKE3 over bytes that arrive in any number of pieces.
///
/// A value type: a copy continues on its own. Memory is one chunk (1024 bytes) plus 32 bytes per level of the
/// tree. Large pieces are hashed where they lie, 16 chunks at a time where the processor allows it.
///
/// Source: "BLAKE3: one function, fast everywhere" (O'Connor, Aumasson, Neves, Wilcox-O'Hearn, 2020).
public struct BLAKE3Hasher: Sendable {
    static let chunkBytes = 1024
    /// Chunks whose chaining values are reduced together: their parents fill the wide kernels, and 256 KiB of
    /// input with 8 KiB of chaining values stay inside a second-level cache.
    private static let batchChunks = 256

    private let key: SIMD8<UInt32>
    private let flags: UInt32
    private let lanes: UInt32
    /// Roots of the complete subtrees so far, largest first: one per set bit of `chunkCount`.
    private var subtrees: [SIMD8<UInt32>] = []
    /// Start of the current chunk. Not empty once anything was hashed, because the last chunk must be known as
    /// such: its node may be the root.
    private var pending: [UInt8] = []
    /// Chunks already in `subtrees`.
    private var chunkCount: UInt64 = 0

    private init(key: SIMD8<UInt32>, flags: UInt32, kernel: BLAKE3Kernel) {
        self.key = key
        self.flags = flags
        lanes = min(kernel.rawValue, BLAKE3Kernel.widest.rawValue)
    }

    /// A hasher of plain BLAKE3.
    public init() {
        self.init(kernel: .widest)
    }

    /// Plain BLAKE3 with a chosen kernel (the widest possible one if the processor cannot run it): for tests
    /// and measurements.
    package init(kernel: BLAKE3Kernel) {
        self.init(key: Self.initialisationVector, flags: 0, kernel: kernel)
    }

    /// A hasher that authenticates: only holders of the key can compute the hash.
    /// - Parameter key: exactly 32 bytes, otherwise `nil`.
    public init?(keyed key: some Collection<UInt8>) {
        guard key.count == ContentHash.byteCount else { return nil }
        self.init(key: SIMD8(littleEndianBytes: key), flags: BLAKE3Flag.keyedHash, kernel: .widest)
    }

    /// A hasher that derives keys from the key material given to `update`.
    /// - Parameter context: a constant, globally unique description of the purpose.
    public init(derivingKeyFrom context: String) {
        var contextHasher = BLAKE3Hasher(
            key: Self.initialisationVector, flags: BLAKE3Flag.deriveKeyContext, kernel: .widest)
        contextHasher.update(context)
        let contextKey = contextHasher.rootNode().rootOutput(block: 0).lowHalf
        self.init(key: contextKey, flags: BLAKE3Flag.deriveKeyMaterial, kernel: .widest)
    }

    /// Adds bytes, which are read in place.
    public mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        if !pending.isEmpty {
            let taken = rest.prefix(Self.chunkBytes - pending.count)
            pending.append(contentsOf: taken)
            rest = rest.dropFirst(taken.count)
            guard !rest.isEmpty else { return }
            pending.withUnsafeBytes { addChunks(of: $0) }
            pending.removeAll(keepingCapacity: true)
        }
        let full = max(0, rest.count - 1) / Self.chunkBytes * Self.chunkBytes
        addChunks(of: UnsafeRawBufferPointer(rebasing: rest.prefix(full)))
        pending.append(contentsOf: rest.dropFirst(full))
    }

    /// Adds bytes; contiguous collections are read in place.
    public mutating func update(_ data: some Sequence<UInt8>) {
        if data.withContiguousStorageIfAvailable({ update(UnsafeRawBufferPointer($0)) }) != nil { return }
        var piece: [UInt8] = []
        piece.reserveCapacity(16 * Self.chunkBytes)
        for byte in data {
            piece.append(byte)
            if piece.count == 16 * Self.chunkBytes {
                piece.withUnsafeBytes { update($0) }
                piece.removeAll(keepingCapacity: true)
            }
        }
        piece.withUnsafeBytes { update($0) }
    }

    /// Adds the UTF-8 bytes of a string. Neither its length nor a terminator is added.
    public mutating func update(_ string: String) {
        var string = string
        string.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }

    /// The hash of everything added so far; more may be added afterwards.
    public func finalize() -> ContentHash {
        ContentHash(words: rootNode().rootOutput(block: 0).lowHalf)
    }

    /// Extended output: the first `outputLength` bytes (0 or more) of BLAKE3's output stream, which begins with
    /// the 32 bytes of `finalize()`.
    public func finalize(outputLength: Int) -> [UInt8] {
        let node = rootNode()
        var output: [UInt8] = []
        output.reserveCapacity(max(0, outputLength))
        var block: UInt64 = 0
        while output.count < outputLength {
            withUnsafeBytes(of: node.rootOutput(block: block)) { bytes in
                output.append(contentsOf: bytes.prefix(outputLength - output.count))
            }
            block += 1
        }
        return output
    }

    private func rootNode() -> BLAKE3Node {
        var node = pending.withUnsafeBytes { BLAKE3Node(chunk: $0, index: chunkCount, key: key, flags: flags) }
        for left in subtrees.reversed() {
            node = BLAKE3Node(left: left, right: node.chaining, key: key, flags: flags)
        }
        return node
    }
}

// MARK: The tree

extension BLAKE3Hasher {
    /// The first eight words of SHA-256's initialisation vector.
    private static let initialisationVector = SIMD8<UInt32>(
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB, 0x5BE0_CD19)

    /// Adds whole chunks, after which at least one more byte must follow.
    private mutating func addChunks(of bytes: UnsafeRawBufferPointer) {
        let total = bytes.count / Self.chunkBytes
        guard total > 0 else { return }
        withUnsafeTemporaryAllocation(of: SIMD8<UInt32>.self, capacity: min(total, Self.batchChunks)) { values in
            var done = 0
            while done < total {
                let untilBoundary = Self.batchChunks - Int(chunkCount % UInt64(Self.batchChunks))
                let count = min(total - done, untilBoundary)
                hashChunks(UnsafeRawBufferPointer(rebasing: bytes[(done * Self.chunkBytes)...]), count, into: values)
                addSubtrees(UnsafeMutableBufferPointer(rebasing: values[..<count]))
                done += count
            }
        }
    }

    /// Cuts the chaining values of consecutive chunks into complete subtrees at their places in the whole tree.
    private mutating func addSubtrees(_ values: UnsafeMutableBufferPointer<SIMD8<UInt32>>) {
        var done = 0
        while done < values.count {
            // A subtree starts at a multiple of its own size.
            let largest = 1 << (Int.bitWidth - 1 - (values.count - done).leadingZeroBitCount)
            let size = chunkCount == 0 ? largest : min(largest, 1 << min(30, chunkCount.trailingZeroBitCount))
            var width = size
            while width > 1 {
                width /= 2
                reducePairs(UnsafeMutableBufferPointer(rebasing: values[done..<(done + 2 * width)]))
            }
            subtrees.append(values[done])
            done += size
            chunkCount += UInt64(size)
            mergeCompleteSubtrees()
        }
    }

    private mutating func mergeCompleteSubtrees() {
        while subtrees.count > chunkCount.nonzeroBitCount {
            let right = subtrees.removeLast()
            let left = subtrees.removeLast()
            subtrees.append(BLAKE3Node(left: left, right: right, key: key, flags: flags).chaining)
        }
    }

    private func hashChunks(
        _ bytes: UnsafeRawBufferPointer, _ count: Int, into values: UnsafeMutableBufferPointer<SIMD8<UInt32>>
    ) {
        withUnsafeBytes(of: key) { key in
            csimd_blake3_hash_chunks(
                lanes, bytes.baseAddress, count, key.baseAddress?.assumingMemoryBound(to: UInt32.self), chunkCount,
                flags, UnsafeMutableRawPointer(values.baseAddress)?.assumingMemoryBound(to: UInt32.self))
        }
    }

    /// Replaces the pairs of an even number of chaining values by their parents, in the first half.
    private func reducePairs(_ values: UnsafeMutableBufferPointer<SIMD8<UInt32>>) {
        let words = UnsafeMutableRawPointer(values.baseAddress)?.assumingMemoryBound(to: UInt32.self)
        withUnsafeBytes(of: key) { key in
            csimd_blake3_hash_parents(
                lanes, words, values.count / 2, key.baseAddress?.assumingMemoryBound(to: UInt32.self), flags, words)
        }
    }
}
