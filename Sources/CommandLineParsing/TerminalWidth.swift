import Glibc

/// How many columns there are to write to.
public enum TerminalWidth {
    /// Columns of the terminal behind standard output, otherwise of `COLUMNS`, otherwise 80; within 40...120, as longer
    /// lines read badly.
    public static func current() -> Int {
        var size = winsize()
        let isTerminal = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let columns = isTerminal ? Int(size.ws_col) : getenv("COLUMNS").flatMap { Int(String(cString: $0)) }
        return clamped(columns ?? 80)
    }

    static func clamped(_ columns: Int) -> Int { min(max(columns, 40), 120) }
}
