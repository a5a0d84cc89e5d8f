import OutlierCore

/// A detector that was considered, and what came of it.
struct Candidate: Sendable {
    let recipe: Recipe
    /// The seconds it was thought to take, where there was a budget.
    var estimate: Double?
    /// The seconds it took.
    var seconds: Double?
    /// Without labels, the correlation with the mean of the other candidates; with labels, the ROC-AUC on them.
    var measure: Double?
    /// What its scores count in the result, all weights summing up to 1; 0 where it was left out.
    var weight = 0.0
    /// Why it counts as much as it does.
    var reason = ""

    func value(measureName: String) -> Value {
        .object([
            Value.Entry("detector", recipe.value),
            Value.Entry("estimatedSeconds", estimate.flatMap { $0.isFinite ? .number($0) : nil } ?? .null),
            Value.Entry("seconds", seconds.map(Value.number) ?? .null),
            Value.Entry(measureName, measure.map(Value.number) ?? .null),
            Value.Entry("weight", .number(weight)),
            Value.Entry("reason", .string(reason)),
        ])
    }
}

extension Candidate {
    /// What candidates are called: by name, and where a name occurs again, with the parameters that differ.
    static func titles(of recipes: [Recipe]) -> [String] {
        recipes.map { recipe in
            let namesakes = recipes.filter { $0.name == recipe.name }
            let differing = (recipe.parameters.entries ?? []).filter { entry in
                namesakes.contains { $0.parameters[entry.key] != entry.value }
            }
            if differing.isEmpty { return recipe.name }
            return recipe.name + " (" + differing.map { "\($0.key) \($0.value)" }.joined(separator: ", ") + ")"
        }
    }
}
