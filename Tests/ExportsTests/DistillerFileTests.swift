import Compression
import Exports
import Foundation
import Networks
import Tensors
import Testing

@Suite("Distiller's schedules")
struct DistillerFileTests {
    let layers = ScheduleFixture.layers

    @Test("Pruners, quantizers, regularizers and rates become policies of one stage")
    func reading() throws {
        let base = TrainingRecipe(epochs: 99, batchSize: 32, rate: LearningRate(rate: 0.5))
        let schedule = try ScheduleFile.schedule(from: ScheduleFixture.distiller, for: layers, recipe: base)
        let stage = try #require(schedule.stages.first)
        #expect(schedule.stages.count == 1)
        #expect(stage.recipe == TrainingRecipe(epochs: 10, batchSize: 32, rate: LearningRate(rate: 0.5, course: .constant)))
        #expect(stage.plan == CompressionPlan())
        let splicing = ScheduleAction.splicing(sensitivities: ["conv2.weight": 0.5], low: 0.9, high: 1.1)
        let expected = [
            SchedulePolicy(
                name: "first", action: .sensitivity(["fc1.weight": 0.5, "fc2.weight": 0.25, "conv1.weight": 0.25, "conv2.weight": 0.25]),
                start: 0, end: 9, frequency: 2, batchFrequency: 16),
            SchedulePolicy(
                name: "agp", action: .gradual(initial: 0.05, final: 0.8, weights: ["fc1.weight", "fc2.weight"]), start: 1, end: 8,
                frequency: 2),
            SchedulePolicy(name: "surgery", action: splicing, start: 0, end: 1),
            SchedulePolicy(name: "surgery", action: splicing, start: 3, end: 4),
            SchedulePolicy(name: "surgery", action: splicing, start: 4, end: 5),
            SchedulePolicy(name: "levels", action: .level(["conv1.weight": 0.3]), start: 2, end: 7, frequency: 2),
            SchedulePolicy(name: "small", action: .magnitude(["fc2.weight": 0.01]), start: 5, end: 6),
            // conv2 as given for all, fc1 and fc2 by the first expression that matches them.
            SchedulePolicy(
                name: "dorefa",
                action: .dorefa(
                    weights: ["conv2.weight": 4, "fc1.weight": 1, "fc2.weight": 1],
                    activations: ["conv2.weight": 8, "fc1.weight": 8, "fc2.weight": 8]), start: 0, end: 10),
            SchedulePolicy(name: "l1", action: .lasso(["fc1.weight": 0.000002]), start: 0, end: 4),
            SchedulePolicy(name: "decay", action: .rate(factors: [3: 0.5, 6: 0.5, 9: 0.5]), start: 0, end: 10),
        ]
        for (policy, wanted) in zip(stage.policies, expected) { #expect(policy == wanted) }
        #expect(stage.policies.count == expected.count)
    }

    @Test(
        "Pruners that rank structures mask channels",
        arguments: [
            ("L1RankedStructureParameterPruner", "desired_sparsity: 0.5, group_type: Filters", FilterPolicy(weights: [], final: 0.5)),
            ("L1RankedStructureParameterPruner", "desired_sparsity: 0.5, group_type: 3D", FilterPolicy(weights: [], final: 0.5)),
            (
                "L2RankedStructureParameterPruner", "desired_sparsity: 0.5, group_type: Channels, noise: 0, group_size: 1",
                FilterPolicy(weights: [], final: 0.5, criterion: .l2, side: .inputs)
            ),
            (
                "L2RankedStructureParameterPruner_AGP", "initial_sparsity: 0.1, final_sparsity: 0.5, group_type: Rows, kwargs: null",
                FilterPolicy(weights: [], initial: 0.1, final: 0.5, criterion: .l2, side: .inputs)
            ),
            (
                "L1RankedStructureParameterPruner_AGP",
                "initial_sparsity: 0.1, final_sparsity: 0.5, group_type: Filters, group_dependency: Leader",
                FilterPolicy(weights: [], initial: 0.1, final: 0.5, rankers: .first)
            ),
            (
                "ActivationAPoZRankedFilterPruner", "desired_sparsity: 0.5, group_type: Filters",
                FilterPolicy(weights: [], final: 0.5, criterion: .apoz)
            ),
            (
                "ActivationMeanRankedFilterPruner_AGP", "initial_sparsity: 0, final_sparsity: 0.5, group_type: Filters",
                FilterPolicy(weights: [], initial: 0, final: 0.5, criterion: .mean)
            ),
            (
                "GradientRankedFilterPruner", "desired_sparsity: 0.5, group_type: Filters",
                FilterPolicy(weights: [], final: 0.5, criterion: .taylor)
            ),
            (
                "RandomRankedFilterPruner_AGP", "initial_sparsity: 0, final_sparsity: 0.5, group_type: 3D, group_dependency: null",
                FilterPolicy(weights: [], initial: 0, final: 0.5, criterion: .random)
            ),
        ])
    func structures(name: String, settings: String, policy: FilterPolicy) throws {
        let text = """
            pruners: {p: {class: \(name), \(settings), weights: [module.conv1.weight, conv2.weight]}}
            policies: [{pruner: {instance_name: p}, starting_epoch: 1, ending_epoch: 5, frequency: 2}]
            """
        let schedule = try ScheduleFile.schedule(from: text, for: layers)
        var expected = policy
        expected.weights = ["conv1.weight", "conv2.weight"]
        if policy.rankers == .all { expected.rankers = .named }
        #expect(
            schedule.stages[0].policies
                == [SchedulePolicy(name: "p", action: .filters(expected), start: 1, end: 5, frequency: 2)])
        let back = try ScheduleFile.schedule(from: DistillerFile.text(of: schedule, for: layers), for: layers)
        #expect(back.stages[0].policies == schedule.stages[0].policies)
    }

    @Test(
        "Removers make what is left smaller; one that no policy uses does nothing",
        arguments: ["FilterRemover", "ChannelRemover", "StructureRemover"])
    func removers(name: String) throws {
        let text = """
            pruners: {p: {class: SparsityLevelParameterPruner, levels: {fc1.weight: 0.5}}}
            extensions:
              thinner: {class: \(name), thinning_func_str: remove_filters, arch: resnet20_cifar, dataset: cifar10}
            policies:
              - {pruner: {instance_name: p}, epochs: [0]}
            """
        let used = text + "\n  - {extension: {instance_name: thinner}, epochs: [3]}"
        let stage = try ScheduleFile.schedule(from: used, for: layers).stages[0]
        #expect(stage.thins == true && stage.recipe?.epochs == 4 && stage.policies.count == 1)
        #expect(try ScheduleFile.schedule(from: text, for: layers).stages[0].thins == nil)
        let back = try ScheduleFile.schedule(
            from: DistillerFile.text(of: CompressionSchedule(stages: [stage]), for: layers), for: layers)
        #expect(back.stages[0].thins == true && back.stages[0].recipe?.epochs == 4)
        let other = used.replacingOccurrences(of: "remove_filters", with: "remove_all")
        let error = #expect(throws: ScheduleFileError.self) { try ScheduleFile.schedule(from: other, file: "d.yaml", for: layers) }
        #expect(error?.description.hasPrefix("d.yaml:3:") == true && error?.description.contains("'remove_all'") == true)
    }

    @Test(
        "Regularizers of groups, what they make zero, and pruners that go by thresholds of groups",
        arguments: [
            (
                "regularizer", "GroupLassoRegularizer", "{conv1.weight: [0.002, 3D], fc1.weight: [0.1, Rows+Cols]}", "", "",
                ScheduleAction.penalty(
                    StructurePenalty(
                        kind: .lasso,
                        terms: [
                            "conv1.weight": [StructureTerm(.filters, 0.002)],
                            "fc1.weight": [StructureTerm(.filters, 0.1), StructureTerm(.inputs, 0.1)],
                        ]))
            ),
            (
                "regularizer", "GroupLassoRegularizer", "{module.conv2.weight: [0.002, Channels]}", ", threshold_criteria: Mean_Abs",
                ", args: {keep_mask: True}",
                .penalty(
                    StructurePenalty(
                        kind: .lasso, terms: ["conv2.weight": [StructureTerm(.inputs, 0.002)]], zeros: .mean, keepsZeros: true))
            ),
            (
                "regularizer", "GroupLassoRegularizer", "{conv2.weight: [0.5, 2D], conv1.weight: [1, 4D]}", ", threshold_criteria: null",
                "",
                .penalty(
                    StructurePenalty(
                        kind: .lasso, terms: ["conv2.weight": [StructureTerm(.kernels, 0.5)], "conv1.weight": [StructureTerm(.layer, 1)]]))
            ),
            (
                "regularizer", "GroupVarianceRegularizer", "{conv2.weight: [0.000008, Channels]}", "", "",
                .penalty(StructurePenalty(kind: .variance, terms: ["conv2.weight": [StructureTerm(.inputs, 0.000008)]]))
            ),
            (
                "regularizer", "L1Regularizer", "{fc1.weight: 0.001}", ", threshold_criteria: Max", "",
                .penalty(StructurePenalty(kind: .lasso, terms: ["fc1.weight": [StructureTerm(.elements, 0.001)]], zeros: .largest))
            ),
            (
                "pruner", "StructureParameterPruner", "{conv1.weight: [0.05, Filters], fc1.weight: [0.01, Cols]}",
                ", threshold_criteria: Max", "",
                .structures(
                    ["conv1.weight": [StructureTerm(.filters, 0.05)], "fc1.weight": [StructureTerm(.inputs, 0.01)]], by: .largest)
            ),
        ])
    func groups(role: String, name: String, regimes: String, settings: String, args: String, action: ScheduleAction) throws {
        let text = """
            \(role)s: {p: {class: \(name), reg_regims: \(regimes)\(settings)}}
            policies: [{\(role): {instance_name: p\(args)}, starting_epoch: 0, ending_epoch: 3, frequency: 1}]
            """
        let schedule = try ScheduleFile.schedule(from: text, for: layers)
        #expect(schedule.stages[0].policies == [SchedulePolicy(name: "p", action: action, start: 0, end: 3)])
        let back = try ScheduleFile.schedule(from: DistillerFile.text(of: schedule, for: layers), for: layers)
        #expect(back.stages[0].policies == schedule.stages[0].policies)
        #expect(try ScheduleFile.schedule(from: ScheduleFile.text(of: schedule), for: layers) == schedule)
    }

    @Test(
        "What Distiller has not either is refused",
        arguments: [
            ("regularizer", "GroupVarianceRegularizer", "[0.1, Filters]", "", "'Filters' is not a choice"),
            ("regularizer", "GroupLassoRegularizer", "[0.1, Planes]", "", "'Planes' is not a choice"),
            ("regularizer", "GroupLassoRegularizer", "0.1", "", "reg_regims"),
            ("regularizer", "GroupLassoRegularizer", "[0.1, 3D]", ", threshold_criteria: Mean_L2", "'Mean_L2' is not a choice"),
            ("pruner", "StructureParameterPruner", "[0.1, 3D]", "", "'threshold_criteria' is missing"),
        ])
    func refusedGroups(role: String, name: String, regime: String, settings: String, reason: String) {
        let text = """
            \(role)s: {p: {class: \(name), reg_regims: {conv1.weight: \(regime)}\(settings)}}
            policies: [{\(role): {instance_name: p}, starting_epoch: 0, ending_epoch: 3, frequency: 1}]
            """
        let error = #expect(throws: ScheduleFileError.self) { try ScheduleFile.schedule(from: text, file: "d.yaml", for: layers) }
        #expect(error?.description.contains(reason) == true, "\(error?.description ?? "")")
    }

    @Test(
        "What Pare ranks otherwise is refused with its place",
        arguments: [
            ("L1RankedStructureParameterPruner", "group_type: Blocks, kwargs: {block_shape: [1, 8, 1, 1]}", "ranked blocks along input"),
            ("L1RankedStructureParameterPruner", "group_type: Filters, noise: 0.2", "noise in a ranking"),
            ("L1RankedStructureParameterPruner", "group_type: Filters, group_size: 8", "leave group_size out"),
            ("ActivationAPoZRankedFilterPruner", "group_type: Channels", "'Channels'"),
            ("L2RankedStructureParameterPruner", "group_type: Filters, group_dependency: Follower", "'Follower'"),
            ("BernoulliFilterPruner", "group_type: Filters", "Pare does not have BernoulliFilterPruner"),
        ])
    func refusedStructures(name: String, settings: String, reason: String) {
        let text = """
            pruners: {p: {class: \(name), desired_sparsity: 0.5, \(settings), weights: [conv1.weight]}}
            policies: [{pruner: {instance_name: p}, starting_epoch: 1, ending_epoch: 5, frequency: 2}]
            """
        let error = #expect(throws: ScheduleFileError.self) { try ScheduleFile.schedule(from: text, file: "d.yaml", for: layers) }
        #expect(error?.description.contains(reason) == true && error?.description.hasPrefix("d.yaml:1:") == true, "\(error as Any)")
    }

    // torch.optim.lr_scheduler with step(epoch + 1) at the end of each active epoch, as Distiller's LRPolicy calls it: the rate of an
    // epoch by hand, γ^power(epoch).
    @Test(
        "Learning rates",
        arguments: [
            ("{class: ExponentialLR, gamma: 0.9}", "starting_epoch: 0, ending_epoch: 4, frequency: 1", [1: 0.9, 2: 0.9, 3: 0.9]),
            // Set by the number of the epoch: what was missed is made up.
            ("{class: ExponentialLR, gamma: 0.5}", "starting_epoch: 2, ending_epoch: 5, frequency: 1", [3: 0.125, 4: 0.5]),
            ("{class: ExponentialLR, gamma: 0.5}", "starting_epoch: 0, ending_epoch: 5, frequency: 2", [1: 0.5, 3: 0.25]),
            ("{class: StepLR, step_size: 2}", "starting_epoch: 0, ending_epoch: 6, frequency: 1", [2: 0.1, 4: 0.1]),
            (
                "{class: MultiStepLR, milestones: [3, 1, 9], gamma: 0.2}", "starting_epoch: 0, ending_epoch: 5, frequency: 1",
                [1: 0.2, 3: 0.2]
            ),
            ("{class: MultiStepLR, milestones: 2, gamma: 0.2}", "starting_epoch: 0, ending_epoch: 5, frequency: 1", [2: 0.2]),
            (
                "{class: MultiStepMultiGammaLR, milestones: [1, 3, 4], gammas: [0.5, 0.25, 4]}",
                "starting_epoch: 0, ending_epoch: 6, frequency: 1", [1: 0.5, 3: 0.25, 4: 4]
            ),
            // Epochs 2 and 3 alone set the rate: what both milestones before have asked for comes at once.
            (
                "{class: MultiStepMultiGammaLR, milestones: [1, 2], gammas: [0.5, 0.25]}",
                "starting_epoch: 2, ending_epoch: 5, frequency: 1", [3: 0.125]
            ),
        ])
    func rates(instance: String, times: String, factors: [Int: Double]) throws {
        let schedule = try ScheduleFile.schedule(
            from: "lr_schedulers: {r: \(instance)}\npolicies: [{lr_scheduler: {instance_name: r}, \(times)}]", for: layers)
        #expect(schedule.stages[0].policies.map(\.action) == [.rate(factors: factors)])
    }

    @Test("A rate that is lowered on a plateau has torch's settings")
    func plateaus() throws {
        func action(_ settings: String) throws -> ScheduleAction {
            let text =
                "lr_schedulers: {r: {class: ReduceLROnPlateau\(settings)}}\n"
                + "policies: [{lr_scheduler: {instance_name: r}, starting_epoch: 2, ending_epoch: 5, frequency: 1}]"
            let schedule = try ScheduleFile.schedule(from: text, for: layers)
            let back = try ScheduleFile.schedule(from: DistillerFile.text(of: schedule, for: layers), for: layers)
            #expect(back.stages[0].policies == schedule.stages[0].policies && schedule.stages[0].policies[0].start == 2)
            let own = try ScheduleFile.schedule(from: ScheduleFile.text(of: schedule), for: layers)
            #expect(own == schedule)
            return schedule.stages[0].policies[0].action
        }
        #expect(try action("") == .plateau(PlateauRule()))
        #expect(try action(", cooldown: 3, patience: 3") == .plateau(PlateauRule(patience: 3, cooldown: 3)))
        let all = ", mode: max, factor: 0.5, threshold: 0.5, threshold_mode: abs, min_lr: 0.001, eps: 0.01, verbose: True"
        #expect(
            try action(all)
                == .plateau(
                    PlateauRule(
                        measure: .accuracy, factor: 0.5, threshold: 0.5, isRelative: false, minimum: 0.001, leastChange: 0.01)))
    }

    @Test("A splicing sensitivity grows from the policy's first epoch, also over uneven epochs: s · (1 + m · (e − start))")
    func growingSensitivity() throws {
        let pruner =
            "pruners: {s: {class: SplicingPruner, low_thresh_mult: 0.9, hi_thresh_mult: 1.1, sensitivity_multiplier: 0.5,"
            + " sensitivities: {fc1.weight: 0.4}}}\n"
        func policies(_ times: String) throws -> [SchedulePolicy] {
            try ScheduleFile.schedule(from: pruner + "policies: [{pruner: {instance_name: s}, \(times)}]", for: layers).stages[0].policies
        }
        func sensitivity(_ policy: SchedulePolicy, _ epoch: Int) -> Double? {
            guard case .splicing(let sensitivities, 0.9, 1.1, let growth) = policy.action else { return nil }
            return sensitivities["fc1.weight"].map { $0 * (1 + (growth ?? 0) * Double(epoch - policy.start)) }
        }
        let even = try policies("starting_epoch: 2, ending_epoch: 9, frequency: 1")
        #expect(even.count == 1 && sensitivity(even[0], 2) == 0.4 && sensitivity(even[0], 6).map { abs($0 - 1.2) < 1e-12 } == true)
        let uneven = try policies("epochs: [1, 3, 4]")
        #expect(uneven.map(\.start) == [1, 3, 4])
        for (policy, expected) in zip(uneven, [0.4, 0.8, 1.0]) {
            #expect(sensitivity(policy, policy.start).map { abs($0 - expected) < 1e-12 } == true)
        }
    }

    @Test("A word or number stands for a list of one")
    func listsOfOne() throws {
        let text = """
            pruners: {p: {class: AutomatedGradualPruner, initial_sparsity: 0, final_sparsity: 0.5, weights: module.fc1.weight}}
            policies:
              - {pruner: {instance_name: p}, starting_epoch: 0, ending_epoch: 4, frequency: 1}
            """
        let stage = try ScheduleFile.schedule(from: text, for: layers).stages[0]
        #expect(stage.policies[0].action == .gradual(initial: 0, final: 0.5, weights: ["fc1.weight"]))
        let levels = "pruners: {p: {class: SparsityLevelParameterPruner, levels: {fc1.weight: 0.5}}}\n"
        let once = try ScheduleFile.schedule(from: levels + "policies: [{pruner: {instance_name: p}, epochs: 3}]", for: layers)
        #expect(once.stages[0].policies.map(\.start) == [3])
    }

    @Test("Overrides may name modules without weights; what no module has is listed")
    func overridesWithoutWeights() throws {
        let modules: Set = ["conv1", "bn1", "layer1.0.relu", "features.3"]
        func text(_ pattern: String) -> String {
            "quantizers: {q: {class: DorefaQuantizer, bits_weights: 4, overrides: {'\(pattern)': {bits_weights: null, bits_activations: null}}}}\n"
                + "policies: [{quantizer: {instance_name: q}, starting_epoch: 0, ending_epoch: 2, frequency: 1}]"
        }
        // features.1 is a module of a Sequential that goes up to 3 at least.
        for pattern in ["bn1", "module.bn1", ".*relu", "features.1", "features.[0-2]"] {
            let schedule = try ScheduleFile.schedule(from: text(pattern), for: layers, modules: modules)
            let bits = Dictionary(uniqueKeysWithValues: layers.map { ($0.weight, 4) })
            #expect(schedule.stages[0].policies.map(\.action) == [.dorefa(weights: bits, activations: [:])])
        }
        for pattern in ["bn2", "features.4", "feature.1", "relu"] {
            let error = #expect(throws: ScheduleFileError.self) {
                try ScheduleFile.schedule(from: text(pattern), for: layers, modules: modules)
            }
            #expect(error?.issues.count == 1 && error?.description.contains("no layer matches '\(pattern)'") == true)
        }
    }

    @Test("A file with quantizers and no policies says what it is")
    func quantizationAfterTraining() {
        let text = "quantizers: {q: {class: PostTrainLinearQuantizer, bits_activations: 8}}"
        let error = #expect(throws: ScheduleFileError.self) { try ScheduleFile.schedule(from: text, file: "q.yaml", for: layers) }
        #expect(error?.description.contains("quantization after training") == true)
        #expect(error?.description.contains("'policies' is missing") == false)
    }

    @Test("What the example of Distiller's documentation asks for in vain is listed")
    func example() throws {
        let error = #expect(throws: ScheduleFileError.self) {
            try ScheduleFile.schedule(from: ScheduleFixture.distillerExample, file: "d.yaml", for: layers)
        }
        #expect(
            error?.description == """
                d.yaml:6:7: pruners.my_pruner.sensitivities: no layer matches 'features.module.0.weight'
                d.yaml:7:7: pruners.my_pruner.sensitivities: no layer matches 'classifier.1.weight'
                d.yaml:12:15: pruners.agp.weights[0]: no layer matches 'module.layer1.0.conv1.weight'
                d.yaml:19:15: pruners.filters.weights[0]: no layer matches 'module.layer3.0.conv2.weight'
                d.yaml:28:50: regularizers.my_L1_reg.reg_regims: no layer matches 'module.layer3.1.conv1.weight'
                """, "\(error?.description ?? "")")
    }

    @Test(
        "Wrong names are listed with near ones",
        arguments: [
            (
                "pruners: {p: {class: SensitivtyPruner}}",
                "pruners.p.class: unknown class 'SensitivtyPruner'; did you mean SensitivityPruner?"
            ),
            (
                "pruners: {p: {class: SensitivityPruner, sensitivities: {module.fc1.wieght: 1}}}",
                "pruners.p.sensitivities: no layer matches 'module.fc1.wieght'; near: fc1.weight, fc2.weight"
            ),
            (
                "pruners: {p: {class: DorefaQuantizer}}",
                "pruners.p.class: unknown class 'DorefaQuantizer'; possible are SensitivityPruner, "
            ),
            (
                "pruners: {p: {class: SensitivityPruner, sensitivity: {}}}",
                "pruners.p: unknown key 'sensitivity'; did you mean sensitivities?"
            ),
            ("pruner: {}", "unknown key 'pruner'; did you mean pruners?"),
            (
                "lr_schedulers: {r: {class: MultiStepMultiGammaLR, milestones: [1, 2], gammas: [0.1]}}",
                "lr_schedulers.r.gammas: Pare does not have milestones that fall or lack their gamma, and neither has Distiller"
            ),
            (
                "lr_schedulers: {r: {class: ReduceLROnPlateau}, s: {class: StepLR, step_size: 2}}\n"
                    + "policies: [{lr_scheduler: {instance_name: r}, epochs: [0]}, {lr_scheduler: {instance_name: s}, epochs: [0]}]",
                "policies: Pare does not have ReduceLROnPlateau beside another scheduler of the rate"
            ),
            (
                "quantizers: {q: {class: DorefaQuantizer, bits_weights: 9}}", "quantizers.q.bits_weights is 9; allowed is 1…8"
            ),
            (
                "quantizers: {q: {class: DorefaQuantizer, overrides: {'cov1': {bits_weights: 1}}}}",
                "quantizers.q.overrides: no layer matches 'cov1'; near: conv1"
            ),
            ("quantizers: {q: {class: DorefaQuantizer, overrides: {'(': {}}}}", "quantizers.q.overrides: '(' is not a regular expression"),
            ("quantizers: {q: {class: PACTQuantizer}}", "quantizers.q.class: Pare does not have PACTQuantizer"),
            (
                "pruners: {p: {class: AutomatedGradualPruner, initial_sparsity: 0.5, final_sparsity: 0.5, weights: [fc1.weight]}}",
                "pruners.p.final_sparsity is 0.5; allowed is 0.5"
            ),
            (
                "policies: [{pruner: {instance_name: prnue}, epochs: [0]}]",
                "policies[0].pruner.instance_name: there is no instance 'prnue'; "
            ),
            (
                "pruners: {prune: {class: SparsityLevelParameterPruner, levels: {'*': 0.5}}}\n"
                    + "policies: [{pruner: {instance_name: prnue, arg: {}}, epochs: [0]}]",
                "policies[0].pruner.instance_name: there is no instance 'prnue'; did you mean prune?"
            ),
            (
                "pruners: {p: {class: SparsityLevelParameterPruner, levels: {'*': 0.5}}}\n"
                    + "policies: [{pruner: {instance_name: p, args: {keep_mask: true}}, epochs: [0]}]",
                "policies[0].pruner.args.keep_mask: Pare does not have pruning with keep_mask"
            ),
            (
                "policies: [{pruner: {instance_name: p}, starting_epoch: 3, ending_epoch: 3}]",
                "policies[0].ending_epoch is 3; allowed is 4…100000"
            ),
            ("policies: [{epochs: [1]}]", "policies[0]: 'extension|lr_scheduler|pruner|quantizer|regularizer' is missing; add it"),
        ])
    func wrongNames(text: String, line: String) {
        let text = text.contains("policies") ? text : text + "\npolicies: []"
        let error = #expect(throws: ScheduleFileError.self) { try ScheduleFile.schedule(from: text, for: layers) }
        let lines = (error?.issues ?? []).map(\.problem.text)
        #expect(lines.contains { $0.hasPrefix(line) }, "\(lines)")
    }

    @Test("What is written for Distiller reads back equal")
    func roundTrip() throws {
        var schedule = try ScheduleFile.schedule(from: ScheduleFixture.distiller, for: layers)
        let text = try DistillerFile.text(of: schedule, for: layers)
        #expect(
            text.hasPrefix("# compress_classifier.py --epochs 10 --batch-size 64 --lr 0.01 --weight-decay 0.0 --momentum 0.9\nversion: 1\n")
        )
        #expect(try ScheduleFile.schedule(from: text, for: layers) == schedule)
        #expect(text.components(separatedBy: "class: SplicingPruner").count == 2)

        schedule.stages[0].plan = CompressionPlan(layers: [
            .init(pattern: "fc1", plan: LayerPlan(pruning: .ratio(1.5))), .init(pattern: "conv*", plan: LayerPlan(pruning: .level(0.5))),
        ])
        let planned = try ScheduleFile.schedule(from: DistillerFile.text(of: schedule, for: layers), for: layers)
        let first = planned.stages[0].policies.prefix(2)
        #expect(first.map(\.action) == [.sensitivity(["fc1.weight": 1.5]), .level(["conv1.weight": 0.5, "conv2.weight": 0.5])])
        #expect(first.allSatisfy { $0.start == 0 && $0.end == 1 })
    }

    @Test("Courses of the rate become torch's schedulers")
    func courses() throws {
        let courses: [(LearningRate.Course, [Int: Double])] = [
            (.exponential(factor: 0.9), [1: 0.9, 2: 0.9, 3: 0.9]), (.steps(factor: 0.1, epochs: [2, 8]), [2: 0.1]),
        ]
        for (course, factors) in courses {
            let policy = SchedulePolicy(name: "p", action: .level(["fc1.weight": 0.5]), start: 0, end: 4)
            let recipe = TrainingRecipe(epochs: 4, rate: LearningRate(course: course))
            let schedule = CompressionSchedule(stages: [.init(name: "s", recipe: recipe, policies: [policy])])
            let back = try ScheduleFile.schedule(from: DistillerFile.text(of: schedule, for: layers), for: layers)
            #expect(back.stages[0].policies.map(\.action) == [.rate(factors: factors), policy.action])
        }
    }

    @Test("What Distiller's files can't say is listed")
    func noEquivalent() throws {
        let plan = CompressionPlan(layers: [
            .init(pattern: "fc1", plan: LayerPlan(pruning: .ratio(1), weights: .shared(WeightSharing(bits: 4)))),
            .init(pattern: "fc2", plan: LayerPlan(weights: .ternary, biases: .int8)),
        ])
        let recipe = TrainingRecipe(optimizer: .adamW(), gradientClip: 1, teachers: [.original])
        let rate = SchedulePolicy(name: "r", action: .rate(factors: [1: 0.5, 2: 0.1]), start: 0, end: 5)
        let schedule = CompressionSchedule(stages: [.init(name: "s", plan: plan, recipe: recipe, policies: [rate])])
        let error = #expect(throws: ScheduleFileError.self) { try DistillerFile.text(of: schedule, for: layers) }
        let paths = (error?.issues ?? []).map { issue in
            if case .noEquivalent(let path, _) = issue.problem { path } else { "\(issue)" }
        }
        #expect(
            paths == [
                "train.clip", "train.teachers", "train.optimizer", "plan.layers.fc1.weight", "plan.layers.fc2.weight",
                "plan.layers.fc2.weight", "train.course",
            ])
        let two = CompressionSchedule(stages: schedule.stages + schedule.stages)
        #expect(throws: ScheduleFileError.self) { try DistillerFile.text(of: two, for: layers) }
    }
}
