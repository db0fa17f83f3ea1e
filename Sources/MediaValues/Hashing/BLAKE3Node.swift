import CSIMD

/// Bits that tell BLAKE3 compressions apart (BLAKE3 paper, table 3).
enum BLAKE3Flag {
    static let chunkStart: UInt32 = 1
    static let chunkEnd: UInt32 = 2
    static let parent: UInt32 = 4
    static let root: UInt32 = 8
    static let keyedHash: UInt32 = 16
    static let deriveKeyContext: UInt32 = 32
    static let deriveKeyMaterial: UInt32 = 64
}

/// The last compression of a chunk or of a parent node, not yet done: it is done once for a chaining value,
/// or as often as output is wanted when the node turns out to be the root of the tree.
struct BLAKE3Node {
    private var chainingValue: SIMD8<UInt32>
    private var block: SIMD16<UInt32>
    private var blockLength: UInt32
    private var counter: UInt64
    private var flags: UInt32

    /// The node over two chaining values.
    init(left: SIMD8<UInt32>, right: SIMD8<UInt32>, key: SIMD8<UInt32>, flags: UInt32) {
        chainingValue = key
        block = SIMD16(lowHalf: left, highHalf: right)
        blockLength = 64
        counter = 0
        self.flags = flags | BLAKE3Flag.parent
    }

    /// The node of one chunk of 0...1024 bytes.
    init(chunk: UnsafeRawBufferPointer, index: UInt64, key: SIMD8<UInt32>, flags: UInt32) {
        let blockCount = max(1, (chunk.count + 63) / 64)
        chainingValue = key
        block = SIMD16()
        blockLength = 64
        counter = index
        self.flags = flags | BLAKE3Flag.chunkStart
        for number in 0..<blockCount {
            let bytes = chunk[(64 * number)..<min(64 * number + 64, chunk.count)]
            block = SIMD16()
            withUnsafeMutableBytes(of: &block) { $0.copyBytes(from: bytes) }
            blockLength = UInt32(bytes.count)
            if number + 1 < blockCount {
                chainingValue = compressed(counter: index, flags: self.flags).lowHalf
                self.flags = flags
            }
        }
        self.flags |= BLAKE3Flag.chunkEnd
    }

    /// The chaining value handed to the parent.
    var chaining: SIMD8<UInt32> {
        compressed(counter: counter, flags: flags).lowHalf
    }

    /// 64 bytes of output number `index`, when this node is the root.
    func rootOutput(block index: UInt64) -> SIMD16<UInt32> {
        compressed(counter: index, flags: flags | BLAKE3Flag.root)
    }

    private func compressed(counter: UInt64, flags: UInt32) -> SIMD16<UInt32> {
        var output = SIMD16<UInt32>()
        withUnsafeBytes(of: chainingValue) { chainingValue in
            withUnsafeBytes(of: block) { block in
                withUnsafeMutableBytes(of: &output) { output in
                    csimd_blake3_compress(
                        chainingValue.baseAddress?.assumingMemoryBound(to: UInt32.self), block.baseAddress,
                        blockLength, counter, flags, output.baseAddress?.assumingMemoryBound(to: UInt32.self))
                }
            }
        }
        return output
    }
}
