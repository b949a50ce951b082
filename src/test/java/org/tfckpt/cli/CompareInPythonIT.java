package org.tfckpt.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.tfckpt.cli.ToolRun.testdata;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Json;

/**
 * Runs the code that {@code compare} writes, in python3, with a module {@code tensorflow} that records which tensor
 * restores which variable. Runs only with {@code -Pinterop}.
 */
@EnabledIfSystemProperty(named = "tfckpt.interop.lib", matches = ".+")
class CompareInPythonIT {
    private static final String TENSORFLOW = """
            import atexit, builtins, json, sys, types

            record = {}
            checkpoint = object()

            class Variable:
                def __init__(self, name):
                    self.name = name + ':0'
                    self.op = types.SimpleNamespace(name=name)
                def assign(self, tensor):
                    assert self.op.name not in record
                    record[self.op.name] = tensor
                def load(self, tensor, session):
                    self.assign(tensor)

            everything = [Variable(name) for name in json.load(open(sys.argv[1], encoding='utf-8'))]
            builtins.session = None
            builtins.model = types.SimpleNamespace(variables=everything)

            class Saver:
                def __init__(self, variables=None):
                    listed = everything if variables is None else variables
                    self.sources = listed if isinstance(listed, dict) else {v.op.name: v for v in listed}
                def restore(self, session, prefix):
                    for source, v in self.sources.items():
                        v.assign(source)

            def init_from_checkpoint(prefix, scopes):
                for source, scope in scopes.items():
                    for v in everything:
                        name = v.op.name
                        start = '' if scope == '/' else scope
                        if name.startswith(start):
                            v.assign(('' if source == '/' else source) + name[len(start):])

            reader = types.SimpleNamespace(get_tensor=lambda name: name)
            train = types.SimpleNamespace(
                Saver=Saver, init_from_checkpoint=init_from_checkpoint, load_checkpoint=lambda prefix: reader)
            compat = types.SimpleNamespace(v1=types.SimpleNamespace(train=train, global_variables=lambda: everything))
            atexit.register(lambda: print(json.dumps(record)))
            """;

    @TempDir
    private Path directory;

    static Stream<List<String>> comparisons() {
        String changed = testdata("story/changed/graph.meta");
        String log = testdata("story/log");
        String field = testdata("field");
        return Stream.of(
                List.of(changed, log),
                List.of("--exclude", "re:^(aux|logit)/|step", "--from", "s#^init/#input/#", changed, log),
                List.of("--from", "s#^i[n]it/#input/#", changed, log),
                List.of(changed, testdata("story/tf2")),
                List.of(testdata("story/tf2"), log),
                List.of(log, testdata("story/tf2")),
                List.of(testdata("story/changed/texts/tf2.txt"), log),
                List.of(testdata("story/changed/texts/keras3.txt"), log),
                List.of(testdata("real/convwta-ckpt/model.ckpt.meta"), testdata("real/convwta-ckpt/model.ckpt")),
                List.of(field + "/classes-changed/graph.pbtxt", field + "/classes-changed/model.ckpt"),
                List.of(field + "/vocabulary-changed/graph.pbtxt", field + "/vocabulary-changed/bert_model.ckpt"),
                List.of(field + "/lstm-renamed/graph.pbtxt", field + "/lstm-renamed/model_final.ckpt"));
    }

    @ParameterizedTest
    @MethodSource("comparisons")
    void theCodeRestoresWhatThePlanSays(List<String> args) throws IOException, InterruptedException {
        check(args);
    }

    @Test
    void namesAreEscaped() throws IOException, InterruptedException {
        Path map = Files.writeString(directory.resolve("map"), "it's\\new\u00e9 \"x\" -> a\nmodel/b' -> b\n");
        check(List.of(
                "--map",
                map.toString(),
                checkpoint("graph", "a", "b", "c/d", "un'known\\", "odd?*.[x]"),
                checkpoint("other", "it's\\new\u00e9 \"x\"", "model/b'", "c/d")));
        check(List.of(
                checkpoint("new", "init/a", "init/b", "init/c/d"),
                checkpoint("old", "in'put/a", "in'put/b", "in'put/c/d")));
    }

    private String checkpoint(String name, String... tensors) throws IOException {
        BundleBuilder builder = new BundleBuilder();
        for (int i = 0; i < tensors.length; i++) {
            builder.floats(tensors[i], new long[] {i + 1}, new float[i + 1]);
        }
        return builder.write(directory.resolve(name)).toString();
    }

    private void check(List<String> args) throws IOException, InterruptedException {
        List<String> planned = new ArrayList<>();
        Map<String, Object> json = compare(args, "--json").json();
        Map<String, Object> plan = Json.object(json.get("plan"));
        Json.<String>list(plan.get("from")).forEach(rule -> planned.addAll(List.of("--from", rule)));
        Json.<String>list(plan.get("exclude")).forEach(glob -> planned.addAll(List.of("--exclude", glob)));
        if (plan.get("no_slots").equals(true)) {
            planned.add("--no-slots");
        }
        List<String> given = new ArrayList<>(args.subList(0, args.size() - 2));
        given.addAll(planned);
        given.addAll(args.subList(args.size() - 2, args.size()));
        Map<String, Object> result = compare(given, "--json").json();
        Map<String, String> expected = new HashMap<>();
        List<String> names = new ArrayList<>(Json.<String>list(result.get("excluded")));
        Json.<Map<String, Object>>list(result.get("matched")).forEach(matched -> {
            names.add((String) matched.get("variable"));
            expected.put((String) matched.get("variable"), (String) matched.get("tensor"));
        });
        assertThat(plan).containsEntry("complete", true);

        Path list = Files.writeString(
                directory.resolve("names"),
                names.stream()
                        .map(name -> '"' + name.replace("\\", "\\\\").replace("\"", "\\\"") + '"')
                        .collect(Collectors.joining(",", "[", "]")));
        Files.writeString(directory.resolve("tensorflow.py"), TENSORFLOW);
        String out = compare(args, "--all").out();
        Path code = Files.writeString(
                directory.resolve("code.py"),
                out.substring(out.indexOf("\nin Python:\n") + "\nin Python:\n".length())
                        .replaceAll("(?m)^  ", ""));
        Process python = new ProcessBuilder("python3", code.toString(), list.toString())
                .redirectErrorStream(true)
                .start();
        String printed = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(python.waitFor())
                .as("%s%n%s", printed, Files.readString(code))
                .isZero();
        assertThat(Json.object(Json.parse(printed))).as(Files.readString(code)).isEqualTo(expected);
    }

    private static ToolRun compare(List<String> args, String option) {
        List<String> all = new ArrayList<>(List.of("compare", option));
        all.addAll(args);
        return ToolRun.of(all.toArray());
    }
}
