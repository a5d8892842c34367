import Foundation
import TestSupport
import Testing

@Suite(.enabled(if: Scenario.binary != nil), .timeLimit(.minutes(20)))
struct PublishingTests {
  private func project() throws -> Scenario {
    let scenario = try Scenario().project()
    try FileManager.default.copyItem(
      at: Repository.root.appending(path: "workflows"),
      to: scenario.folder.appending(path: "workflows"))
    return scenario
  }

  /// What SOP-001 says, section by section: a procedure made from the workflows must not say less.
  @Test(arguments: [
    (
      "standard-onboarding.yaml",
      [
        "SOP-001", "2026-01-18", "Customer Success", "Operations Manager", "/buy",
        "Automated provisioning, welcome email", "onboarding call (Enterprise)", "manual setup",
        "creates the first site", "PayFast ITN", "COMPLETE", "5 seconds", "Tenant ID", "User ID",
        "10 seconds", "`tenant-welcome`", "login link", "temporary password",
        "getting started guide", "30 seconds", "sets a password (if new)",
        "Welcome → Chat Panel → Preview → Deploy", "2 minutes",
        "HTML is rendered in the preview panel", "- [ ] Tenant can log in successfully",
        "- [ ] Tenant sees correct plan/limits", "- [ ] Tenant can generate a test page",
        "- [ ] Welcome email was received", "- [ ] Onboarding tour completed (or skipped)",
        "- [ ] No errors in account", "Resend via Cognito", "Wrong plan assigned",
        "Reset via the admin console", "at least 99 %", "at most 1 hour", "at least 70 %",
        "at least 50 %", "BP-001", "RB-001", "BP-006",
      ]
    ),
    (
      "manual-onboarding.yaml",
      [
        "- [ ] **PayFast transaction ID**", "- [ ] **Customer email address**",
        "- [ ] **Selected plan**", "- [ ] **Customer name/company**",
        "Log into the PayFast dashboard", "Search for the transaction ID",
        "skip to Step 5", "Create item", "Create user", "custom:tenant_id", "INV-",
        "tenant_admin", "manual-welcome", "Record all created IDs", "Resolved", "24-hour follow-up",
        "Cognito user locked",
      ]
    ),
    (
      "enterprise-onboarding.json",
      [
        "Pre-onboarding call", "30 minutes", "Requirements, timeline, brand guidelines",
        "SSO/SAML configuration", "Custom domain setup", "Brand guidelines import",
        "User bulk import", "Engineering", "Training", "check-in",
      ]
    ),
  ])
  func `the written procedure says what the SOP says`(
    _ workflow: String, _ phrases: [String]
  ) throws {
    try project()
      .baton("document", "workflows/\(workflow)")
      .then { scenario in
        for phrase in phrases {
          #expect(scenario.output.contains(phrase), "\(workflow): \(phrase)")
        }
      }
  }

  @Test func `by hand an imported user gets the role that the procedure gives`() throws {
    try project()
      .baton("document", "workflows/enterprise-onboarding.json")
      .then { scenario in
        let start = try #require(scenario.output.range(of: "Step 4.4.2.3: "))
        let end = try #require(scenario.output.range(of: "Step 4.4.2.5: "))
        let steps = scenario.output[start.lowerBound..<end.lowerBound]
        #expect(steps.contains("`custom:roles`: tenant_member\n"))
        #expect(steps.contains("`role`: tenant_member\n"))
        #expect(steps.contains("Email: [email from “Settle which address is imported, if any”]\n"))
        #expect(!steps.contains("tenant_admin"))
      }
      .file(
        "import.yaml",
        """
        baton: 1
        id: import
        name: Import
        steps:
          - { id: password, name: Make a password, action: password.generate }
          - id: user
            name: Create the user
            action: identity.create_user
            with:
              email: ben@example.com
              temporary_password: ${{ steps.password.outputs.password }}
              roles: [tenant_member]
          - id: record
            name: Create the record
            action: users.create
            with:
              user_id: ${{ steps.user.outputs.user_id }}
              tenant_id: ten_1
              email: ben@example.com
              role: tenant_member
        """
      )
      .baton("run", "import.yaml", "--by-hand", exits: 4)
      .baton("done", "RUN", "password", "password=Tmp-9Yk4-Xw2q", "--reason", "made one", exits: 4)
      .baton("status", "RUN")
      .then { scenario in
        #expect(scenario.output.contains("Email: ben@example.com"))
        #expect(scenario.output.contains("`custom:roles`: tenant_member"))
        #expect(!scenario.output.contains("Tmp-9Yk4-Xw2q"))
      }
  }

  @Test func `the form follows the file's ending`() throws {
    try project()
      .baton("document", "workflows/standard-onboarding.yaml", "-o", "sop.html", prints: "")
      .baton("graph", "workflows/standard-onboarding.yaml", "-o", "sop.svg", prints: "")
      .baton("graph", "workflows/standard-onboarding.yaml", "-o", "sop.dot", prints: "")
      .baton("graph", "workflows/standard-onboarding.yaml")
      .then { scenario in
        #expect(scenario.output.contains("flowchart TD"))
        try #expect(scenario.text("sop.html").hasPrefix("<!doctype html>"))
        try #expect(scenario.text("sop.svg").hasPrefix("<svg "))
        try #expect(scenario.text("sop.dot").hasPrefix("digraph "))
      }
      .baton("graph", "absent.yaml", exits: 6)
  }
}
