import Foundation
import PluginKit

extension StageOutput {
    /// The rows of a matrix file of `columns` columns.
    func matrix(_ path: String, columns: Int) throws -> [[Float]] {
        let data = try Data(contentsOf: URL(fileURLWithPath: directory + "/" + path)).dropFirst(128)
        let values = [UInt8](data).withUnsafeBytes { bytes in
            (0..<bytes.count / 4).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 4 * $0, as: UInt32.self)))
            }
        }
        return stride(from: 0, to: values.count, by: columns).map { Array(values[$0..<$0 + columns]) }
    }
}
