import Foundation

/// Reference values that `scripts/golden/audio-features` recorded.
struct AudioGoldens: Decodable {
    struct Picked: Decodable {
        var frames: Int
        /// Rows by their number.
        var rows: [String: [Double]]

        /// The largest difference from `values`, relative to the largest value of each row where `isRelative`.
        func difference(from values: [Float], bands: Int, isRelative: Bool) -> Double {
            var worst = 0.0
            for (key, row) in rows {
                guard let number = Int(key), row.count == bands, (number + 1) * bands <= values.count else {
                    return .infinity
                }
                for (band, wanted) in row.enumerated() {
                    let difference = abs(Double(values[number * bands + band]) - wanted)
                    worst = max(worst, isRelative ? difference / max(abs(wanted), 1e-12) : difference)
                }
            }
            return rows.isEmpty ? .infinity : worst
        }
    }

    var ge2e: Picked
    var clapHalfSecond: Picked
    var htk: Picked
    var oddSize: Picked
    var clapRepeated: Picked
    var clapRepeatedMeans: [Double]

    static func load() throws -> AudioGoldens {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/mel.json")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(AudioGoldens.self, from: Data(contentsOf: file))
    }

    /// The signal that the script makes.
    static func signal(_ count: Int) -> [Float] {
        var state: UInt32 = 1
        return (0..<count).map { n in
            state = state &* 1_664_525 &+ 1_013_904_223
            let value = Int(state >> 16) - 32768 + 1024 * (abs(n % 64 - 32) - 16)
            return Float(value) / 65536 / (n >= count / 2 ? 256 : 1)
        }
    }
}
