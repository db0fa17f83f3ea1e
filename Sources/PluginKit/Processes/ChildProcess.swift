import Foundation
import MediaValues

/// A child process in its own process group, talked to over sockets with time limits.
///
/// Life cycle: started by `init`, *talking* during `converse`, *ended* after `terminate` or its own exit. `terminate`
/// kills the whole group and may be called from any thread, any number of times; the child is always reaped.
package final class ChildProcess: Sendable {
    /// What `converse` hears.
    package enum Line: Sendable {
        /// A line without its newline.
        case text([UInt8])
        /// The child ended: how, and the last of what it wrote to standard error.
        case ended(description: String, errorText: String)
        /// The child said nothing for this many seconds.
        case silent(seconds: Double)
        /// The child wrote this many bytes without ending the line.
        case endless(byteCount: Int)
    }

    /// Bytes of standard error that are kept, the last ones.
    private static let keptErrorText = 2000

    private let identifier: pid_t
    private let input: Int32
    private let output: Int32
    private let errors: Int32
    private let isReaped = Guarded(false)
    /// Until when the child may end by itself; nil for no such time.
    private let graceEnd = Guarded<ContinuousClock.Instant?>(nil)

    /// Starts the program.
    ///
    /// - Parameter name: what to call it in errors, for example `plugin word-count`.
    /// - Throws: `PluginError` with `pluginProcess` where it cannot be started.
    package init(arguments: [String], name: String) throws {
        var pipes = [[Int32]](repeating: [-1, -1], count: 3)
        func closeAll() { for end in pipes.joined() where end >= 0 { close(end) } }
        for index in pipes.indices {
            // Sockets rather than pipes: they are made close-on-exec in one step, and writing to one can be told not
            // to raise SIGPIPE.
            let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
            guard socketpair(AF_UNIX, kind, 0, &pipes[index]) == 0 else {
                closeAll()
                throw PluginError(.pluginProcess, "\(name) cannot be started: no more file descriptors")
            }
        }
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, pipes[0][0], 0)
        posix_spawn_file_actions_adddup2(&actions, pipes[1][1], 1)
        posix_spawn_file_actions_adddup2(&actions, pipes[2][1], 2)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF))
        var defaults = sigset_t()
        sigfillset(&defaults)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        var process = pid_t()
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers { free(pointer) } }
        let status = posix_spawnp(&process, arguments.first ?? "", &actions, &attributes, &argumentPointers, environ)
        guard status == 0 else {
            closeAll()
            throw PluginError(
                .pluginProcess,
                "\(name) cannot be started: \(arguments.first ?? ""): \(String(cString: strerror(status)))")
        }
        close(pipes[0][0])
        close(pipes[1][1])
        close(pipes[2][1])
        identifier = process
        input = pipes[0][1]
        output = pipes[1][0]
        errors = pipes[2][0]
        for end in [input, output, errors] { _ = fcntl(end, F_SETFL, fcntl(end, F_GETFL) | O_NONBLOCK) }
    }

    deinit {
        terminate()
        close(output)
        close(errors)
        close(input)
    }

    /// Asks the child to end by itself. A `terminate` that follows waits for that until `grace` has passed.
    package func askToEnd(grace: Duration) {
        isReaped.withLock { reaped in
            guard !reaped else { return }
            graceEnd.withLock { $0 = ContinuousClock().now + grace }
            kill(identifier, SIGTERM)
        }
    }

    /// Ends the child and everything it started, and reaps it. Blocking after `askToEnd`, for its grace at most.
    package func terminate() {
        isReaped.withLock { reaped in
            guard !reaped else { return }
            var status: Int32 = 0
            while let end = graceEnd.withLock({ $0 }), ContinuousClock().now < end {
                if waitpid(identifier, &status, WNOHANG) == identifier {
                    kill(-identifier, SIGKILL)
                    reaped = true
                    return
                }
                poll(nil, 0, 2)
            }
            kill(-identifier, SIGKILL)
            while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
            reaped = true
        }
    }

    /// Writes all of `bytes` to the child's standard input. Blocking; false when the child does not take them any more.
    package func write(_ bytes: [UInt8]) -> Bool {
        var pending = bytes[...]
        while !pending.isEmpty {
            let count = pending.withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
            if count > 0 {
                pending = pending.dropFirst(count)
            } else if errno == EAGAIN {
                var polled = pollfd(fd: input, events: Int16(POLLOUT), revents: 0)
                poll(&polled, 1, 100)
            } else if errno != EINTR {
                return false
            }
        }
        return true
    }

    /// Says that nothing more will be written.
    package func closeInput() { shutdown(input, Int32(SHUT_WR)) }

    /// Writes the request and passes on what the child says until it ends, falls silent or nobody listens. Blocking.
    ///
    /// - Parameters:
    ///   - silenceLimit: seconds without a line after which `silent` is reported.
    ///   - endsWhenSilent: whether the conversation is over then; otherwise `silent` is reported again and again.
    package func converse(
        request: [UInt8], into lines: BoundedChannel<Line>, silenceLimit: Double, endsWhenSilent: Bool = true,
        longestLine: Int = 64 << 20
    ) {
        defer { lines.finish() }
        var pending = request[...]
        var text: [UInt8] = []
        var searched = 0
        var errorText: [UInt8] = []
        var isOutputOpen = true
        var isErrorOpen = true
        var deadline = ContinuousClock().now + .seconds(silenceLimit)
        while isOutputOpen {
            let rest = deadline - ContinuousClock().now
            guard rest > .zero else {
                guard lines.send(.silent(seconds: silenceLimit)), !endsWhenSilent else { return }
                deadline = ContinuousClock().now + .seconds(silenceLimit)
                continue
            }
            var polled = [
                pollfd(fd: output, events: Int16(POLLIN), revents: 0),
                pollfd(fd: isErrorOpen ? errors : -1, events: Int16(POLLIN), revents: 0),
                pollfd(fd: pending.isEmpty ? -1 : input, events: Int16(POLLOUT), revents: 0),
            ]
            let count = poll(&polled, 3, Int32(min(rest.milliseconds, 100).rounded(.up)))
            if lines.isAbandoned { return }
            if count <= 0 { continue }
            if polled[2].revents != 0 { pending = writeSome(pending) }
            if polled[1].revents != 0 {
                isErrorOpen = receive(errors) { errorText = Array((errorText + $0).suffix(Self.keptErrorText)) }
            }
            if polled[0].revents != 0 {
                deadline = ContinuousClock().now + .seconds(silenceLimit)
                isOutputOpen = receive(output) { text += $0 }
                var start = 0
                while let end = text[max(start, searched)...].firstIndex(of: UInt8(ascii: "\n")) {
                    let line = Array(text[start..<end])
                    start = end + 1
                    if !line.isEmpty, !lines.send(.text(line)) { return }
                }
                text.removeFirst(start)
                searched = text.count
                if text.count > longestLine {
                    _ = lines.send(.endless(byteCount: text.count))
                    return
                }
            }
        }
        if isErrorOpen { _ = receive(errors) { errorText = Array((errorText + $0).suffix(Self.keptErrorText)) } }
        _ = lines.send(
            .ended(description: describeEnd(), errorText: String(decoding: errorText, as: UTF8.self)))
    }

    private func writeSome(_ pending: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        let count = pending.withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
        if count < 0 { return errno == EAGAIN || errno == EINTR ? pending : [] }
        let rest = pending.dropFirst(count)
        // A child may read its standard input to the end.
        if rest.isEmpty { shutdown(input, Int32(SHUT_WR)) }
        return rest
    }

    /// Reads what is there, at most 1 MiB at a time, so that limits hold for a child that never pauses; false at the end
    /// of the stream.
    private func receive(_ descriptor: Int32, _ take: ([UInt8]) -> Void) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        for _ in 0..<16 {
            let count = read(descriptor, &buffer, buffer.count)
            if count > 0 {
                take(Array(buffer[..<count]))
                if count < buffer.count { return true }
            } else if count == 0 {
                return false
            } else {
                return errno == EAGAIN || errno == EINTR
            }
        }
        return true
    }

    private func describeEnd() -> String {
        // The output is closed; give the child a moment to exit by itself before it is killed. The lock is free in
        // between, so that `terminate` need not wait.
        for _ in 0..<100 {
            if let description = reap() { return description }
            poll(nil, 0, 10)
        }
        return "closed its output"
    }

    /// How the child ended; nil while it runs.
    private func reap() -> String? {
        isReaped.withLock { reaped in
            guard !reaped else { return "was ended" }
            var status: Int32 = 0
            guard waitpid(identifier, &status, WNOHANG) == identifier else { return nil }
            reaped = true
            kill(-identifier, SIGKILL)
            let signal = status & 0x7F
            return signal != 0 ? "was killed by signal \(signal)" : "exited with status \((status >> 8) & 0xFF)"
        }
    }
}
