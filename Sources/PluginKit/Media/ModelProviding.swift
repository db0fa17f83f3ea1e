/// Whether a model can be used.
public enum ModelState: Sendable, Hashable {
    /// Installed and intact as far as sizes tell; `digest` identifies the bytes of all its files.
    case installed(digest: String)
    /// Not usable; the reason names the command that mends it.
    case missing(reason: String)
}

/// Tells which models are installed. Implemented by `Inference`, and by fakes in tests; the engine sees only this.
public protocol ModelProviding: Sendable {
    /// The state of a model by its catalogue identifier. Quick, but it does touch the disk.
    func state(of model: String) -> ModelState
}
