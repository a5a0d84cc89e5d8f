/// Which distribution new rows are ranked in by the detectors of tail probabilities.
public enum NewRows: String, Sendable, CaseIterable {
    /// That of the training rows. A row's score is its own.
    case training
    /// That of the training rows and all rows scored together, as PyOD ranks them. **A row's score then depends on the
    /// other rows of the call**, against the rule that every other model of this package keeps: for comparisons with
    /// PyOD only.
    case batch
}
