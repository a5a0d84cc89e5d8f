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
        let tolerant = description.capabilities.contains(.missingTolerant)
        switch description.kind {
        case .detector:
            if tolerant {
                try registerDetector(component, missing: Has.self)
            } else {
                try registerDetector(component, missing: Lacks.self)
            }
        case .preprocessor:
            if tolerant {
                try registerPreprocessor(component, missing: Has.self)
            } else {
                try registerPreprocessor(component, missing: Lacks.self)
            }
        case .metric:
            try register(description, metric: { parameters, _ in try ForeignMetric(component, parameters: parameters) })
        case .threshold:
            throw OutlierError(
                .invalidPlugin, "a plug-in cannot have thresholds", component: description.name)
        }
    }

    private mutating func registerDetector<Missing: CapabilityChoice>(
        _ component: any ForeignComponent, missing: Missing.Type
    ) throws {
        if component.description.capabilities.contains(.explainable) {
            try registerDetector(component, missing: missing, explaining: Has.self)
        } else {
            try registerDetector(component, missing: missing, explaining: Lacks.self)
        }
    }

    private mutating func registerDetector<Missing: CapabilityChoice, Explaining: CapabilityChoice>(
        _ component: any ForeignComponent, missing: Missing.Type, explaining: Explaining.Type
    ) throws {
        if component.description.capabilities.contains(.streaming) {
            try registerDetector(component, as: ForeignDetector<Missing, Explaining, Has>.self)
        } else {
            try registerDetector(component, as: ForeignDetector<Missing, Explaining, Lacks>.self)
        }
    }

    private mutating func registerDetector<Missing, Explaining, Updating>(
        _ component: any ForeignComponent, as type: ForeignDetector<Missing, Explaining, Updating>.Type
    ) throws {
        try register(
            component.description,
            detector: { parameters, _ in
                try ForeignDetector<Missing, Explaining, Updating>(component, parameters: parameters)
            },
            load: { archive, _ in
                try ForeignDetectorModel<Missing, Explaining, Updating>(component: component, from: archive)
            })
    }

    private mutating func registerPreprocessor<Missing: CapabilityChoice>(
        _ component: any ForeignComponent, missing: Missing.Type
    ) throws {
        try register(
            component.description,
            preprocessor: { parameters, _ in try ForeignPreprocessor<Missing>(component, parameters: parameters) },
            load: { archive, _ in try ForeignPreprocessorModel<Missing>(component: component, from: archive) })
    }
}
