/// What the stages before a stage delivered.
public struct StageResults: Sendable {
    /// Who made a result.
    public struct Producer: Sendable, Hashable {
        /// Operation, for example `transcription`.
        public var operation: String
        /// Version of the plugin that did it.
        public var version: String

        /// Creates a record.
        public init(operation: String, version: String) {
            self.operation = operation
            self.version = version
        }
    }

    /// Results by type.
    public private(set) var outputs: [DataType: StageOutput] = [:]
    /// Who made each of them, where known.
    public private(set) var producers: [DataType: Producer] = [:]
    /// Results that would have been taken into account but were not delivered, and why.
    public private(set) var missing: [DataType: String] = [:]

    /// Results whose makers are not known.
    public init(_ outputs: [DataType: StageOutput] = [:]) { self.outputs = outputs }

    /// The result of a type, if there is one.
    public subscript(type: DataType) -> StageOutput? { outputs[type] }

    /// Adds a result.
    public mutating func add(_ output: StageOutput, of types: [DataType], by producer: Producer) {
        for type in types {
            outputs[type] = output
            producers[type] = producer
        }
    }

    /// Notes that a result is not there.
    public mutating func note(missing types: [DataType], because reason: String) {
        for type in types { missing[type] = reason }
    }
}
