internal import COutlierPlugin
public import OutlierCore

/// Makes a shared library of Swift components a plug-in that `outlier` loads at run time:
///
///     @_cdecl("outlier_plugin_entry")
///     public func entry() -> UnsafeRawPointer { PluginExport.table("mine", version: "1.0.0", MyDetector.self) }
///
/// The library carries its own copy of the core and speaks the interface of `outlier_plugin.h`, so that it may be built
/// with another version of this package, or of Swift, than the program that loads it.
public enum PluginExport {
    /// The table of functions of a plug-in. It lives as long as the process.
    ///
    /// - Parameters:
    ///   - name: what the plug-in is called.
    ///   - version: its own version, which saved models remember.
    ///   - components: the types of detectors, preprocessors and metrics. A parameter that is itself a component can name
    ///     those of this library.
    public static func table(_ name: String, version: String, _ components: any Component.Type...) -> UnsafeRawPointer {
        var registry = Registry()
        var exported: [ExportedComponent] = []
        var failure: String?
        do {
            for type in components { exported.append(try export(type, plugin: name, in: &registry)) }
        } catch {
            // The host refuses what it cannot read, and shows it.
            failure = "\(error)"
        }
        if let failure { exported = [ExportedComponent(failure: failure)] }
        let table = UnsafeMutablePointer<outlier_component>.allocate(capacity: max(exported.count, 1))
        for (index, component) in exported.enumerated() {
            component.registry = registry
            (table + index).initialize(to: component.functions())
        }
        let plugin = UnsafeMutablePointer<outlier_plugin>.allocate(capacity: 1)
        plugin.initialize(
            to: outlier_plugin(
                abi_version: OUTLIER_PLUGIN_ABI_VERSION, component_size: UInt32(MemoryLayout<outlier_component>.size),
                name: permanent(name), version: permanent(version), component_count: UInt32(exported.count),
                components: table))
        return UnsafeRawPointer(plugin)
    }

    private static func export(
        _ type: any Component.Type, plugin: String, in registry: inout Registry
    ) throws -> ExportedComponent {
        if let type = type as? any Detector.Type { return try ExportedComponent(detector: type, plugin, &registry) }
        if let type = type as? any Preprocessor.Type {
            return try ExportedComponent(preprocessor: type, plugin, &registry)
        }
        if let type = type as? any Metric.Type { return try ExportedComponent(metric: type, plugin, &registry) }
        throw OutlierError(.invalidPlugin, "\(type) is neither a detector nor a preprocessor nor a metric")
    }

    /// Text of C that is never freed.
    static func permanent(_ text: String) -> UnsafePointer<CChar> {
        let bytes = Array(text.utf8CString)
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
        copy.initialize(from: bytes, count: bytes.count)
        return UnsafePointer(copy)
    }
}
