import Glibc

/// A C string that lives as long as this object, for structures of C that point at text.
final class CText {
    let pointer: UnsafePointer<CChar>?

    init(_ text: String) { pointer = UnsafePointer(strdup(text)) }
    deinit { free(UnsafeMutableRawPointer(mutating: pointer)) }
}
