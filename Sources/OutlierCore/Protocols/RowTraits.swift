/// What rows a component takes, and what it reads of them.
///
/// Asked of an instance: a pipeline, an ensemble or a component of a plug-in answers from what it is made of. The defaults
/// come from the protocols that the component's types conform to: ``MissingTolerant``, ``CategoryTolerant``,
/// ``WeightLearning``, ``LabelLearning`` and ``OrderReading``.
public struct RowTraits: OptionSet, Sendable, Hashable {
    public let rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Values may be missing (`NaN`).
    public static let missing = RowTraits(rawValue: 1 << 0)
    /// Columns may be categories.
    public static let categories = RowTraits(rawValue: 1 << 1)
    /// Rows may have weights other than 1.
    public static let weights = RowTraits(rawValue: 1 << 2)
    /// The fit looks at labels. Rows may have labels whatever a component takes: one that does not read them never sees them.
    public static let labels = RowTraits(rawValue: 1 << 3)
    /// Rows are read in their order, as those of a series. Every other component gives a row the same score wherever it
    /// stands.
    public static let order = RowTraits(rawValue: 1 << 4)

    /// What the values of the rows may be.
    static let ofValues: RowTraits = [.missing, .categories]
    /// What is read where any part reads it.
    private static let read: RowTraits = [.labels, .order]

    /// What a component takes that gives the same rows to each of its parts: values and weights that every part takes;
    /// labels and order are read where any part reads them.
    public static func common(to parts: some Sequence<RowTraits>) -> RowTraits {
        var taken: RowTraits = [.missing, .categories, .weights]
        var read: RowTraits = []
        for part in parts {
            taken.formIntersection(part)
            read.formUnion(part.intersection(.read))
        }
        return taken.union(read)
    }

    /// What the protocols that a type conforms to say.
    init(marksOf type: Any.Type) {
        self = []
        if type is any MissingTolerant.Type { insert(.missing) }
        if type is any CategoryTolerant.Type { insert(.categories) }
        if type is any WeightLearning.Type { insert(.weights) }
        if type is any LabelLearning.Type { insert(.labels) }
        if type is any OrderReading.Type { insert(.order) }
    }

    /// The same, but for labels, of which an instance knows more than its type.
    func reading(_ use: LabelUse) -> RowTraits {
        use == .ignored ? subtracting(.labels) : union(.labels)
    }
}
