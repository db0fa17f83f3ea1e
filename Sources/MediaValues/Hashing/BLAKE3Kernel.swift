import CSIMD

/// How many chunks or parent nodes are compressed at once; the raw value is the number of lanes.
package enum BLAKE3Kernel: UInt32, CaseIterable, Sendable {
    /// Plain 32-bit words.
    case scalar = 1
    /// 128-bit vectors: SSE2, NEON.
    case vector128 = 4
    /// 256-bit vectors.
    case avx2 = 8
    /// 512-bit vectors.
    case avx512 = 16

    /// The widest kernel this processor runs.
    package static let widest = BLAKE3Kernel(rawValue: csimd_blake3_widest_lanes()) ?? .scalar

    /// Every kernel this processor runs, narrowest first.
    package static var available: [BLAKE3Kernel] {
        allCases.filter { $0.rawValue <= widest.rawValue }
    }
}
