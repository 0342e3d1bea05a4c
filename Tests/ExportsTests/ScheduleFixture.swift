import Compression
import Exports
import Networks
import Tensors

/// Layers, schedules and texts that the tests of schedule files share.
enum ScheduleFixture {
    static let layers = ["conv1", "conv2", "fc1", "fc2"].enumerated().map { index, name in
        Layer(
            name: name, weight: "\(name).weight", bias: "\(name).bias", shape: [2, 2], node: index, isConvolution: index < 2,
            isTransposed: false)
    }

    static let weights = layers.map(\.weight)

    static func random(_ generator: inout SeededGenerator) -> CompressionSchedule {
        let stages = (0..<Int(generator.next() % 4)).map { index in
            CompressionSchedule.Stage(
                name: ["a", "stage: 1", "it's", "true", ""][Int(generator.next() % 5)] + "\(index)", plan: randomPlan(&generator),
                recipe: generator.next() % 3 == 0 ? nil : recipe(&generator), policies: policies(&generator),
                handsOnCompressed: generator.next() % 2 == 0, thins: generator.next() % 3 == 0 ? true : nil)
        }
        return CompressionSchedule(stages: stages)
    }

    static func recipe(_ generator: inout SeededGenerator) -> TrainingRecipe {
        func pick<Choice>(_ choices: [Choice]) -> Choice { choices[Int(generator.next() % UInt64(choices.count))] }
        let uniform = generator.uniform()
        return TrainingRecipe(
            epochs: pick([1, 7, 100]), batchSize: pick([1, 64]),
            optimizer: pick([
                .sgd(), .sgd(momentum: uniform, isNesterov: true), .adamW(), .adamW(beta1: uniform, beta2: 0.5, epsilon: 1e-3),
            ]),
            rate: LearningRate(
                rate: pick([0.1, 1e-5 + uniform]),
                course: pick([
                    .constant, .steps(factor: 0.1, epochs: [3, 5]), .exponential(factor: 0.9), .cosine(), .cosine(final: uniform),
                    .oneCycle(),
                    .oneCycle(rise: uniform),
                ]), warmUp: pick([0, 0.5])),
            weightDecay: pick([0, 5e-4]), gradientClip: pick([nil, 1.5]), seed: generator.next(),
            augmentation: pick([Augmentation(), Augmentation(shift: 2, flips: true, erasing: uniform)]),
            teachers: pick([[], [.original], [.original, .file("a b.onnx"), .file("original"), .file("*x, y")]]),
            assignment: pick(SharedAssignment.allCases), learnsClips: pick([true, false]))
    }

    static func policies(_ generator: inout SeededGenerator) -> [SchedulePolicy] {
        func pick<Choice>(_ choices: [Choice]) -> Choice { choices[Int(generator.next() % UInt64(choices.count))] }
        return (0..<Int(generator.next() % 4)).map { index in
            let numbers = ["fc1.weight": generator.uniform(), "conv1.weight": 0.25]
            let action: ScheduleAction = pick([
                .magnitude(numbers), .sensitivity(numbers), .level(numbers), .lasso(numbers),
                .gradual(initial: 0.05, final: generator.uniform(), weights: weights),
                .filters(FilterPolicy(weights: weights, final: generator.uniform())),
                .filters(
                    FilterPolicy(
                        weights: ["conv1.weight"], initial: 0.1, final: 0.5, criterion: pick(FilterCriterion.allCases),
                        ranking: pick(FilterRanking.allCases), side: pick(ChannelSide.allCases), rankers: pick(FilterRankers.allCases),
                        seed: 3)),
                .penalty(
                    StructurePenalty(
                        kind: pick(StructurePenalty.Kind.allCases), terms: ["conv1.weight": [StructureTerm(.inputs, 0.25)]],
                        zeros: pick([nil, .mean, .largest]), keepsZeros: pick([true, false]))),
                .structures(
                    ["fc1.weight": [StructureTerm(.filters, generator.uniform()), StructureTerm(.inputs, 0.5)]],
                    by: pick(GroupMeasure.allCases)),
                .bytes(ByteTerm(generator.uniform())), .bytes(ByteTerm(0.25, initial: 0.01, weights: weights)),
                .splicing(sensitivities: numbers, low: 0.9, high: 1.1),
                .splicing(sensitivities: numbers, low: 0.9, high: 1.1, growth: 0.5),
                .ranks(LearnedRanks(share: generator.uniform())),
                .ranks(LearnedRanks(.multiplyAdds, share: 0.25, penalty: 3, growth: 1.5, weights: weights)),
                .dorefa(weights: ["fc1.weight": 1, "fc2.weight": 8], activations: ["fc1.weight": 4]), .rate(factors: [1: 0.5, 7: 0.5]),
                .rate(factors: [1: 0.5, 7: 0.25]), .plateau(PlateauRule(measure: .accuracy, patience: 2, threshold: 0.25, cooldown: 1)),
            ])
            let start = pick([0, 3])
            return SchedulePolicy(
                name: "p \(index)", action: action, start: start, end: start + pick([1, 9]), frequency: pick([1, 2]),
                batchFrequency: pick([nil, 16]))
        }
    }

    /// The example of Distiller's documentation with its keys, on names of these layers where Pare does what is asked for.
    static let distillerExample = """
        version: 1
        pruners:
          my_pruner:
            class: SensitivityPruner
            sensitivities:
              'features.module.0.weight': 0.25
              'classifier.1.weight': 0.875
          agp:
            class: AutomatedGradualPruner
            initial_sparsity: 0.05
            final_sparsity: 0.80
            weights: [module.layer1.0.conv1.weight]
          filters:
            class: L1RankedStructureParameterPruner_AGP
            initial_sparsity: 0.10
            final_sparsity: 0.50
            group_type: Filters
            group_dependency: Leader
            weights: [module.layer3.0.conv2.weight]
        quantizers:
          dorefa_quantizer:
            class: DorefaQuantizer
            bits_activations: 8
            bits_weights: 4
            overrides:                               # regex on MODULE names, first match wins
              conv1: {bits_weights: null, bits_activations: null}   # null = leave in float
        regularizers:
          my_L1_reg: {class: L1Regularizer, reg_regims: {'module.layer3.1.conv1.weight': 0.000002}, threshold_criteria: Mean_Abs}
        lr_schedulers:
          pruning_lr: {class: ExponentialLR, gamma: 0.9}
        extensions:
          net_thinner: {class: FilterRemover, thinning_func_str: remove_filters, arch: resnet56_cifar, dataset: cifar10}
        policies:
          - pruner: {instance_name: my_pruner, args: {mini_batch_pruning_frequency: 16}}
            starting_epoch: 0
            ending_epoch: 38
            frequency: 2
        """

    static let distiller = """
        version: 1
        pruners:
          first: {class: SensitivityPruner, sensitivities: {module.fc1.weight: 0.5, '*': 0.25}}
          agp: {class: AutomatedGradualPruner, initial_sparsity: 0.05, final_sparsity: 0.8, weights: [fc1.weight, fc2.weight]}
          surgery: {class: SplicingPruner, low_thresh_mult: 0.9, hi_thresh_mult: 1.1, sensitivities: {conv2.weight: 0.5}}
          levels: {class: SparsityLevelParameterPruner, levels: {conv1.weight: 0.3}}
          small: {class: MagnitudeParameterPruner, thresholds: {'*': 0, fc2.weight: 0.01}}
        quantizers:
          dorefa:
            class: DorefaQuantizer
            bits_activations: 8
            bits_weights: 4
            overrides:
              conv1: {bits_weights: null, bits_activations: null}
              'fc.*': {bits_weights: 1}
              fc2: {bits_weights: 3}
        regularizers:
          l1: {class: L1Regularizer, reg_regims: {fc1.weight: 0.000002}}
        lr_schedulers:
          decay: {class: StepLR, step_size: 3, gamma: 0.5}
        policies:
          - {pruner: {instance_name: first, args: {mini_batch_pruning_frequency: 16}}, starting_epoch: 0, ending_epoch: 9, frequency: 2}
          - {pruner: {instance_name: agp}, starting_epoch: 1, ending_epoch: 8, frequency: 2}
          - pruner: {instance_name: surgery, args: {mask_on_forward_only: True, use_double_copies: yes, keep_mask: true}}
            epochs: [0, 3, 4]
          - {pruner: {instance_name: levels}, epochs: [2, 4, 6]}
          - {pruner: {instance_name: small, args: null}, epochs: [5]}
          - {quantizer: {instance_name: dorefa}, starting_epoch: 0, ending_epoch: 10, frequency: 1}
          - {regularizer: {instance_name: l1}, starting_epoch: 0, ending_epoch: 4, frequency: 1}
          - {lr_scheduler: {instance_name: decay}, starting_epoch: 0, ending_epoch: 10, frequency: 1}
        """
}
