/// Vectors of one length in one block of memory, with the arithmetic that clustering needs.
struct VoiceVectors: Sendable {
    /// Values of a vector; a multiple of 8.
    let dimensions: Int
    /// All of them, one after the other.
    private(set) var values: [Float]

    /// Number of vectors.
    var count: Int { dimensions > 0 ? values.count / dimensions : 0 }

    /// Wraps vectors that lie one after the other; what does not fill a vector is left out.
    init(dimensions: Int, values: [Float] = []) {
        precondition(dimensions > 0 && dimensions.isMultiple(of: 8))
        self.dimensions = dimensions
        self.values = values
        self.values.removeLast(values.count % dimensions)
    }

    /// One vector.
    subscript(_ index: Int) -> ArraySlice<Float> { values[(index * dimensions)..<((index + 1) * dimensions)] }

    /// Adds a vector at the end.
    mutating func append(_ vector: some Sequence<Float>) { values += vector }

    /// Those at `indices`, in that order.
    func selected(_ indices: [Int]) -> VoiceVectors {
        var chosen: [Float] = []
        chosen.reserveCapacity(indices.count * dimensions)
        for index in indices { chosen += self[index] }
        return VoiceVectors(dimensions: dimensions, values: chosen)
    }

    /// The vector of length 1 in the direction of the sum of the vectors with each label; zero where there is none.
    func centroids(labels: [Int], count clusters: Int) -> VoiceVectors {
        var sums = [Float](repeating: 0, count: clusters * dimensions)
        for (index, label) in labels.enumerated() where label >= 0 {
            for d in 0..<dimensions { sums[label * dimensions + d] += values[index * dimensions + d] }
        }
        for cluster in 0..<clusters {
            let range = (cluster * dimensions)..<((cluster + 1) * dimensions)
            let length = sums[range].reduce(0) { $0 + $1 * $1 }.squareRoot()
            if length > 0 { for d in range { sums[d] /= length } }
        }
        return VoiceVectors(dimensions: dimensions, values: sums)
    }

    /// The products of every vector with every one of `others`: row by row, `count × others.count`.
    func products(with others: VoiceVectors) -> [Float] {
        var result = [Float](repeating: 0, count: count * others.count)
        values.withUnsafeBufferPointer { left in
            others.values.withUnsafeBufferPointer { right in
                guard let left = left.baseAddress, let right = right.baseAddress else { return }
                for row in 0..<count {
                    for column in 0..<others.count {
                        result[row * others.count + column] = dotProduct(
                            left + row * dimensions, right + column * dimensions, dimensions)
                    }
                }
            }
        }
        return result
    }
}

/// The scalar product of two vectors of `count` values, a multiple of 8; the same for either order of the two.
@inline(__always)
func dotProduct(_ left: UnsafePointer<Float>, _ right: UnsafePointer<Float>, _ count: Int) -> Float {
    let left = UnsafeRawPointer(left)
    let right = UnsafeRawPointer(right)
    var sum = SIMD8<Float>.zero
    var offset = 0
    while offset < count * 4 {
        sum +=
            left.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
            * right.loadUnaligned(fromByteOffset: offset, as: SIMD8<Float>.self)
        offset += 32
    }
    return sum.sum()
}
