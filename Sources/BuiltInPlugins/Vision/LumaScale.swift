/// Luma on the full range, black 0 and white 255, whatever range a frame has.
enum LumaScale {
    /// What each sample becomes, to the nearest step.
    static func table(isFullRange: Bool) -> [UInt8] { isFullRange ? unchanged : expanded }

    private static let unchanged: [UInt8] = (0...255).map { UInt8($0) }

    /// Of video range, 16…235.
    private static let expanded: [UInt8] = (0...255).map { value in
        UInt8(min(255, max(0, (Double(value - 16) * 255 / 219).rounded())))
    }
}
