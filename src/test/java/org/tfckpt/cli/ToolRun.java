package org.tfckpt.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Json;

/** One run of the tool within this process. */
record ToolRun(int code, String out, String err) {
    static ToolRun of(Object... args) {
        return of("", false, args);
    }

    static ToolRun withInput(String in, Object... args) {
        return of(in, false, args);
    }

    static ToolRun onTerminal(Object... args) {
        return of("", true, args);
    }

    private static ToolRun of(String in, boolean terminal, Object... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        List<String> strings =
                java.util.Arrays.stream(args).map(Object::toString).toList();
        int code = Main.run(
                strings,
                new ByteArrayInputStream(in.getBytes(StandardCharsets.UTF_8)),
                out,
                new PrintStream(err, true, StandardCharsets.UTF_8),
                terminal);
        return new ToolRun(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    static String testdata(String path) {
        return Corpus.root().resolve(path).toString();
    }

    List<String> lines() {
        return out.lines().toList();
    }

    java.util.Map<String, Object> json() throws java.io.IOException {
        return Json.object(Json.parse(out));
    }
}
