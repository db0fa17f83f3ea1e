import Pipeline

/// Failures of several operations in as few sentences as possible.
enum FailureText {
    /// One sentence for each different failure; it names the operations it hit unless it hit all of them.
    static func sentences(_ reports: [OperationReport]) -> [String] {
        var operations: [String: [String]] = [:]
        var messages: [String] = []
        for report in reports {
            guard let message = report.error?.message else { continue }
            if operations[message] == nil { messages.append(message) }
            operations[message, default: []].append(report.operation)
        }
        return messages.map { message in
            let named = operations[message] ?? []
            let isEverything = named.count == reports.count && named.count > 1
            return isEverything ? message : "\(named.joined(separator: ", ")): \(message)"
        }
    }
}
