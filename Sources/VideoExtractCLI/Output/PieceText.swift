/// One piece of a result as a line for people: times first, then what it says.
enum PieceText {
    /// Lists whose elements are the pieces of a document, in the order of preference.
    static let lists = ["segments", "spans", "scenes", "images", "pictures", "markers", "events", "rows"]

    static func line(_ piece: [String: Any]) -> String {
        (times(piece) + content(piece)).joined(separator: "  ")
    }

    private static func times(_ piece: [String: Any]) -> [String] {
        guard let start = piece["start_ms"] as? Int64 else {
            let frame = (piece["frame"] as? [String: Any])?["start_ms"] as? Int64
            return frame.map { [Amounts.clock($0)] } ?? []
        }
        let end = (piece["end_ms"] as? Int64).flatMap { $0 > start && piece["file"] == nil ? $0 : nil }
        return [Amounts.clock(start) + (end.map { " – " + Amounts.clock($0) } ?? "")]
    }

    private static func content(_ piece: [String: Any]) -> [String] {
        if let text = piece["text"] as? String { return [text] }
        if let index = piece["scene_index"] as? Int {
            return ["scene \(index + 1)", piece["transition"] as? String ?? ""]
        }
        if let file = piece["file"] as? String { return [file] }
        if let objects = piece["objects"] as? [[String: Any]] { return [list(objects)] }
        if let faces = piece["faces"] as? [[String: Any]] {
            return [Amounts.counted(faces.count, "faces") + "  " + list(faces)]
        }
        var parts = [piece["kind"], piece["type"], piece["label"], piece["speaker"]].compactMap { $0 as? String }
            .map { $0.replacing("_", with: " ") }
        if let confidence = piece["confidence"] as? Double { parts.append(Amounts.fixed(confidence, 2)) }
        return parts
    }

    /// `person 0.91, dog 0.44`.
    private static func list(_ items: [[String: Any]]) -> String {
        items.map { item in
            let confidence = (item["confidence"] as? Double).map { Amounts.fixed($0, 2) }
            return [item["label"] as? String, confidence].compactMap { $0 }.joined(separator: " ")
        }.joined(separator: ", ")
    }
}
