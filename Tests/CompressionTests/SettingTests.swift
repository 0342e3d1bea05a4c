import Compression
import TestSupport
import Testing

@Suite("Settings")
struct SettingTests {
    @Test("A setting of a plan set to its own value changes nothing, and to another one it has that value")
    func setting() {
        for plan in LayerPlan.examples {
            for setting in LayerPlan.allSettings {
                guard let value = setting.value(in: plan) else { continue }
                var same = plan
                setting.set(value, in: &same)
                #expect(setting.value(in: same) == value)
                // Bits of a lattice are those that hold its levels: other steps have as many.
                if setting.key != nil { #expect(same == plan, "\(setting.name)") }
            }
        }
    }

    @Test("A setting that a plan does not have is not set in it")
    func absence() {
        for setting in LayerPlan.allSettings where setting.name.contains(".") && setting.value(in: .unchanged) == nil {
            for value in setting.examples {
                var plan = LayerPlan.unchanged
                setting.set(value, in: &plan)
                #expect(plan == .unchanged || setting.name == "activations.bits", "\(setting.name)")
            }
        }
    }

    @Test("What is copied has the value of the layer that it comes from, and the rest stays")
    func copying() {
        let plans = LayerPlan.examples
        for (source, target) in zip(plans, plans.reversed()) {
            for setting in LayerPlan.allSettings {
                guard let value = setting.value(in: source) else { continue }
                var copy = target
                setting.copy(from: source, to: &copy)
                let isOfProduct = source.weights.isProduct && source.weights.form.settings.list.contains { $0.id == setting.id }
                if isOfProduct, !target.weights.isProduct {
                    // A rank or a method alone makes no product.
                    #expect(copy == target)
                    continue
                }
                #expect(setting.value(in: copy) == value, "\(setting.name)")
                if source.weights.form.settings.list.contains(where: { $0.name == setting.name }), setting.key != nil {
                    #expect(copy.weights == source.weights)
                    copy.weights = target.weights
                    #expect(copy == target)
                }
            }
        }
    }

    @Test("Keys lead to one setting each, and every knob has a word")
    func names() {
        let keys = LayerPlan.allSettings.filter { $0.key != nil }
        let shared: Set = ["group", "step", "lambda"]
        let names = keys.map(\.name).filter { !shared.contains($0) }
        #expect(Set(names).count == names.count)
        for setting in LayerPlan.allSettings where setting.key == nil { #expect(setting.word != nil) }
    }

    @Test("Each form takes the place of every other, with the bits that are wanted")
    func forms() throws {
        for form in FormSettings.all {
            for old in WeightRepresentation.examples {
                let new = form.taking(over: old)
                #expect(new.name == form.name && new.form.name == form.name)
                #expect(form.name != old.name || new == old)
                guard let bits = form.bits, let range = new.bitRange else { continue }
                for wanted in range {
                    let made = form.taking(over: old, bits: wanted)
                    #expect(bits.value(in: LayerPlan(weights: made)) == .number(Double(wanted)) && made == made.withBits(wanted))
                }
            }
        }
        #expect(FormSettings.named("linear")?.taking(over: .shared(WeightSharing(bits: 3))).bits == 3)
        #expect(FormSettings.named("nf4")?.taking(over: .linear(LinearQuantization(bits: 4, group: 32))) == .normalFloat(group: 32))
    }
}
