internal import OutlierCore

/// Names for detectors of rows over windows, as the benchmark TSB-AD has them, with the parameters that it found best.
///
/// A shortcut makes ``Windows``: its parameters are those of `windows`, with other defaults.
struct WindowShortcut {
    let name: String
    var aliases: [String] = []
    let summary: String
    let detector: Recipe
    var changes: @Sendable (inout Windows) -> Void = { _ in }

    static var all: [WindowShortcut] {
        func recipe(_ name: String, _ parameters: [Value.Entry] = []) -> Recipe {
            Recipe(name: name, parameters: .object(parameters))
        }
        return [
            WindowShortcut(
                name: "sub-pca", summary: "Principal components of the windows of a series, scored as PyOD does.",
                detector: recipe("pca", [.init("score", .string("pyod"))])),
            WindowShortcut(
                name: "sub-knn", summary: "Distance to the 50th nearest of the windows of a series.",
                detector: recipe("knn", [.init("neighbors", .integer(50))]), changes: { $0.periodRank = 2 }),
            WindowShortcut(
                name: "sub-lof", summary: "Local outlier factor of the windows of a series.",
                detector: recipe("lof", [.init("neighbors", .integer(30))]), changes: { $0.periodRank = 2 }),
            WindowShortcut(
                name: "sub-hbos", summary: "Histograms over the windows of a series.",
                detector: recipe("hbos", [.init("bins", .integer(10))])),
            WindowShortcut(
                name: "sub-ocsvm", summary: "One-class support vector machine over the windows of a series.",
                detector: recipe("ocsvm"), changes: { $0.periodRank = 2 }),
            WindowShortcut(
                name: "sub-mcd", summary: "Robust Mahalanobis distance of the windows of a series.",
                detector: recipe("mcd"), changes: { $0.periodRank = 3 }),
            WindowShortcut(
                name: "sub-isolation-forest", aliases: ["sub-iforest"],
                summary: "Isolation forest over the windows of a series.",
                detector: recipe("isolation-forest", [.init("trees", .integer(150))])),
            WindowShortcut(
                name: "kmeans-windows", aliases: ["kmeans-ad"],
                summary: "Distance of the normalized windows of a series to the nearest of k centres (KMeansAD).",
                detector: recipe("k-means", [.init("clusters", .integer(10))]),
                changes: {
                    $0.periodRank = 2
                    $0.normalizes = true
                    $0.points = .mean
                }),
        ]
    }

    func register(in registry: inout Registry, plugin: String) throws {
        var model = Windows()
        changes(&model)
        let parameters = Windows.parameters.map { parameter in
            var description = parameter.description
            description.defaultValue = description.name == "detector" ? detector.value : parameter.read(model)
            return description
        }
        try registry.register(
            ComponentDescription(
                kind: .detector, name: name, aliases: aliases, summary: summary, reference: Windows.reference,
                plugin: plugin, parameters: parameters, capabilities: []),
            detector: { [self] in try make($0, $1) },
            load: { try FittedWindows(from: $0, registry: $1) })
    }

    /// The defaults of the shortcut, and over them what is given.
    private func make(_ parameters: Value, _ registry: Registry) throws -> Windows {
        guard let given = parameters.entries else { return try Windows(parameters: parameters, registry: registry) }
        var windows = Windows()
        changes(&windows)
        var entries = Windows.parameters.map { parameter in
            let key = parameter.description.name
            return Value.Entry(key, key == "detector" ? detector.value : parameter.read(windows))
        }
        entries.removeAll { entry in given.contains { $0.key == entry.key } }
        do {
            return try Windows(parameters: .object(entries + given), registry: registry)
        } catch var error as OutlierError {
            error.component = name
            throw error
        }
    }
}
