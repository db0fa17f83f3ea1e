import MediaValues

/// The tail of a message about a name that is not known.
enum SuggestionText {
    /// `; did you mean "x"?`, or nothing when no candidate is near.
    static func didYouMean(_ name: String, in candidates: [String]) -> String {
        Suggestions.nearest(to: name, in: candidates).map { "; did you mean \"\($0)\"?" } ?? ""
    }
}
