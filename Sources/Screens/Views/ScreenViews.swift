/// Every view, in the order of the help: the panes with their numbers, what takes their place, boxes, and lines at the foot.
enum ScreenViews {
    static let panes: [any PaneView.Type] = [
        LayersView.self, HistogramView.self, CentroidsView.self, AccuracyView.self, ExampleView.self, TrainingView.self,
    ]

    static let all: [any ScreenView.Type] =
        panes + [
            MaskMapView.self, LadderView.self, CompareView.self, FrontView.self, SessionsView.self, ThemesView.self, MessagesView.self,
            RetrainView.self,
            GridView.self, BypassView.self, SensitivityView.self, NextStepsView.self, BudgetView.self, GroupsView.self, SettingsView.self,
            ExportView.self, HelpView.self, PaletteView.self,
            PromptView.self,
            QuestionView.self,
        ]

    /// What can be done in single views.
    static let commands: [Command] = all.flatMap { $0.commands }
}
