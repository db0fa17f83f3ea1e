/// One thing to produce, with its parameters: `transcription(language=en, model=whisper-base)`.
///
/// Operations are open values rather than a closed list, so that a manifest can add one. The names and parameters
/// that exist come from the registered manifests; `Registry` checks them and fills in the defaults.
public struct Operation: Hashable, Sendable, Codable, CustomStringConvertible {
    /// Canonical name, for example `transcription`.
    public var name: String
    /// Parameters by name; those left out take the manifest's defaults.
    public var parameters: [String: ParameterValue]

    /// Creates an operation.
    public init(_ name: String, parameters: [String: ParameterValue] = [:]) {
        self.name = name
        self.parameters = parameters
    }

    private enum CodingKeys: String, CodingKey {
        case name, parameters
    }

    /// Reads `{"name": …, "parameters": {…}}` or just the name as a string.
    public init(from decoder: any Decoder) throws {
        if let name = try? decoder.singleValueContainer().decode(String.self) {
            self.init(name)
            return
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try container.decode(String.self, forKey: .name),
            parameters: try container.decodeIfPresent([String: ParameterValue].self, forKey: .parameters) ?? [:])
    }

    /// `name(a=1,b=x)` with the parameters in alphabetical order.
    public var description: String {
        guard !parameters.isEmpty else { return name }
        let list = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        return "\(name)(\(list.joined(separator: ",")))"
    }

    /// A byte-exact encoding for cache keys: name and parameters in alphabetical order, each value tagged with its
    /// type and length-prefixed, so that no two operations share an encoding.
    public var canonicalEncoding: String {
        func field(_ text: String) -> String { "\(text.utf8.count):\(text)" }
        let parts = parameters.sorted { $0.key < $1.key }.map { key, value in
            let tagged =
                switch value {
                case .boolean(let flag): "b" + field(String(flag))
                case .integer(let number): "i" + field(String(number))
                case .number(let number): "n" + field(String(number))
                case .text(let text): "t" + field(text)
                case .list(let items): "l\(items.count):" + items.map(field).joined()
                }
            return field(key) + tagged
        }
        return field(name) + parts.joined()
    }

    /// The whole number under `key`, if set.
    public func integer(_ key: String) -> Int? {
        if case .integer(let value)? = parameters[key] { value } else { nil }
    }

    /// The number under `key`, if set.
    public func number(_ key: String) -> Double? {
        switch parameters[key] {
        case .number(let value)?: value
        case .integer(let value)?: Double(value)
        default: nil
        }
    }

    /// The text under `key`, if set.
    public func text(_ key: String) -> String? {
        if case .text(let value)? = parameters[key] { value } else { nil }
    }

    /// The switch under `key`; false where it is not set.
    public func flag(_ key: String) -> Bool {
        if case .boolean(let value)? = parameters[key] { value } else { false }
    }

    /// The list under `key`; empty where it is not set.
    public func list(_ key: String) -> [String] {
        if case .list(let value)? = parameters[key] { value } else { [] }
    }
}
