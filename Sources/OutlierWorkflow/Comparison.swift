import Foundation
public import Outlier
public import OutlierConfig
public import OutlierData

/// Several detectors on one configuration and one table: each is fitted and measured as ``Run`` does it.
public struct Comparison: Sendable {
    /// What came of one detector.
    public struct Entry: Sendable {
        public var detector: String
        public var measures: [Measure] = []
        /// What a reader of the metrics must know.
        public var notes: [String] = []
        /// How long the fit took; `NaN` if it failed.
        public var fitSeconds = Double.nan
        /// How long it took to score the rows of the fit as new ones; `NaN` if the fit failed.
        public var scoreSeconds = Double.nan
        /// The most memory that the process had resident meanwhile; `nil` if the system does not say.
        public var peakBytes: Int?
        /// Measures that need no labels.
        public var internalMeasures: InternalMeasures.Values?
        /// Why there are no ``internalMeasures`` though they were asked for.
        public var internalFailure: String?
        /// Why there is nothing else.
        public var failure: String?
    }

    public let configuration: RunConfiguration
    public let table: Table

    public init(_ configuration: RunConfiguration, table: Table) {
        self.configuration = configuration
        self.table = table
    }

    /// The detectors that can be compared without being told more: those that are not made of others and that do not need
    /// labels.
    public static func candidates(in registry: Registry) -> [String] {
        // Detectors that are made of others have no members by default.
        registry.descriptions(of: .detector).filter { description in
            !description.parameters.contains { parameter in
                switch parameter.kind {
                case .component(.detector), .list(.component(.detector), _): true
                default: false
                }
            }
        }.map(\.name).filter { name in
            // Those that cannot do without labels are to be named.
            (try? registry.detector(name)).map { $0.labelUse != .required } ?? true
        }
    }

    /// What comes of one detector. The configuration's own parameters are used if it is the one that the configuration
    /// names, and so is the model that it is to begin with.
    ///
    /// - Parameter withInternalMeasures: whether to take excess mass and mass volume though there are metrics; each fits the
    ///   detector ten times more.
    /// - Throws: `CancellationError`. That the detector fails is ``Entry/failure``.
    public func entry(
        of name: String, withInternalMeasures: Bool = false, execution: Execution? = nil,
        observer: (@Sendable (FitProgress) -> Void)? = nil
    ) throws -> Entry {
        var configuration = configuration
        if configuration.detector?.recipe.name != name {
            configuration.detector = try configuration.registry.detector(name)
            configuration.fineTuning = FineTuning()
        }
        let execution = execution ?? configuration.execution()
        var entry = Entry(detector: name)
        PeakMemory.reset()
        do {
            let run = try Run(configuration, table: table, execution: execution, observer: observer)
            let start = Date()
            _ = try run.model.scores(of: table.rows, execution: execution)
            entry.fitSeconds = run.seconds
            entry.scoreSeconds = Date().timeIntervalSince(start)
            entry.peakBytes = PeakMemory.bytes
            let measurement = try run.measurement()
            entry.measures = try measurement.measures(configuration.metrics)
            entry.notes = measurement.notes
            if !run.scores.exclusions.isEmpty {
                entry.notes.append("\(name): \(run.scores.exclusions.count) of \(run.scores.count) rows not scored")
            }
            if withInternalMeasures || entry.measures.isEmpty {
                let context = FitContext(
                    seed: UInt64(configuration.seed), execution: execution, observer: observer)
                try measureInternally(&entry, run, configuration.requiredDetector(), context)
            }
        } catch let error as OutlierError {
            entry.failure = error.description
        }
        try execution.checkCancellation()
        return entry
    }

    private func measureInternally(
        _ entry: inout Entry, _ run: Run, _ detector: any Detector, _ context: FitContext
    ) throws {
        do {
            entry.internalMeasures = try InternalMeasures().values(
                of: detector, on: run.model.prepared(table.rows.unlabeled, execution: context.execution),
                context: context)
        } catch let error as OutlierError {
            entry.internalFailure = error.description
        }
    }
}
