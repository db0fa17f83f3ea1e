import Pipeline
import PluginKit

/// What must not be missed when results are for programs: failures, skips and warnings, on standard error.
enum Summary {
    static func noteProblems(_ report: RunReport) {
        for sentence in FailureText.sentences(report.requestedOperations) { Console.error(sentence) }
        for operation in report.requestedOperations {
            switch operation.status {
            case .failed:
                if let details = operation.error?.details { Console.detail(details) }
            case .skipped: Console.warn("\(operation.operation) was skipped: \(operation.reason ?? "")")
            case .done, .cached, .empty: break
            }
            for warning in operation.warnings { Console.warn("\(operation.operation): \(warning)") }
        }
    }
}
