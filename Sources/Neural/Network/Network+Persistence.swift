package import OutlierCore

extension Network: Persistable {
    /// Every parameter and state under its full name, “layer.parameter”, with its shape, and the layers' configurations
    /// under `layers`.
    package func encode(to archive: inout ModelArchive) throws {
        for (name, shape, range) in parameterTensors {
            archive.store(Array(parameters[range]), as: name, shape: shape)
        }
        for (name, shape, range) in stateTensors {
            archive.store(Array(state[range]), as: name, shape: shape)
        }
        archive.store(
            .array(
                entries.map { entry in
                    .object([
                        Value.Entry("name", .string(entry.name)),
                        Value.Entry("kind", .string(type(of: entry.layer).kind)),
                        Value.Entry("configuration", entry.layer.configuration),
                    ])
                }), as: "layers")
    }

    package init(from archive: ModelArchive, registry: Registry) throws {
        guard let values = try archive.value("layers").array, !values.isEmpty, values.count <= 10_000 else {
            throw OutlierError(.invalidModel, "the network has no layers")
        }
        var layers: [(name: String, layer: any Layer)] = []
        var names: Set<String> = []
        for value in values {
            guard let name = value["name"]?.string, names.insert(name).inserted, let kind = value["kind"]?.string,
                let type = LayerKinds.all.first(where: { $0.kind == kind })
            else {
                throw OutlierError(.invalidModel, "the network has a layer of an unknown kind, or two of one name")
            }
            let layer: any Layer = try type.init(configuration: value["configuration"] ?? .null)
            if let last = layers.last, last.layer.outputShape.count != layer.inputShape.count {
                throw OutlierError(
                    .invalidModel, "the layer “\(name)” of the network does not take what “\(last.name)” gives")
            }
            // Before anything is allocated: the file must hold as many numbers as the layer says.
            for tensor in layer.parameters + layer.state {
                _ = try archive.floats("\(name).\(tensor.name)", count: tensor.count)
            }
            layers.append((name, layer))
        }
        self.init(layers: layers)
        for (name, _, range) in parameterTensors {
            parameters.replaceSubrange(range, with: try archive.floats(name, count: range.count))
        }
        for (name, _, range) in stateTensors {
            state.replaceSubrange(range, with: try archive.floats(name, count: range.count))
        }
        guard parameters.allSatisfy(\.isFinite), state.allSatisfy(\.isFinite) else {
            throw OutlierError(.invalidModel, "the network has parameters that are not finite")
        }
    }
}
