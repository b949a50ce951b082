package org.tfckpt.cli;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.tfckpt.restore.NameMapping;
import org.tfckpt.restore.SuggestedPlan;
import org.tfckpt.restore.VariableSource;
import org.tfckpt.restore.Wanted;

/** Writes the Python code that restores the variables that are found, with TensorFlow. */
final class RestoreInPython {
    private static final String VARIABLES = "tf.compat.v1.global_variables()";

    private final List<VariableSource> matched;
    private final SuggestedPlan plan;
    private final Optional<List<String>> notRestored;
    private final String prefix;
    private final boolean eager;
    private final List<String> lines = new ArrayList<>();

    /**
     * Creates the code for a plan.
     *
     * @param plan the plan
     * @param prefix the checkpoint
     * @param eager whether the variables are those of a program that runs eagerly
     */
    RestoreInPython(SuggestedPlan plan, String prefix, boolean eager) {
        this.plan = plan;
        this.matched = plan.comparison().matched();
        this.notRestored = plan.notRestored();
        this.prefix = PythonCode.string(prefix);
        this.eager = eager;
    }

    /** Returns the lines of the code. */
    List<String> lines(List<String> rules) {
        Optional<Map.Entry<String, String>> scopes = scopes();
        if (eager || !plan.comparison().collisions().isEmpty()) {
            assignments(rules);
        } else if (scopes.isPresent()) {
            lines.add("# before the variables are initialized");
            lines.add("tf.compat.v1.train.init_from_checkpoint(" + prefix + ", {"
                    + PythonCode.string(scopes.get().getValue()) + ": "
                    + PythonCode.string(scopes.get().getKey()) + "})");
        } else {
            saver(rules);
        }
        List<String> code = new ArrayList<>();
        if (lines.stream().anyMatch(line -> line.contains("re."))) {
            code.add("import re");
        }
        code.add("import tensorflow as tf");
        code.add("");
        code.addAll(lines);
        return code;
    }

    /** Returns the scopes in the graph and in the checkpoint, if all variables of one scope come from another one. */
    private Optional<Map.Entry<String, String>> scopes() {
        String name = matched.get(0).wanted().variable();
        String source = source(matched.get(0));
        int common = 0;
        for (int i = 1; i <= Math.min(name.length(), source.length()); i++) {
            if (name.charAt(name.length() - i) != source.charAt(source.length() - i)) {
                break;
            }
            boolean start = (i == name.length() || name.charAt(name.length() - i - 1) == '/')
                    && (i == source.length() || source.charAt(source.length() - i - 1) == '/');
            common = start ? i : common;
        }
        String graph = name.substring(0, name.length() - common);
        String checkpoint = source.substring(0, source.length() - common);
        boolean all = common > 0
                && !graph.equals(checkpoint)
                && plan.comparison().variables().stream().allMatch(each -> inScope(each, graph, checkpoint));
        return all
                ? Optional.of(Map.entry(graph.isEmpty() ? "/" : graph, checkpoint.isEmpty() ? "/" : checkpoint))
                : Optional.empty();
    }

    private boolean inScope(VariableSource source, String graph, String checkpoint) {
        String name = source.wanted().variable();
        boolean found = source.tensor().isPresent();
        return name.startsWith(graph)
                ? found
                        && source.wanted().part().isEmpty()
                        && source(source).equals(checkpoint + name.substring(graph.length()))
                : !found;
    }

    private static String source(VariableSource source) {
        return source.tensor().orElseThrow().name();
    }

    private Map<String, String> sources() {
        Map<String, String> sources = new LinkedHashMap<>();
        matched.forEach(each -> sources.put(each.wanted().variable(), source(each)));
        return sources;
    }

    /** Returns the expression for the name in the checkpoint of {@code name}, after lines that it needs. */
    private String renamed(List<String> rules) {
        Map<String, String> names = sources();
        names.entrySet().removeIf(pair -> pair.getKey().equals(pair.getValue()));
        if (names.isEmpty()) {
            return "name";
        }
        NameMapping mapping = MappingOptions.sed(NameMapping.NONE, rules);
        boolean byRules = matched.stream()
                .allMatch(each -> mapping.apply(each.wanted().variable()).equals(source(each)));
        Optional<List<String>> substitutions = byRules ? PythonCode.substitutions(rules) : Optional.empty();
        if (substitutions.isEmpty()) {
            dictionary("renamed", names);
            return "renamed.get(name, name)";
        }
        if (substitutions.get().size() == 1) {
            return substitutions.get().get(0);
        }
        lines.add("def source(name):");
        substitutions.get().forEach(call -> lines.add("    name = " + call));
        lines.add("    return name");
        lines.add("");
        return "source(name)";
    }

    private void dictionary(String variable, Map<String, String> names) {
        lines.add(variable + " = {");
        names.forEach(
                (name, source) -> lines.add("    " + PythonCode.string(name) + ": " + PythonCode.string(source) + ","));
        lines.add("}");
    }

    /** Returns the condition for variables to restore; empty if all are. */
    private String condition() {
        return notRestored
                .filter(globs -> !globs.isEmpty())
                .map(globs -> "not re.match(" + PythonCode.raw(PythonCode.regex(globs)) + ", name)")
                .orElse("");
    }

    private void saver(List<String> rules) {
        boolean parts = matched.stream().anyMatch(each -> each.wanted().part().isPresent());
        boolean same = matched.stream().allMatch(RestoreInPython::isSavedByItsName);
        if (notRestored.isEmpty() || (parts && !same)) {
            explicit();
        } else if (condition().isEmpty() && same) {
            lines.add("saver = tf.compat.v1.train.Saver()");
        } else {
            String name = same ? "name" : renamed(rules);
            lines.add("variables = {v.op.name: v for v in " + VARIABLES + "}");
            if (!condition().isEmpty()) {
                lines.add("variables = {name: v for name, v in variables.items()");
                lines.add("             if " + condition() + "}");
            }
            lines.add(
                    same
                            ? "saver = tf.compat.v1.train.Saver(list(variables.values()))"
                            : "saver = tf.compat.v1.train.Saver({" + name + ": v for name, v in variables.items()})");
        }
        if (matched.size() < plan.comparison().variables().size()) {
            lines.add("# initialize the other variables first");
        }
        lines.add("saver.restore(session, " + prefix + ")");
    }

    private static boolean isSavedByItsName(VariableSource source) {
        Wanted wanted = source.wanted();
        String name = wanted.part().isPresent() ? wanted.name() : wanted.variable();
        return name.equals(source(source));
    }

    private void explicit() {
        Map<String, List<String>> sources = new LinkedHashMap<>();
        for (VariableSource each : matched) {
            sources.computeIfAbsent(source(each), none -> new ArrayList<>(1))
                    .add("variables[" + PythonCode.string(each.wanted().variable()) + "]");
        }
        lines.add("variables = {v.op.name: v for v in " + VARIABLES + "}");
        lines.add("saver = tf.compat.v1.train.Saver({");
        sources.forEach((tensor, variables) -> lines.add("    " + PythonCode.string(tensor) + ": "
                + (variables.size() == 1 ? variables.get(0) : variables) + ","));
        lines.add("})");
    }

    private void assignments(List<String> rules) {
        Map<String, String> names = sources();
        lines.add("reader = tf.train.load_checkpoint(" + prefix + ")");
        String source = "sources[name]";
        String condition = "name in sources";
        if (notRestored.isEmpty()
                || names.entrySet().stream().noneMatch(pair -> pair.getKey().equals(pair.getValue()))) {
            dictionary("sources", names);
        } else {
            source = renamed(rules);
            condition = condition();
        }
        lines.add("for v in " + (eager ? "model.variables" : VARIABLES) + ":");
        lines.add("    name = " + (eager ? "getattr(v, 'path', v.name).split(':')[0]" : "v.op.name"));
        String indent = condition.isEmpty() ? "    " : "        ";
        if (!condition.isEmpty()) {
            lines.add("    if " + condition + ":");
        }
        String value = "reader.get_tensor(" + source + ")";
        lines.add(indent + (eager ? "v.assign(" + value + ")" : "v.load(" + value + ", session)"));
    }
}
