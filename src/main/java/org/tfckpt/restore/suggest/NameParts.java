package org.tfckpt.restore.suggest;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * The parts of a name, and a normalized word for each part, which is the same for all its spellings.
 *
 * @param raw the parts between the slashes
 * @param words the normalized word of each part; empty if the part adds nothing to the others
 */
record NameParts(List<String> raw, List<String> words) {
    /** Synonyms used by TF1 layers, its RNN cells, contrib, slim, Keras and Sonnet. */
    private static final Map<String, String> SYNONYMS = spellings(Map.ofEntries(
            Map.entry("kernel", "weights weight w w0 dw matrix filters filter depthwisekernel depthwiseweights"),
            Map.entry("bias", "biases b b0"),
            Map.entry("gamma", "scale"),
            Map.entry("beta", "offset shift"),
            Map.entry("movingmean", "runningmean movingaverage"),
            Map.entry("movingvariance", "runningvar runningvariance movingvar"),
            Map.entry("dense", "fullyconnected"),
            Map.entry("batchnormalization", "batchnorm batchnormalizationv1"),
            Map.entry("embeddings", "embedding embeddingtable embeddingweights")));

    /** PyTorch names the parameters of a normalization like those of other layers. */
    private static final Map<String, String> OF_NORMALIZATION = Map.of("weight", "gamma", "bias", "beta");

    private static final Pattern NORMALIZATION = Pattern.compile("(?s).*norm.*|(?:ln|bn|gn)[0-9_]*(?:f|final)?");

    private static final String OUTPUT = ":0";

    /** Returns the word for each of its spellings, which are separated by blanks. */
    static Map<String, String> spellings(Map<String, String> words) {
        Map<String, String> wordOf = new HashMap<>();
        words.forEach((word, spellings) -> {
            for (String spelling : spellings.split(" ", -1)) {
                wordOf.put(spelling, word);
            }
        });
        return wordOf;
    }

    static NameParts of(String name) {
        List<String> raw = List.of(name.split("/", -1));
        List<String> words = new ArrayList<>(raw.size());
        boolean attributes = false;
        for (int i = 0; i < raw.size(); i++) {
            String part = raw.get(i);
            // The rest of an object's key does not describe the variable: '.ATTRIBUTES/VARIABLE_VALUE'.
            attributes |= i > 0 && part.equals(".ATTRIBUTES");
            // TF1's 'Linear/Matrix' and 'Linear/Bias' were later called 'kernel' and 'bias'.
            boolean linear = part.equals("Linear")
                    && i + 1 < raw.size()
                    && (raw.get(i + 1).equals("Matrix") || raw.get(i + 1).equals("Bias"));
            words.add(attributes || linear ? "" : word(part));
        }
        int last = words.size() - 1;
        if (last > 0 && NORMALIZATION.matcher(words.get(last - 1)).matches()) {
            words.set(last, OF_NORMALIZATION.getOrDefault(raw.get(last), words.get(last)));
        }
        return new NameParts(raw, words);
    }

    /** 'BasicLSTMCell' and 'basic_lstm_cell' are one word; the underscore of 'conv1_1' is kept: 'conv11' is another. */
    private static String word(String part) {
        StringBuilder word = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            if (part.charAt(i) != '_' || (isDigit(part, i - 1) && isDigit(part, i + 1))) {
                word.append(part.charAt(i));
            }
        }
        String lower = word.toString().toLowerCase(Locale.ROOT);
        lower = lower.endsWith(OUTPUT) ? lower.substring(0, lower.length() - OUTPUT.length()) : lower;
        // 'fully_connected_1' is the second of its kind.
        int number = part.lastIndexOf('_') + 1;
        boolean numbered = number > 1 && part.substring(number).chars().allMatch(c -> c >= '0' && c <= '9');
        int end = numbered ? lower.length() - (part.length() - number) : lower.length();
        String kind = SYNONYMS.get(lower.substring(0, Math.max(0, end)));
        return kind != null ? kind + lower.substring(end) : lower.isEmpty() ? part : lower;
    }

    private static boolean isDigit(String text, int at) {
        return at >= 0 && at < text.length() && Character.isDigit(text.charAt(at));
    }

    int size() {
        return raw.size();
    }

    /** Returns the last word that is not empty. */
    String lastWord() {
        int last = size() - 1;
        while (last > 0 && words.get(last).isEmpty()) {
            last--;
        }
        return words.get(last);
    }

    /** Returns the number of words that are not empty. */
    int meaningfulWords() {
        int count = 0;
        for (String word : words) {
            count += word.isEmpty() ? 0 : 1;
        }
        return count;
    }
}
