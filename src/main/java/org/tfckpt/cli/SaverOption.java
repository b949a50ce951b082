package org.tfckpt.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Stack;
import org.jspecify.annotations.Nullable;
import org.tfckpt.graph.Graph;
import org.tfckpt.graph.GraphSaver;
import org.tfckpt.tensor.TensorNames;
import picocli.CommandLine.IParameterPreprocessor;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;

/** The option that selects a saver of the graph. */
final class SaverOption {
    /** Selects the graph's first saver; no node has an empty name. */
    private static final String FIRST = "";

    @Option(
            names = "--saver",
            arity = "0..1",
            paramLabel = "NAME",
            preprocessor = Preprocessor.class,
            description =
                    "Compare only the variables that the graph's own saver restores, by the names that it restores"
                            + " them from. NAME is the saver's scope, for example save_1 (default: the first saver).")
    private @Nullable String name;

    SaverOption() {}

    /** Takes the next argument as NAME only if enough arguments follow for the other parameters. */
    static final class Preprocessor implements IParameterPreprocessor {
        Preprocessor() {}

        @Override
        @SuppressWarnings("JdkObsolete") // picocli's signature
        public boolean preprocess(Stack<String> args, CommandSpec command, ArgSpec option, Map<String, Object> info) {
            boolean attached = !" ".equals(info.get("separator"));
            if (!attached && (args.isEmpty() || args.peek().startsWith("-") || !isSpare(args, command))) {
                args.push(FIRST);
            }
            return false;
        }

        private static boolean isSpare(List<String> args, CommandSpec command) {
            long needed = command.positionalParameters().stream()
                    .filter(parameter -> parameter.stringValues().isEmpty())
                    .count();
            int given = 0;
            for (int i = args.size() - 1; i >= 0; i--) {
                OptionSpec option = command.findOption(args.get(i));
                if (option != null) {
                    i -= option.arity().min();
                } else if (!args.get(i).startsWith("--")) {
                    given++;
                }
            }
            return given > needed;
        }
    }

    /** Returns the selected saver; empty if the option was not given. */
    Optional<GraphSaver> of(Graph graph) {
        if (name == null) {
            return Optional.empty();
        }
        List<GraphSaver> savers = graph.savers();
        Optional<GraphSaver> found = savers.stream()
                .filter(saver -> name.isEmpty() || matches(saver))
                .findFirst();
        if (found.isEmpty()) {
            List<String> scopes = savers.stream().map(SaverOption::scope).toList();
            throw new IllegalArgumentException(
                    name.isEmpty() || scopes.isEmpty()
                            ? "--saver: the graph '" + graph.file() + "' has no saver"
                            : "--saver: the graph has no saver '" + TensorNames.printable(name) + "'; it has '"
                                    + TensorNames.printable(String.join("', '", scopes)) + "'");
        }
        return found;
    }

    private boolean matches(GraphSaver saver) {
        return List.of(scope(saver), saver.filenameTensor()).contains(name)
                || saver.restoreOp().filter(op -> op.equals(name)).isPresent();
    }

    /** Returns the scope of a saver's nodes, for example 'save' if they include 'save/Const'. */
    static String scope(GraphSaver saver) {
        String tensor = saver.filenameTensor();
        return tensor.contains("/") ? tensor.substring(0, tensor.lastIndexOf('/')) : tensor;
    }

    /** Returns the option as words of a shell command line. */
    List<String> words() {
        return name == null
                ? List.of()
                : List.of(name.isEmpty() ? "--saver" : "--saver=" + MappingOptions.quoted(name));
    }
}
