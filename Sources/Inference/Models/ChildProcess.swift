import Glibc

/// Runs a program to its end, its output going to a file.
enum ChildProcess {
    /// Status when there is no such program (the shell's convention).
    static let notFound: Int32 = 127

    /// - Returns: the exit status; 128 + the signal's number when a signal ended it.
    /// - Throws: ``InferenceError`` (`cancelled`), after the program and its children have been ended.
    static func run(_ arguments: [String], log: String, isCancelled: () -> Bool) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, log, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A group of its own: pip starts children, and all must end together.
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        posix_spawnattr_setpgroup(&attributes, 0)
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        defer { pointers.forEach { free($0) } }
        guard let program = pointers[0] else { return notFound }
        var child = pid_t()
        guard posix_spawnp(&child, program, &actions, &attributes, &pointers, environ) == 0 else { return notFound }
        var status: Int32 = 0
        while true {
            let ended = waitpid(child, &status, WNOHANG)
            if ended == child { break }
            if ended < 0 && errno != EINTR { return -1 }
            if isCancelled() {
                kill(-child, SIGKILL)
                while waitpid(child, &status, 0) < 0 && errno == EINTR {}
                throw InferenceError(.cancelled, "\(arguments[0]) was cancelled")
            }
            usleep(10_000)
        }
        let signal = status & 0x7f
        return signal == 0 ? (status >> 8) & 0xff : 128 + signal
    }
}
