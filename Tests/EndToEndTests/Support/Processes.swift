import Foundation

/// Looks at processes through `/proc`.
enum Processes {
    /// State letter and parent of a process; nil where there is none.
    private static func status(_ process: pid_t) -> (state: Character, parent: pid_t)? {
        guard let data = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return nil }
        // The name, in parentheses, may hold anything: the fields begin after its end.
        let fields = String(decoding: data, as: UTF8.self).split(separator: ")").last?.split(separator: " ") ?? []
        guard fields.count > 1, let state = fields[0].first, let parent = pid_t(fields[1]) else { return nil }
        return (state, parent)
    }

    /// Running children of a process.
    static func children(of parent: pid_t) -> [pid_t] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap { pid_t($0) }.filter { process in
            status(process).map { $0.parent == parent && $0.state != "Z" } ?? false
        }.sorted()
    }

    /// Whether a process exists and has not ended.
    static func isAlive(_ process: pid_t) -> Bool { status(process).map { $0.state != "Z" } ?? false }
}
