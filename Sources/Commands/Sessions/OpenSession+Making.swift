import Sessions

extension OpenSession {
    /// A session by its name, which is made where there is none, or only what a kill left of it. Throws where it is another network's.
    static func opened(orMade name: String, for model: OpenedModel, locations: Locations) throws(CommandFailure) -> OpenSession {
        let session: OpenSession
        do throws(SessionError) { session = try model.openSession(name, locations: locations) } catch { throw CommandFailure(error) }
        do throws(CommandFailure) {
            try session.contents.identity.check(model, session: name)
            return session
        } catch {
            session.discard()
            throw error
        }
    }
}
