package org.tfckpt.graph.text;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.tfckpt.tensor.ErrorContext;
import org.tfckpt.tensor.UnsupportedFormatException;

/** The variables of a text by name, in the order in which they are first printed. Not thread-safe. */
final class VariableList {
    /** The memory that a variable needs besides its name. */
    private static final int BYTES_PER_VARIABLE = 400;

    private static final int MAX_UNCERTAIN = 10_000;
    private static final String REPLICA = "/replica_";

    private final Map<String, PrintedVariable> variables = new LinkedHashMap<>();
    private final Set<String> printed = new LinkedHashSet<>();
    private final Set<String> wanted = new LinkedHashSet<>();
    private final Limited contradictions = new Limited();
    private long memory;

    /** What may be variables: they are if a line like theirs, without others in between, certainly is one. */
    private final List<PrintedVariable> uncertain = new ArrayList<>();

    private String run = "";
    private boolean certain;
    private boolean broken;

    /** Adds a variable that the text prints. */
    void add(PrintedVariable variable) throws UnsupportedFormatException {
        printed.add(variable.name());
        put(variable);
    }

    /** Adds a variable that an error of a failed restore names. */
    void addWanted(PrintedVariable variable) throws UnsupportedFormatException {
        wanted.add(variable.name());
        put(variable);
    }

    /**
     * Adds what may be a variable.
     *
     * @param form lines of the same form support each other
     * @param isCertain whether it certainly is a variable
     */
    void add(PrintedVariable variable, String form, boolean isCertain) throws UnsupportedFormatException {
        if (!form.equals(run)) {
            endRun();
            run = form;
        }
        if (isCertain || certain) {
            certain = true;
            acceptUncertain();
            add(variable);
        } else if (uncertain.size() < MAX_UNCERTAIN) {
            uncertain.add(variable);
        }
    }

    /** Tells that a line has no variable. */
    void otherLine() {
        broken = true;
        endRun();
    }

    private void endRun() {
        broken |= !uncertain.isEmpty();
        uncertain.clear();
        certain = false;
        run = "";
    }

    private void acceptUncertain() throws UnsupportedFormatException {
        for (PrintedVariable variable : uncertain) {
            add(variable);
        }
        uncertain.clear();
    }

    private void put(PrintedVariable variable) throws UnsupportedFormatException {
        PrintedVariable before = variables.get(variable.name());
        if (before == null) {
            memory += BYTES_PER_VARIABLE + 2L * variable.name().length();
            if (memory > Runtime.getRuntime().maxMemory() / 2) {
                throw new UnsupportedFormatException(
                        "the text has more than " + variables.size() + " variables, too many for the heap",
                        ErrorContext.hint("increase the heap with -Xmx"));
            }
            variables.put(variable.name(), variable);
            return;
        }
        if (variable.contradicts(before)) {
            contradictions.add("'" + variable.name() + "' first as " + before.description() + ", last as "
                    + variable.description());
        }
        variables.put(variable.name(), variable.withGapsFrom(before));
    }

    /** Returns the variables, after the whole text was read. */
    List<PrintedVariable> finish() throws UnsupportedFormatException {
        if (!broken) {
            // The text consists of nothing else.
            acceptUncertain();
        }
        return variables.values().stream().filter(this::isNoReplica).toList();
    }

    /** A replica of a distribution strategy is named as the variable, with its number. */
    private boolean isNoReplica(PrintedVariable variable) {
        int end = variable.name().length();
        int digits = end;
        while (digits > 0 && TextWindow.isDigit(variable.name().charAt(digits - 1))) {
            digits--;
        }
        String base = variable.name().substring(0, digits);
        if (digits == end || !base.endsWith(REPLICA)) {
            return true;
        }
        PrintedVariable first = variables.get(base.substring(0, base.length() - REPLICA.length()));
        return first == null || first.contradicts(variable);
    }

    /** Returns whether an error names a variable that the text does not print, so that it does not print all. */
    boolean isPartial() {
        return !printed.containsAll(wanted);
    }

    Limited contradictions() {
        return contradictions;
    }

    /** The first few of many texts. */
    static final class Limited {
        private static final int MAX_SHOWN = 5;

        private final Set<String> shown = new LinkedHashSet<>();
        private long count;

        void add(String text) {
            if (shown.size() < MAX_SHOWN && !shown.add(text)) {
                return;
            }
            count++;
        }

        long count() {
            return count;
        }

        @Override
        public String toString() {
            return String.join(", ", shown) + (count > shown.size() ? ", …" : "");
        }
    }
}
