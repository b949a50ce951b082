package org.tfckpt.restore;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A name's parts as they are, and what they mean: in a few spellings that the years have given the same things.
 *
 * @param raw the parts between the slashes
 * @param meanings the same in one spelling
 * @param ends for each meaning, the number of the first part behind it: one meaning may take several parts
 */
record SplitName(List<String> raw, List<String> meanings, List<Integer> ends) {
    /**
     * Of TF1's layers and of its RNN cells over their eras (BasicLSTMCell/Linear/Matrix, basic_lstm_cell/weights,
     * basic_lstm_cell/kernel), of contrib, Keras and Sonnet.
     */
    private static final Map<String, String> SPELLINGS = Map.ofEntries(
            Map.entry("weights", "kernel"),
            Map.entry("weight", "kernel"),
            Map.entry("w", "kernel"),
            Map.entry("w_0", "kernel"),
            Map.entry("dw", "kernel"),
            Map.entry("matrix", "kernel"),
            Map.entry("filters", "kernel"),
            Map.entry("filter", "kernel"),
            Map.entry("biases", "bias"),
            Map.entry("b", "bias"),
            Map.entry("b_0", "bias"),
            Map.entry("scale", "gamma"),
            Map.entry("offset", "beta"),
            Map.entry("shift", "beta"),
            Map.entry("running_mean", "moving_mean"),
            Map.entry("moving_average", "moving_mean"),
            Map.entry("running_var", "moving_variance"),
            Map.entry("running_variance", "moving_variance"),
            Map.entry("moving_var", "moving_variance"),
            Map.entry("embedding", "embeddings"),
            Map.entry("embedding_table", "embeddings"),
            Map.entry("embedding_weights", "embeddings"));

    private static final String ATTRIBUTES = ".ATTRIBUTES";

    /** Makes such names, and remembers the parts that it has seen. Safe from many threads. */
    static final class Splitter {
        private final Map<String, String> meanings = new ConcurrentHashMap<>();

        SplitName split(String name) {
            List<String> raw = List.of(name.split("/", -1));
            List<String> meanings = new ArrayList<>(raw.size());
            List<Integer> ends = new ArrayList<>(raw.size());
            for (int i = 0; i < raw.size(); i++) {
                String part = raw.get(i);
                boolean linear = part.equals("Linear") && i + 1 < raw.size();
                if (linear && (raw.get(i + 1).equals("Matrix") || raw.get(i + 1).equals("Bias"))) {
                    // Says nothing that the next part does not: together they are a kernel, or a bias.
                    continue;
                }
                if (part.equals(ATTRIBUTES) && !meanings.isEmpty()) {
                    // The key of an object's value means what its path means.
                    ends.set(ends.size() - 1, raw.size());
                    break;
                }
                meanings.add(this.meanings.computeIfAbsent(part, SplitName::meaning));
                ends.add(i + 1);
            }
            return new SplitName(raw, meanings, ends);
        }
    }

    private static String meaning(String part) {
        StringBuilder snake = new StringBuilder(part.length() + 4);
        for (int i = 0; i < part.length(); i++) {
            if (i > 0 && part.charAt(i) != '_' && part.charAt(i - 1) != '_' && isWordStart(part, i)) {
                snake.append('_');
            }
            snake.append(part.charAt(i));
        }
        String lower = snake.toString().toLowerCase(Locale.ROOT);
        return SPELLINGS.getOrDefault(lower, lower);
    }

    /** BasicLSTMCell: before B, L and C; Cell0: before C and 0. */
    private static boolean isWordStart(String part, int at) {
        char before = part.charAt(at - 1);
        char here = part.charAt(at);
        if (Character.isDigit(here)) {
            return Character.isLetter(before);
        }
        boolean lowerNext = at + 1 < part.length() && Character.isLowerCase(part.charAt(at + 1));
        return Character.isUpperCase(here)
                && (Character.isLowerCase(before) || (Character.isUpperCase(before) && lowerNext));
    }

    int start(int meaning) {
        return meaning == 0 ? 0 : ends.get(meaning - 1);
    }

    int size() {
        return meanings.size();
    }
}
