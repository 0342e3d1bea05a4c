/// Every view, in the order of the help: the panes with their numbers, what takes their place, boxes, and lines at the foot.
enum ScreenViews {
    static let all: [any ScreenView.Type] = [
        LayersView.self, HistogramView.self, CentroidsView.self, AccuracyView.self, ExampleView.self, TrainingView.self,
        MaskMapView.self, LadderView.self, CompareView.self, SessionsView.self, ThemesView.self, MessagesView.self, RetrainView.self,
        GridView.self, BypassView.self, SettingsView.self, HelpView.self, PaletteView.self, PromptView.self, QuestionView.self,
    ]

    static let panes: [any PaneView.Type] = all.compactMap { $0 as? any PaneView.Type }

    /// What can be done in single views.
    static let commands: [Command] = all.flatMap { $0.commands }
}
