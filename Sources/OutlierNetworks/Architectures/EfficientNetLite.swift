internal import OutlierCore

/// EfficientNet-Lite, with timm's names or those of the `efficientnet_lite_pytorch` package.
///
/// M. Tan, Q. Le: EfficientNet, 2019; the Lite networks have neither squeeze-and-excitation nor swish. Weights with the package's
/// names were trained with TensorFlow, whose padding is not even, and are read so; so are timm's where the architecture is said
/// to be `tf_efficientnet_lite0`.
enum EfficientNetLite {
    /// Strides of the seven stages.
    private static let strides = [1, 2, 2, 2, 1, 2, 1]

    /// `nil` where the file holds no such network.
    static func build(_ file: TensorFile, architecture: String?) throws -> ImageNetwork? {
        for prefix in ["", "module.", "model.", "backbone."] {
            if file.contains(prefix + "_conv_stem.weight"), file.contains(prefix + "_blocks.0._depthwise_conv.weight") {
                return try buildFlat(NetworkBuilder(file, prefix: prefix))
            }
            if file.contains(prefix + "conv_stem.weight"), file.contains(prefix + "blocks.0.0.conv_dw.weight") {
                return try buildStaged(NetworkBuilder(file, prefix: prefix), architecture: architecture)
            }
        }
        return nil
    }

    /// One block, whatever its tensors are called.
    private struct Block {
        var expansion: NetworkBuilder.Names?
        var depthwise: NetworkBuilder.Names
        var projection: NetworkBuilder.Names
    }

    private struct Style {
        let padding: NetworkLayer.Padding?
        let epsilon: Float
        static let tensorFlow = Style(padding: .same, epsilon: 1e-3)
        static let plain = Style(padding: nil, epsilon: 1e-5)
    }

    private static func add(
        _ block: Block, to builder: inout NetworkBuilder, from input: Int, stride: Int, style: Style
    ) throws -> Int {
        var current = input
        if let expansion = block.expansion {
            current = try builder.convolution(expansion, from: current, activation: .relu6, epsilon: style.epsilon)
        }
        current = try builder.convolution(
            block.depthwise, from: current, stride: stride, padding: style.padding, activation: .relu6,
            depthwise: true, epsilon: style.epsilon)
        let outputs = builder.shape(block.projection.weight + ".weight")?.first
        return try builder.convolution(
            block.projection, from: current, activation: .linear,
            residual: stride == 1 && outputs == builder.channels[input] ? input : nil, epsilon: style.epsilon)
    }

    private static func refuseExcitation(_ builder: NetworkBuilder) throws {
        guard let name = builder.file.names.first(where: { $0.contains(".se.") || $0.contains("._se_") }) else {
            return
        }
        throw OutlierError(
            .invalidModel,
            "the network is an EfficientNet with squeeze-and-excitation (“\(name)”), which is not supported",
            suggestion: "EfficientNet-Lite, ResNet and VGG are.")
    }

    private static func buildFlat(_ start: NetworkBuilder) throws -> ImageNetwork {
        var builder = start
        try refuseExcitation(builder)
        let style = Style.tensorFlow
        var current = try builder.convolution(
            .init(weight: "_conv_stem", normalization: "_bn0"), from: 0, stride: 2, padding: style.padding,
            activation: .relu6, epsilon: style.epsilon)
        builder.name(current, "stem")
        var index = 0
        var stage = -1
        var width: Int?
        while builder.has("_blocks.\(index)._depthwise_conv.weight") {
            let base = "_blocks.\(index)."
            let expands = builder.has(base + "_expand_conv.weight")
            let outputs = builder.shape(base + "_project_conv.weight")?.first
            // No two stages that follow each other have the same width.
            let begins = outputs != width
            if begins {
                if stage >= 0 { builder.name(current, "blocks.\(stage)") }
                stage += 1
                width = outputs
            }
            guard stage < strides.count else {
                throw OutlierError(.invalidModel, "the network has more stages than an EfficientNet-Lite")
            }
            current = try add(
                Block(
                    expansion: expands ? .init(weight: base + "_expand_conv", normalization: base + "_bn0") : nil,
                    depthwise: .init(weight: base + "_depthwise_conv", normalization: base + "_bn1"),
                    projection: .init(weight: base + "_project_conv", normalization: base + "_bn2")),
                to: &builder, from: current, stride: begins ? strides[stage] : 1, style: style)
            index += 1
        }
        builder.name(current, "blocks.\(stage)")
        if builder.has("_conv_head.weight") {
            current = try builder.convolution(
                .init(weight: "_conv_head", normalization: "_bn1"), from: current, activation: .relu6,
                epsilon: style.epsilon)
            builder.name(current, "head")
        }
        return network(builder, blocks: index)
    }

    private static func buildStaged(_ start: NetworkBuilder, architecture: String?) throws -> ImageNetwork {
        var builder = start
        try refuseExcitation(builder)
        let style = architecture?.hasPrefix("tf_") ?? false ? Style.tensorFlow : .plain
        var current = try builder.convolution(
            .init(weight: "conv_stem", normalization: "bn1"), from: 0, stride: 2, padding: style.padding,
            activation: .relu6, epsilon: style.epsilon)
        builder.name(current, "stem")
        var count = 0
        for stage in strides.indices where builder.has("blocks.\(stage).0.conv_dw.weight") {
            var index = 0
            while builder.has("blocks.\(stage).\(index).conv_dw.weight") {
                let base = "blocks.\(stage).\(index)."
                let isInverted = builder.has(base + "conv_pwl.weight")
                current = try add(
                    Block(
                        expansion: isInverted ? .init(weight: base + "conv_pw", normalization: base + "bn1") : nil,
                        depthwise: .init(weight: base + "conv_dw", normalization: base + (isInverted ? "bn2" : "bn1")),
                        projection: .init(
                            weight: base + (isInverted ? "conv_pwl" : "conv_pw"),
                            normalization: base + (isInverted ? "bn3" : "bn2"))),
                    to: &builder, from: current, stride: index == 0 ? strides[stage] : 1, style: style)
                index += 1
            }
            count += index
            builder.name(current, "blocks.\(stage)")
        }
        if builder.has("conv_head.weight") {
            current = try builder.convolution(
                .init(weight: "conv_head", normalization: "bn2"), from: current, activation: .relu6,
                epsilon: style.epsilon)
            builder.name(current, "head")
        }
        return network(builder, blocks: count)
    }

    private static func network(_ builder: NetworkBuilder, blocks: Int) -> ImageNetwork {
        ImageNetwork(
            architecture: blocks == 16 ? "efficientnet-lite0" : "efficientnet-lite", builder: builder,
            normalization: .tensorFlow, patchStages: ["blocks.2", "blocks.4"],
            gaussianStages: ["blocks.1", "blocks.2", "blocks.4"])
    }
}
