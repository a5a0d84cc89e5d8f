internal import LinearAlgebra
public import OutlierCore

/// Replaces the columns by their principal components, the one of largest variance first: `pc1`, `pc2` and so on.
///
/// How many are kept: `components`, or as many as have `share` of the variance between them, whichever is fewer; all
/// that have any variance where neither is given. With `whiten` each has the variance 1 over the training rows.
///
/// Training: as ``PrincipalComponents``; use: O(d k) a row.
///
/// - Throws: ``OutlierError/Code/numericalFailure`` where values are too large for a variance or no column varies.
public struct PrincipalComponentReducer: Preprocessor {
    public static let name = "pca"
    public static let summary = "Replaces the columns by their principal components, the most varying first."
    public static let reference: String? =
        "K. Pearson: On lines and planes of closest fit to systems of points in space, 1901"
    public static let parameters: [Parameter<PrincipalComponentReducer>] = [
        .integer("components", \.components, in: .atLeast(1), null: "as many as vary", "How many are kept at most."),
        .number(
            "share", \.share, in: .above(0, upTo: 1), null: "all",
            "Keeps the leading components that have this share of the variance between them."),
        .boolean("whiten", \.whiten, "Whether each component is divided by its standard deviation."),
        .boolean("standardize", \.standardize, "Whether columns are brought to the mean 0 and the variance 1 first."),
        .choice("solver", \.solver, "How the components are computed: auto, exact or randomized."),
    ]

    public var components: Int?
    public var share: Double?
    public var whiten: Bool
    public var standardize: Bool
    public var solver: PrincipalAxesSolver

    public init() { self.init(components: nil) }

    public init(
        components: Int? = nil, share: Double? = nil, whiten: Bool = false, standardize: Bool = false,
        solver: PrincipalAxesSolver = .auto
    ) {
        self.components = components
        self.share = share
        self.whiten = whiten
        self.standardize = standardize
        self.solver = solver
    }

    public func train(on data: Dataset, context: FitContext) throws -> FittedPrincipalComponentReducer {
        let axes = try PrincipalAxes(
            of: data.matrix, weights: nil, count: components, standardizing: standardize, solver: solver,
            context: context)
        let kept = min(share.map(axes.count(forShare:)) ?? Int.max, axes.eigenvalues.count)
        guard kept > 0 else {
            throw OutlierError(
                .numericalFailure, "no column varies, so that there are no principal components",
                suggestion: "Fit on more rows, or leave the preprocessor out.")
        }
        return FittedPrincipalComponentReducer(
            centers: axes.centers, scales: axes.scales, axes: axes.axes.rows(0..<kept),
            factors: axes.eigenvalues.prefix(kept).map { whiten ? 1 / $0.squareRoot() : 1 })
    }
}

/// Principal components that replace columns.
public struct FittedPrincipalComponentReducer: FittedPreprocessor {
    let centers: [Double]
    let scales: [Double]
    /// A row a component.
    public let axes: Matrix
    /// What each component is multiplied by.
    let factors: [Double]
    private let kernel: PackedColumns

    public var featureCount: Int { centers.count }

    init(centers: [Double], scales: [Double], axes: Matrix, factors: [Double]) {
        self.centers = centers
        self.scales = scales
        self.axes = axes
        self.factors = factors
        var scaled = axes
        scaled.scaleRows(by: factors)
        kernel = PackedColumns(scaled.transposed())
    }

    public func apply(to data: Dataset, execution: Execution) throws -> Dataset {
        let reduced = try kernel.project(data.matrix, centers: centers, scales: scales, execution: execution)
        return try data.replacing(reduced, columns: (1...max(1, axes.rowCount)).map { Column("pc\($0)") })
    }

    public func encode(to archive: inout ModelArchive) throws {
        archive.store(centers, as: "centers")
        archive.store(scales, as: "scales")
        archive.store(axes, as: "axes")
        archive.store(factors, as: "factors")
    }

    public init(from archive: ModelArchive, registry: Registry) throws {
        let centers = try archive.doubles("centers")
        let axes = try archive.matrix("axes", columns: centers.count)
        guard axes.rowCount > 0 else { throw OutlierError(.invalidModel, "the model has no components") }
        self.init(
            centers: centers, scales: try archive.doubles("scales", count: centers.count), axes: axes,
            factors: try archive.doubles("factors", count: axes.rowCount))
    }
}
