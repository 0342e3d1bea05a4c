import Frames

extension ExampleView {
    package static let commands: [Command] = [
        Command(
            "toggle-flipped", "All or flipped examples", "Steps through all examples, or those whose prediction changed.",
            keys: [.character("f")], in: [.example], .views
        ) { explorer, _ in explorer.toggleSubset() }.hinted(6, "flipped only"),
        Command(
            "enter-example", "Go to an example by number", "The number counts from 0 in the split.",
            keys: [.character("#")], in: [.example], .views, unless: { $0.dataset == nil ? "no data were found" : nil }
        ) { explorer, _ in
            let placeholder = String(explorer.example.index)
            explorer.ask(TextPrompt(.exampleNumber, placeholder: placeholder))
        }.hinted(7, "number"),
    ]
}
