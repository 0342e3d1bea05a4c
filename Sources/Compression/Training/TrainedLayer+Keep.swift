extension TrainedLayer {
    /// A policy's mask, with the largest weights kept where it would leave fewer than the plan's floor.
    ///
    /// Blocks leave enough by themselves, and N of M are as many as they are. They are found among those that are kept before or after: what was pruned long ago stays so. Cost: O(n), and a sort where that is so.
    func leavingEnough(_ mask: [UInt8]?) -> [UInt8]? {
        guard plan.pattern == nil, let keep = plan.keep, let mask, mask.count(where: { $0 != 0 }) < keep else { return mask }
        let values = floats.floats
        let found = mask.indices.filter { mask[$0] != 0 || isKept($0) }
            .sorted { (values[$0].magnitude, $0) < (values[$1].magnitude, $1) }
        var enough = [UInt8](repeating: 0, count: mask.count)
        for index in found.suffix(keep) { enough[index] = 1 }
        return enough
    }
}
