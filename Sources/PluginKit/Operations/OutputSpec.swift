/// An operation together with the outputs it takes its inputs from. Composable and Codable.
///
/// `sources` may be left empty: the planner inserts what the operation needs. A source that is given pins how an
/// input is made, for example keyframes with their own parameters under object detection.
public struct OutputSpec: Hashable, Sendable, Codable {
    /// What to produce.
    public var operation: Operation
    /// Where the inputs come from; empty means "whatever is needed".
    public var sources: [OutputSpec]

    /// Creates a specification.
    public init(_ operation: Operation, sources: [OutputSpec] = []) {
        self.operation = operation
        self.sources = sources
    }

    private enum CodingKeys: String, CodingKey {
        case operation, sources
    }

    /// Reads `{"operation": …, "sources": […]}`; `sources` may be left out.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        operation = try container.decode(Operation.self, forKey: .operation)
        sources = try container.decodeIfPresent([OutputSpec].self, forKey: .sources) ?? []
    }
}
