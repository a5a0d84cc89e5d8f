public import OutlierCore

extension Registry {
    /// Registers a component of a plug-in.
    ///
    /// - Throws: ``OutlierError/Code/duplicateName`` where its name or an alias is taken,
    ///   ``OutlierError/Code/invalidPlugin`` where it claims a capability that no plug-in can have.
    public mutating func register(_ component: any ForeignComponent) throws {
        let description = component.description
        let possible: [Capability] =
            description.kind == .detector
            ? [.explainable, .streaming, .missingTolerant]
            : [
                .missingTolerant
            ]
        if let other = description.capabilities.first(where: { !possible.contains($0) }) {
            throw OutlierError(
                .invalidPlugin,
                "a \(description.kind.rawValue) of a plug-in cannot be \(other.rawValue)",
                suggestion: "What it can be: \(possible.map(\.rawValue).joined(separator: ", ")).",
                component: description.name)
        }
        switch description.kind {
        case .detector:
            try register(
                description, detector: { parameters, _ in try ForeignDetector(component, parameters: parameters) },
                load: { archive, _ in try ForeignDetectorModel(component: component, from: archive) })
        case .preprocessor:
            try register(
                description,
                preprocessor: { parameters, _ in try ForeignPreprocessor(component, parameters: parameters) },
                load: { archive, _ in try ForeignPreprocessorModel(component: component, from: archive) })
        case .metric:
            try register(description, metric: { parameters, _ in try ForeignMetric(component, parameters: parameters) })
        case .threshold:
            throw OutlierError(
                .invalidPlugin, "a plug-in cannot have thresholds", component: description.name)
        }
    }
}
