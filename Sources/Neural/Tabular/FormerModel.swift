package import OutlierCore

/// What a fit that goes on from another must keep of it.
package enum FormerModel {
    /// The former value of a parameter that cannot change.
    ///
    /// - Parameter given: what the new fit asks for; `nil` where it leaves the choice.
    /// - Throws: ``OutlierError/Code/invalidParameter`` where that is something else.
    package static func keep<T: Equatable>(_ parameter: String, _ former: T, given: T?) throws -> T {
        guard let given, given != former else { return former }
        throw OutlierError(
            .invalidParameter, "“\(parameter)” is \(given), but in the model to begin with it is \(former)",
            suggestion: "Leave “\(parameter)” out: the first model's is used.", path: [parameter])
    }

    /// What a training that goes on depends on besides the detector's own settings, for its checkpoints.
    package static func identity(_ networks: [Network], _ settings: FineTuning) -> String {
        let weights = FloatRows(networks.flatMap(\.parameters), width: 1).fingerprint
        return " from \(weights) \(settings.recipe.parameters.json())"
    }
}

extension Network {
    /// The widths of the dense layers but the last.
    package var hiddenWidths: [Int] {
        entries.compactMap { ($0.layer as? Dense)?.outputShape.count }.dropLast()
    }
}
