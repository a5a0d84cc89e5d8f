/// The layers that model files may name.
enum LayerKinds {
    static let all: [any Layer.Type] = [
        Dense.self, ActivationLayer.self, Dropout.self, Convolution.self, TransposedConvolution.self, LSTM.self,
        GRU.self,
        LayerNormalization.self, BatchNormalization.self, CategoryEmbedding.self, CategorySoftmax.self,
    ]
}
