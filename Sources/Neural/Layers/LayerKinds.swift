/// The layers that model files may name.
enum LayerKinds {
    static let all: [any Layer.Type] = [Dense.self, Dropout.self]
}
