import Testing

@testable import BuiltInPlugins

/// The bytes were recorded from NumPy by `scripts/golden/npy-matrices`.
struct NPYWriterTests {
    private func text(_ bytes: [UInt8]) -> String {
        String(decoding: bytes.dropFirst(10).prefix(118), as: UTF8.self)
    }

    private func padded(_ dictionary: String) -> String {
        dictionary + String(repeating: " ", count: 117 - dictionary.utf8.count) + "\n"
    }

    @Test func bytesAreThoseOfNumPy() {
        let bytes = NPYWriter.bytes(rows: [[1.5, -2.25, 0], [3e-8, 65504, -0.0]], dimensions: 3)
        #expect(Array(bytes.prefix(10)) == [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 0x76, 0])
        #expect(text(bytes) == padded("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }"))
        #expect(
            Array(bytes.dropFirst(128)) == [
                0x00, 0x00, 0xC0, 0x3F, 0x00, 0x00, 0x10, 0xC0, 0x00, 0x00, 0x00, 0x00,
                0x59, 0xD9, 0x00, 0x33, 0x00, 0xE0, 0x7F, 0x47, 0x00, 0x00, 0x00, 0x80,
            ])
    }

    @Test func noRowsKeepTheirColumns() {
        let bytes = NPYWriter.bytes(rows: [], dimensions: 384)
        #expect(bytes.count == 128)
        #expect(text(bytes) == padded("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 384), }"))
    }

    @Test func dataBeginAtAMultipleOf64() {
        for rows in [1, 10, 99, 1000] {
            let bytes = NPYWriter.bytes(rows: [[Float]](repeating: [7], count: rows), dimensions: 1)
            #expect((bytes.count - 4 * rows) % 64 == 0)
            #expect(bytes.suffix(4) == [0, 0, 0xE0, 0x40])
        }
    }
}
