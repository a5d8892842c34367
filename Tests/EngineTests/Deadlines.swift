/// A question with every kind of rung, which the run goes on behind.
enum Deadlines {
  static let question = """
    roles: { support: Support, manager: Manager }
    steps:
      - id: q
        role: support
        ask: { message: Ready?, fields: { ok: boolean } }
        due: 4h
        remind: [ 1h before ]
        escalate: [ { after: 2h, to: manager }, { after_due: 1h, to: manager } ]
        expires: 6h
        on_expiry: continue
      - { id: after, set: { x: 1 } }
    """
}
