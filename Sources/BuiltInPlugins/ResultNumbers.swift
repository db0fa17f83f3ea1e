// Numbers as results show them.

extension Double {
    /// The nearest number with so many decimals.
    func rounded(decimals: Int) -> Double {
        var factor = 1.0
        for _ in 0..<decimals { factor *= 10 }
        return (self * factor).rounded() / factor
    }
}

/// The nearest whole milliseconds.
func milliseconds(_ seconds: Double) -> Int64 { Int64((seconds * 1000).rounded()) }

/// When a sample is heard, to the nearest millisecond from the first one on.
func milliseconds(ofSample position: Int, sampleRate: Int) -> Int64 {
    Int64((Double(position) * 1000 / Double(sampleRate)).rounded())
}

/// Vectors as search uses them.
enum VectorLength {
    /// The vector divided by its length; nil where that is 0 or not finite, which no sound network gives.
    static func normalized(_ vector: some Collection<Float>) -> [Float]? {
        let length = vector.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        guard length.isFinite, length > 1e-12 else { return nil }
        return vector.map { Float(Double($0) / length) }
    }
}
