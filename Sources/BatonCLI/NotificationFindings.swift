import Plugins
import SourceText
import Values
import Workflows

/// What is wrong with how people are told in the environments of a project.
struct NotificationFindings {
  let findings: [Diagnostic]

  /// - Parameters:
  ///   - name: the environment that was chosen; nil for the one that counts where nobody chooses.
  ///   - chosen: what its calls may name, and whether its plugins are whole.
  ///   - coversAll: whether the others are looked at, too.
  init(
    of project: Project, environment name: String?, _ chosen: (catalog: Catalog, isWhole: Bool),
    inAll coversAll: Bool
  ) {
    let name = name ?? project.defaultEnvironment
    let found = Diagnostics()
    for environment in project.environments where environment.notification != nil {
      if environment.name.hasSameBytes(as: name) {
        for finding in Self.findings(of: environment, project, chosen) { found.add(finding) }
      } else if coversAll {
        for finding in Self.findings(ofOther: environment, project) { found.add(finding) }
      }
    }
    findings = found.sorted
  }

  /// Those of an environment that was not chosen. It has connections of its own, and what is wrong with their
  /// plugins is said where it is chosen.
  private static func findings(
    ofOther environment: ProjectEnvironment, _ project: Project
  ) -> [Diagnostic] {
    let plugins = Diagnostics()
    let catalog = project.catalog(environment: environment.name, into: plugins)
    let isWhole = PartFindings(plugins, of: project).arePluginsWhole
    return findings(of: environment, project, (catalog, isWhole)).map { finding in
      var finding = finding
      if finding.severity == .error {
        finding.notes.append(.init("this counts in the environment `\(environment.name)`"))
      }
      return finding
    }
  }

  private static func findings(
    of environment: ProjectEnvironment, _ project: Project,
    _ parts: (catalog: Catalog, isWhole: Bool)
  ) -> [Diagnostic] {
    let found = Diagnostics()
    project.checkNotification(
      environment: environment.name, catalog: parts.catalog, isAdvised: true, into: found)
    return found.sorted.filter { parts.isWhole || !$0.code.mayFollowFromPlugin }
  }
}
