package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.tfckpt.restore.Alignment.Edit;
import org.tfckpt.tensor.TensorNames;

/** The rules that would make one name of another. None has been tried on the other names yet. */
final class RuleProposals {
    /** More differences than these in one name are no rule. */
    private static final int MOST_EDITS = 4;

    private RuleProposals() {}

    static Set<String> of(SplitName name, SplitName source) {
        Set<String> proposals = new LinkedHashSet<>();
        for (boolean merged : new boolean[] {false, true}) {
            List<Edit> edits = Alignment.edits(name, source, merged);
            if (edits.isEmpty() || edits.size() > MOST_EDITS) {
                continue;
            }
            for (boolean anyNumber : new boolean[] {false, true}) {
                for (RuleText.Context context : RuleText.Context.values()) {
                    proposal(name, source, edits, context, anyNumber).ifPresent(proposals::add);
                }
            }
        }
        return proposals;
    }

    /** From the last difference to the first: so the parts that a rule asks for around its own are still as they were. */
    private static Optional<String> proposal(
            SplitName name, SplitName source, List<Edit> edits, RuleText.Context context, boolean anyNumber) {
        List<String> rules = new ArrayList<>(edits.size());
        boolean someNumber = false;
        for (int i = edits.size() - 1; i >= 0; i--) {
            Optional<String> exact = RuleText.of(name, edits.get(i), context, false);
            Optional<String> rule =
                    anyNumber ? RuleText.of(name, edits.get(i), context, true).or(() -> exact) : exact;
            if (rule.isEmpty()) {
                return Optional.empty();
            }
            someNumber |= !rule.equals(exact);
            rules.add(rule.get());
        }
        String text = String.join(";", rules);
        // A name with a line break or foreign bytes could not be pasted; one of blanks or semicolons is read back
        // right.
        boolean printable = text.equals(TensorNames.printable(text));
        if (!printable || (anyNumber && !someNumber)) {
            return Optional.empty();
        }
        return NameMapping.sed(text).apply(String.join("/", name.raw())).equals(String.join("/", source.raw()))
                ? Optional.of(text)
                : Optional.empty();
    }
}
