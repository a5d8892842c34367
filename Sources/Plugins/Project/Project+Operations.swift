package import Actions
import Documents
import Fields
import Glibc
package import SourceText
import Synchronization
package import Values
package import Workflows

extension Project {
  /// The contracts behind the connections of an environment, and what is built in.
  ///
  /// Plugins that are missing or wrong are reported and left out.
  /// - Parameters:
  ///   - names: only these connections, where a caller knows which it needs.
  ///   - isAdvised: whether warnings are wanted, too.
  package func catalog(
    environment: String? = nil, connections names: Set<String>? = nil, isAdvised: Bool = false,
    into diagnostics: Diagnostics
  ) -> Catalog {
    var contracts: [String: PluginContract] = [:]
    var read: [String: PluginContract] = [:]
    let definitions = self.environment(named: environment ?? defaultEnvironment)?.connections ?? []
    for definition in definitions where names?.contains(definition.name) ?? true {
      let contract =
        read[definition.plugin] ?? contract(of: definition, isAdvised, into: diagnostics)
      read[definition.plugin] = contract
      contracts[definition.name] = contract
    }
    return Catalog(
      contracts, calendars: calendars(isAdvised: isAdvised, into: diagnostics),
      absent: Catalog.contractsWithoutHandlers.subtracting(definitions.map(\.name)))
  }

  /// The names of the plugins that have a folder, sorted.
  package var pluginNames: [String] {
    entries(of: joined(root, "plugins")).filter { pluginFile($0, "plugin") != nil }
  }

  /// The contract of a plugin, its own before one that is built in; nil where it is missing or wrong, which has
  /// been reported then.
  private func contract(
    of definition: ConnectionDefinition, _ isAdvised: Bool, into diagnostics: Diagnostics
  ) -> PluginContract? {
    if let source = pluginFile(definition.plugin, "plugin") {
      return PluginContract.decode(
        source, named: definition.plugin, isAdvised: isAdvised, into: diagnostics)
    }
    if Catalog.contractsWithoutHandlers.contains(definition.plugin),
      pluginFile(definition.plugin, definition.driver) != nil
    {
      return Catalog.builtIn.connection(named: definition.plugin)
    }
    if let file {
      diagnostics.add(
        .unknownPlugin, "there is no plugin `\(definition.plugin)`", in: file,
        at: definition.span, label: "`plugins/\(definition.plugin)/plugin.yaml` is missing",
        help: nearest(definition.plugin, among: pluginNames).map { "did you mean `\($0)`?" })
    }
    return nil
  }

  /// A file of a plugin, YAML or JSON.
  func pluginFile(_ plugin: String, _ name: String) -> SourceFile? {
    for ending in ["yaml", "yml", "json"] {
      let path = "plugins/\(plugin)/\(name).\(ending)"
      if let bytes = contents(of: joined(root, path)) {
        return SourceFile(path: path, bytes: bytes)
      }
    }
    return nil
  }

  /// What carries out the operations of an environment.
  ///
  /// Drivers are read when an operation is first asked for; whatever is missing is an answer, not a
  /// crash, and is looked for again the next time.
  /// - Parameters:
  ///   - catalog: the contracts; those that a run has pinned, where there is a run.
  ///   - clock: the date of messages.
  package func registry(
    environment: String? = nil, catalog: Catalog,
    clock: @escaping @Sendable () -> Timestamp = { Timestamp.systemNow }
  ) -> OperationRegistry {
    let connections = ConnectionTable(
      project: self, environment: self.environment(named: environment ?? defaultEnvironment),
      environmentName: environment ?? defaultEnvironment, catalog: catalog, clock: clock)
    return OperationRegistry { connections.operation(named: $0) }
  }

  /// Warns of what is most likely meant otherwise in `baton.yaml`.
  package func advise(into diagnostics: Diagnostics) {
    guard let file, let root = DocumentReader.read(file, into: Diagnostics()) else { return }
    FileAdvice.look(at: root, in: file, hasTemplates: true, into: diagnostics)
  }

  /// Reads every driver of an environment whole, so that mistakes show before a run meets them.
  package func checkDrivers(
    environment: String? = nil, catalog: Catalog, into diagnostics: Diagnostics
  ) {
    guard let environment = self.environment(named: environment ?? defaultEnvironment) else {
      return
    }
    for definition in environment.connections {
      DriverCheck(project: self, definition: definition, secrets: environment.secrets)
        .run(catalog.connection(named: definition.name), into: diagnostics)
    }
  }
}

extension Timestamp {
  /// The system's clock.
  fileprivate static var systemNow: Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(seconds: Int64(time.tv_sec), nanoseconds: Int32(time.tv_nsec))
  }
}
