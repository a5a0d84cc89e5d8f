internal import OutlierCore

/// Residual networks: 18, 34, 50, 101, 152 and the wide ones, with torchvision's and timm's names or Hugging Face's.
///
/// K. He, X. Zhang, S. Ren, J. Sun: Deep residual learning for image recognition, 2016; the stride of a bottleneck lies in its
/// 3 × 3 convolution, as in all published weights.
enum ResNet {
    private static let epsilon: Float = 1e-5

    /// `nil` where the file holds no such network.
    static func build(_ file: TensorFile) throws -> ImageNetwork? {
        for prefix in ["", "module.", "model.", "backbone.", "resnet."] {
            if file.contains(prefix + "conv1.weight"), file.contains(prefix + "layer1.0.conv1.weight") {
                return try build(NetworkBuilder(file, prefix: prefix), Names.torchvision)
            }
            if file.contains(prefix + "embedder.embedder.convolution.weight") {
                return try build(NetworkBuilder(file, prefix: prefix), Names.huggingFace)
            }
        }
        return nil
    }

    /// How the tensors of a block are called.
    private struct Names: Sendable {
        let stem: NetworkBuilder.Names
        let convolution: @Sendable (_ stage: Int, _ block: Int, _ index: Int) -> NetworkBuilder.Names
        let shortcut: @Sendable (_ stage: Int, _ block: Int) -> NetworkBuilder.Names

        static let torchvision = Names(
            stem: .init(weight: "conv1", normalization: "bn1"),
            convolution: { .init(weight: "layer\($0).\($1).conv\($2)", normalization: "layer\($0).\($1).bn\($2)") },
            shortcut: {
                .init(weight: "layer\($0).\($1).downsample.0", normalization: "layer\($0).\($1).downsample.1")
            })
        static let huggingFace = Names(
            stem: .init(weight: "embedder.embedder.convolution", normalization: "embedder.embedder.normalization"),
            convolution: {
                let base = "encoder.stages.\($0 - 1).layers.\($1).layer.\($2 - 1)"
                return .init(weight: base + ".convolution", normalization: base + ".normalization")
            },
            shortcut: {
                let base = "encoder.stages.\($0 - 1).layers.\($1).shortcut"
                return .init(weight: base + ".convolution", normalization: base + ".normalization")
            })
    }

    private static func build(_ start: NetworkBuilder, _ names: Names) throws -> ImageNetwork {
        var builder = start
        var current = try builder.convolution(
            names.stem, from: 0, stride: 2, activation: .relu, epsilon: epsilon)
        builder.name(current, "stem")
        current = builder.maxPooling(from: current, kernel: 3, stride: 2, padding: .even(1))
        let isBottleneck = builder.has(names.convolution(1, 0, 3).weight + ".weight")
        var counts: [Int] = []
        for stage in 1...4 {
            var block = 0
            while builder.has(names.convolution(stage, block, 1).weight + ".weight") {
                let stride = stage > 1 && block == 0 ? 2 : 1
                var shortcut = current
                if builder.has(names.shortcut(stage, block).weight + ".weight") {
                    shortcut = try builder.convolution(
                        names.shortcut(stage, block), from: current, stride: stride, activation: .linear,
                        epsilon: epsilon)
                }
                let first = try builder.convolution(
                    names.convolution(stage, block, 1), from: current, stride: isBottleneck ? 1 : stride,
                    activation: .relu, epsilon: epsilon)
                if isBottleneck {
                    let second = try builder.convolution(
                        names.convolution(stage, block, 2), from: first, stride: stride, activation: .relu,
                        epsilon: epsilon)
                    current = try builder.convolution(
                        names.convolution(stage, block, 3), from: second, activation: .relu, residual: shortcut,
                        epsilon: epsilon)
                } else {
                    current = try builder.convolution(
                        names.convolution(stage, block, 2), from: first, activation: .relu, residual: shortcut,
                        epsilon: epsilon)
                }
                builder.name(current, "layer\(stage).\(block)")
                block += 1
            }
            guard block > 0 else {
                throw OutlierError(
                    .invalidModel, "the network has no tensor “\(names.convolution(stage, 0, 1).weight).weight”")
            }
            counts.append(block)
            builder.name(current, "layer\(stage)")
        }
        let depth = counts.reduce(0, +) * (isBottleneck ? 3 : 2) + 2
        let inner = builder.shape(names.convolution(1, 0, 1).weight + ".weight")?.first ?? 64
        return ImageNetwork(
            architecture: isBottleneck && inner == 128 ? "wide-resnet\(depth)-2" : "resnet\(depth)", builder: builder,
            normalization: .imageNet, patchStages: ["layer2", "layer3"], gaussianStages: ["layer1", "layer2", "layer3"])
    }
}
