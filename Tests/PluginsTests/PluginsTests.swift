import Testing

@testable import Plugins

@Suite struct PluginsTests {}
