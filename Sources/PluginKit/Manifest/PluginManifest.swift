/// Strength of a run.
public enum Profile: String, Sendable, Codable, Hashable, CaseIterable {
    /// Quick and rough.
    case fast
    /// The defaults.
    case balanced
    /// Slower and better.
    case highQuality = "high_quality"
}

/// What a plugin says of itself: read from YAML for every plugin, built in or not.
public struct PluginManifest: Sendable, Hashable, Codable {
    /// Where the code is.
    public enum Implementation: Sendable, Hashable, Codable {
        /// A factory compiled into the program.
        case builtIn(factory: String)
        /// A child process that speaks JSON lines.
        case process(ProcessCommand)
        /// A factory that reaches an outside service.
        case provider(factory: String)
    }

    /// A child process: its command and limits.
    public struct ProcessCommand: Sendable, Hashable, Codable {
        /// Program and arguments; a relative program path is looked up beside the manifest.
        public var command: [String]
        /// Longest silence before the process is ended, in seconds.
        public var timeoutSeconds: Double

        /// Creates a command.
        public init(command: [String], timeoutSeconds: Double = 60) {
            self.command = command
            self.timeoutSeconds = timeoutSeconds
        }
    }

    /// The operation that users name to run the plugin.
    public struct OperationEntry: Sendable, Hashable, Codable {
        /// Canonical name.
        public var name: String
        /// Other accepted names.
        public var aliases: [String]
        /// Accepted parameters.
        public var parameters: [ParameterDefinition]
        /// Defaults that a profile replaces: profile, then parameter.
        public var profiles: [Profile: [String: ParameterValue]] = [:]

        /// Creates an entry.
        public init(name: String, aliases: [String] = [], parameters: [ParameterDefinition] = []) {
            self.name = name
            self.aliases = aliases
            self.parameters = parameters
        }
    }

    /// `config`: limits and needs.
    public struct Limits: Sendable, Hashable, Codable {
        /// Largest source accepted, in mebibytes; nil means any.
        public var maximumFileSizeMiB: Int?
        /// Whether it runs only with a GPU.
        public var requiresGPU = false
        /// Whether its results may still change without notice.
        public var isExperimental = false
        /// Model identifiers that it can use, default first.
        public var models: [String] = []

        /// No limits.
        public init() {}

        // The name that comes back from `requires_gpu`.
        private enum CodingKeys: String, CodingKey {
            case maximumFileSizeMiB, isExperimental, models
            case requiresGPU = "requiresGpu"
        }
    }

    /// `performance`: what to expect.
    public struct Performance: Sendable, Hashable, Codable {
        /// Seconds of work for each gigabyte of media.
        public var secondsPerGigabyte: Double?
        /// Mebibytes of memory for each file.
        public var memoryPerFileMiB: Int?
        /// Whether partial results are emitted.
        public var supportsStreaming = false

        /// Nothing known.
        public init() {}
    }

    /// `cache`: how long results stay valid.
    public struct CachePolicy: Sendable, Hashable, Codable {
        /// Whether results are kept at all.
        public var isEnabled = true
        /// Raised whenever results change; older entries no longer match.
        public var version = 1
        /// Entries made before this day (`YYYY-MM-DD`) are ignored.
        public var invalidateBefore: String?

        /// Enabled, version 1.
        public init() {}
    }

    /// `capabilities`: what selection can ask for.
    public struct Capabilities: Sendable, Hashable, Codable {
        /// Free feature names: `shot_detection`, `word_timestamps`, …
        public var features: [String] = []
        /// Temporal-marker kinds that it reports.
        public var supportedEvents: [String] = []
        /// Language codes; empty means any.
        public var languages: [String] = []
        /// Longest piece of media in one request, in seconds; nil means any.
        public var maximumChunkSeconds: Double?
        /// Whether media must be in S3 first.
        public var requiresS3 = false
        /// Accuracy 0…1 on the plugin's own published measure; nil where none is known.
        public var accuracy: Double?

        /// None.
        public init() {}
    }

    /// `cost`: price of using the plugin. Zero everywhere for local ones.
    public struct Cost: Sendable, Hashable, Codable {
        /// For each minute of media.
        public var perMinute: Double = 0
        /// For each frame sent.
        public var perFrame: Double = 0
        /// For each request made.
        public var perRequest: Double = 0
        /// ISO 4217 code.
        public var currency = "USD"
        /// Day on which the prices were read, `YYYY-MM-DD`.
        public var asOf: String?

        /// Free of charge.
        public init() {}
    }

    /// `rate_limit`: what the outside service allows.
    public struct RateLimit: Sendable, Hashable, Codable {
        /// Requests in any minute; nil means any.
        public var requestsPerMinute: Int?
        /// Requests at one time; nil means any.
        public var concurrent: Int?

        /// No limit.
        public init() {}
    }

    /// Unique name.
    public var name: String
    /// Semantic version of the code, part of every cache key.
    public var version: String
    /// One line for listings.
    public var summary: String
    /// Types that it can start from; any one of them is enough.
    public var inputs: [DataType]
    /// Types that it takes into account where they are made in the same run.
    public var optionalInputs: [DataType] = []
    /// Those of `optionalInputs` that are made for it where none of them was asked for.
    public var defaultInputs: [DataType] = []
    /// Types that it makes.
    public var outputs: [DataType]
    /// How users call it.
    public var operation: OperationEntry
    /// Limits and needs.
    public var limits: Limits
    /// Expected performance.
    public var performance: Performance
    /// Cache rules.
    public var cache: CachePolicy
    /// Selection criteria.
    public var capabilities: Capabilities
    /// Prices.
    public var cost: Cost
    /// Service limits.
    public var rateLimit: RateLimit
    /// Where the code is.
    public var implementation: Implementation

    /// Creates a manifest with defaults for everything that is not essential.
    public init(
        name: String, version: String, summary: String = "", inputs: [DataType], outputs: [DataType],
        operation: OperationEntry, implementation: Implementation
    ) {
        self.name = name
        self.version = version
        self.summary = summary
        self.inputs = inputs
        self.outputs = outputs
        self.operation = operation
        self.implementation = implementation
        limits = Limits()
        performance = Performance()
        cache = CachePolicy()
        capabilities = Capabilities()
        cost = Cost()
        rateLimit = RateLimit()
    }

    /// Estimated price of a run over `seconds` of media with `frames` frames sent, in `cost.currency`, at
    /// `maximumChunkSeconds` a request.
    public func estimatedCost(seconds: Double, frames: Int = 0) -> Double {
        let chunk = capabilities.maximumChunkSeconds ?? .infinity
        let requests = chunk.isFinite && chunk > 0 ? (seconds / chunk).rounded(.up) : 1
        return cost.perMinute * seconds / 60 + cost.perFrame * Double(frames) + cost.perRequest * requests
    }
}
