import Networks

extension WeightFit: SettingConvertible {}
extension MaskChoice: SettingConvertible {}

extension WeightFit {
    static let setting = PlanSetting<LayerPlan>(
        "fit", \.fitting,
        .choice(
            of: WeightFit.self,
            [
                .compensated: "weights make good what others lose for the layer's outputs",
                .sequential: "the same behind the layers before it as the plan makes them",
            ]),
        help: "What weights are rounded and pruned by: each alone, or all for what the layer hands on for training examples."
    ).knob("fit") { !$0.weights.isProduct && ($0.weights != .float32 || $0.prunes) }.of { $0.part == nil }.idle { plan, _ in
        if plan.weights.isProduct { return IdleReason("its weights are a product", cure: "give it weighting outputs, or leave it out") }
        guard plan.weights == .float32, !plan.prunes else { return nil }
        return IdleReason("nothing is rounded or pruned", cure: "give it a level or a representation, or leave it out")
    }
}

extension MaskChoice {
    static let setting = PlanSetting<LayerPlan>(
        "mask", \.masking, .choice(of: MaskChoice.self, [.obs: "one after another the weight whose loss the others make good best"]),
        help: "Which weights of a compensated layer are pruned; as many as by magnitude."
    ).knob("mask") { $0.fitting != .nearest && $0.prunes && $0.pattern == nil }.of { $0.part == nil }.idle { plan, _ in
        if plan.fitting == .nearest {
            return IdleReason("each weight is pruned alone", cure: "give it 'fit: compensated', or leave it out")
        }
        if plan.pattern != nil { return IdleReason("its pattern says which weights go", cure: "leave one of both out") }
        return plan.prunes ? nil : .nothingPruned
    }
}
