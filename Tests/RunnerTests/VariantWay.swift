import Testing
import Values

/// One way through a variant of the onboarding, and what people and customers do on it.
struct VariantWay: Sendable, CustomTestStringConvertible {
  /// What somebody helpful does for a step that waits.
  enum Help: Sendable {
    case answer(ValueMap)
    /// Texts in its data that start with `$` stand for what the run has made by then.
    case event(String, ValueMap)
    case approve
    /// The first time it is rejected, then approved.
    case rejectFirst
  }

  let testDescription: String
  let workflow: String
  let inputs: ValueMap
  /// What is in the world before the run: operations and their inputs.
  let before: [(operation: String, inputs: ValueMap)]
  /// By the address of the step, without the numbers of rounds and items.
  let help: [String: [Help]]
  var database = "data/site-builder.db"

  /// Which of its stops are played where not all are.
  var offset: Int { testDescription.utf8.count }
}

private func ticks(_ names: String...) -> ValueMap {
  ValueMap(names.map { ($0, .bool(true)) })
}

private func ticks(_ names: String..., and values: ValueMap) -> ValueMap {
  var all = ValueMap(names.map { ($0, .bool(true)) })
  for member in values { all.set(member.key, member.value) }
  return all
}

extension VariantWay {
  static let all = [
    standard, standardKnownLogin, manual, manualFound, manualTenantAlone, enterprise,
    enterprisePlain,
    sms, smsLocal,
  ]

  // MARK: Standard

  private static let payment: ValueMap = [
    "order_id": "A-1", "transaction_id": "T-1", "amount": 99, "email": "ana@example.com",
    "plan": "professional",
  ]

  private static let quality = ticks(
    "can_log_in", "correct_plan", "can_generate", "email_received", "tour_done", "no_errors")

  private static let standardHelp: [String: [Help]] = [
    "first_login": [.event("site.user_logged_in", ["user_id": "$user"])],
    "tour": [.event("site.tour_completed", ["user_id": "$user"])],
    "first_site": [.event("site.page_generated", ["user_id": "$user"])],
    "quality": [.answer(quality)],
  ]

  private static let standard = VariantWay(
    testDescription: "standard", workflow: "standard-onboarding",
    inputs: ["order_id": "A-1"], before: [("payments.record", payment)], help: standardHelp)

  private static let standardKnownLogin = VariantWay(
    testDescription: "standard, with a login that is there", workflow: "standard-onboarding",
    inputs: ["order_id": "A-1"],
    before: [
      ("payments.record", payment),
      (
        "identity.create_user",
        ["email": "ana@example.com", "temporary_password": "Tmp-secret-1", "roles": ["reader"]]
      ),
    ], help: standardHelp)

  // MARK: Manual

  private static let manualInputs: ValueMap = [
    "ticket_id": "K-1", "transaction_id": "T-1", "email": "ana@example.com",
    "plan": "professional", "company": "Ana Ltd",
  ]

  private static let manualHelp: [String: [Help]] = [
    "prerequisites": [.answer(ticks("payment", "email", "plan", "company"))],
    "verify_payment": [
      .answer([
        "status": "COMPLETE", "amount": 99, "email": "ana@example.com", "date": "2026-01-18",
      ])
    ],
    "issues": [.answer(["issues": "none"])],
    "quality": [.answer(quality)],
  ]

  private static let tenant: ValueMap = [
    "tenant_id": "ten_0", "owner_user_id": "gone", "email": "ana@example.com", "plan": "enterprise",
    "limits": ["sites": 1, "users": 1, "generations_per_month": 1],
    "billing": ["transaction_id": "T", "invoice_number": "I"],
  ]

  private static let manual = VariantWay(
    testDescription: "manual", workflow: "manual-onboarding", inputs: manualInputs, before: [],
    help: manualHelp)

  private static let manualTenantAlone = VariantWay(
    testDescription: "manual, with the tenant alone, on another plan",
    workflow: "manual-onboarding", inputs: manualInputs, before: [("tenants.create", tenant)],
    help: manualHelp)

  private static let manualFound = VariantWay(
    testDescription: "manual, with tenant and login there, and the ticket",
    workflow: "manual-onboarding", inputs: manualInputs,
    before: [
      ("tenants.create", tenant),
      (
        "identity.create_user",
        ["email": "ana@example.com", "temporary_password": "Tmp-secret-1", "roles": ["reader"]]
      ), ("tickets.record", ["ticket_id": "K-1", "text": "It has failed"]),
    ], help: manualHelp)

  // MARK: Enterprise

  private static let enterpriseInputs: ValueMap = [
    "order_id": "A-1", "ticket_id": "K-1", "company": "Big Ltd", "champion": "Cara",
    "champion_email": "cara@big.example",
  ]

  private static let enterpriseBefore: [(operation: String, inputs: ValueMap)] = [
    (
      "payments.record",
      [
        "order_id": "A-1", "transaction_id": "T-1", "amount": 990, "email": "cara@big.example",
        "plan": "enterprise",
      ]
    )
  ]

  private static func call(wantsAll: Bool) -> Help {
    var values = ticks("requirements", "timeline", "brand")
    for what in ["sso", "domain", "brand", "users"] { values["wants_\(what)"] = .bool(wantsAll) }
    return .answer(values)
  }

  private static func enterpriseHelp(wantsAll: Bool) -> [String: [Help]] {
    var help: [String: [Help]] = [:]
    for (step, what) in standardHelp { help["standard/\(step)"] = what }
    let checkIn = ticks(
      "adoption", "issues", and: ["feedback": "Good", "adjust": wantsAll ? true : false])
    let last = ticks("adoption", "issues", and: ["feedback": "Good", "adjust": false])
    let more: [String: [Help]] = [
      "call_time": [.answer(["at": "2026-01-01T08:00:00Z"])], "call": [call(wantsAll: wantsAll)],
      "sso_details": [
        .answer(["provider": "okta", "metadata_url": "https://big.example/m.xml"])
      ],
      "sso_test": [
        .event("sso.login_succeeded", ["tenant_id": "$tenant"]), .answer(ticks("entered")),
      ],
      "domain_name": [.answer(["domain": "pages.big.example"])],
      "domain_live/domain_news": [.event("domains.went_live", ["domain": "pages.big.example"])],
      "domain_help": [.answer(ticks("corrected"))],
      "brand_material": [
        .answer(["logo_url": "https://big.example/l.svg", "colours": ["#0a3d62"]])
      ],
      "user_list": [
        .answer(["users": [["email": "u1@big.example"], ["email": "u2@big.example"]]])
      ],
      "released": [.rejectFirst], "rework": [.answer(ticks("reworked"))],
      "training_time": [.answer(["at": "2026-01-01T08:00:00Z"])],
      "training": [
        .answer(
          ticks(
            "overview", "practices", "questions",
            and: ["recording_url": "https://video.big.example/1"]))
      ],
      "success/check_in": [.answer(checkIn), .answer(last)],
      "success/adjustment": [.answer(["adjusted": "The colours"])],
    ]
    return help.merging(more) { $1 }
  }

  private static let enterprise = VariantWay(
    testDescription: "enterprise", workflow: "enterprise-onboarding", inputs: enterpriseInputs,
    before: enterpriseBefore, help: enterpriseHelp(wantsAll: true))

  private static let enterprisePlain = VariantWay(
    testDescription: "enterprise, with nothing special", workflow: "enterprise-onboarding",
    inputs: enterpriseInputs, before: enterpriseBefore, help: enterpriseHelp(wantsAll: false))

  // MARK: SMS

  private static let business = "3f0e5f0a-8a6b-4c58-9a5e-0d8d4f7a2b11"

  private static let smsHelp: [String: [Help]] = [
    "deposit_paid": [.event("invoices.paid", ["invoice_id": "I-1"])],
    "form_submitted": [
      .event("forms.submitted", ["business_id": .string(business), "invoice_id": "I-1"])
    ],
    "review": [.answer(ticks("complete", and: ["job_duration": 90]))],
    "price_approved": [.approve],
    "tested": [
      .event("dashboards.lead_captured", ["business_id": .string(business)]),
      .event("dashboards.conversation_captured", ["business_id": .string(business)]),
      .answer(ticks("responds", "loads", "demo", "calendar", "stats")),
    ],
    "checklist": [
      .answer(
        ticks(
          "step_1", "step_2", "step_3", "step_4", "step_5", "step_6", "step_7", "step_8", "step_9",
          and: ["provisioner": "Mia", "minutes": 45]))
    ],
    "day_1_call": [.answer(["reached": true])], "day_3_call": [.answer(["finding": "nothing"])],
    "watch_for": [.answer(["login_issues": "none"])],
  ]

  private static func invoice(_ status: String) -> (operation: String, inputs: ValueMap) {
    (
      "invoices.record",
      [
        "invoice_id": "I-1", "amount": 250, "status": .string(status), "contact_name": "Alex",
        "contact_email": "alex@example.com",
      ]
    )
  }

  private static let form: (operation: String, inputs: ValueMap) = (
    "forms.record",
    [
      "business_id": .string(business), "invoice_id": "I-1", "business_name": "Smith Plumbing",
      "contact_name": "Alex", "email": "alex@example.com", "phone": "+61400000000",
    ]
  )

  private static let smsInputs: ValueMap = [
    "invoice_id": "I-1", "client": "Alex Smith", "email": "alex@example.com",
  ]

  private static let sms = VariantWay(
    testDescription: "sms", workflow: "sms-business-onboarding", inputs: smsInputs,
    before: [invoice("AUTHORISED"), form], help: smsHelp, database: "data/sms-business.db")

  private static let smsLocal = VariantWay(
    testDescription: "sms, with a login and a client who is known",
    workflow: "sms-business-onboarding",
    inputs: [
      "invoice_id": "I-1", "client": "Alex Smith", "email": "alex@example.com",
      "auth_is_built": true,
    ],
    before: [
      invoice("PAID"), form,
      (
        "crm.set_status", ["email": "alex@example.com", "name": "Alex Smith", "status": "Lead"]
      ),
    ], help: smsHelp, database: "data/sms-business.db")
}
