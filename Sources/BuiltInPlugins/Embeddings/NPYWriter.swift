/// Writes matrices in NumPy's format 1.0, which `numpy.load` reads (numpy.lib.format, "Format Version 1.0").
enum NPYWriter {
    /// The bytes of a file with `rows.count × dimensions` little-endian 32-bit floats, row-major.
    ///
    /// - Parameter rows: each of `dimensions` values; of longer ones the rest is left out, shorter ones are filled with 0.
    static func bytes(rows: [[Float]], dimensions: Int) -> [UInt8] {
        var bytes = header(rows: rows.count, columns: dimensions)
        bytes.reserveCapacity(bytes.count + 4 * rows.count * dimensions)
        for row in rows {
            for value in row.prefix(dimensions) { append(value, to: &bytes) }
            for _ in 0..<max(0, dimensions - row.count) { append(0, to: &bytes) }
        }
        return bytes
    }

    private static func append(_ value: Float, to bytes: inout [UInt8]) {
        let bits = value.bitPattern
        bytes.append(UInt8(truncatingIfNeeded: bits))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 8))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 16))
        bytes.append(UInt8(truncatingIfNeeded: bits >> 24))
    }

    /// Magic, version, length and a Python dictionary, padded with spaces so that the data begin at a multiple of 64.
    private static func header(rows: Int, columns: Int) -> [UInt8] {
        let fixed = 10
        var text = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
        let unpadded = fixed + text.utf8.count + 1
        text += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
        let length = text.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 0xFF), UInt8(length >> 8)] + Array(text.utf8)
    }
}
