/// The version of this program, written into every report.
public enum ProductVersion {
    /// Semantic version.
    public static let current = "0.1.0"
}
