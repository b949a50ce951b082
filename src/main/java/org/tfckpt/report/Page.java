package org.tfckpt.report;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.tfckpt.format.Destination;
import org.tfckpt.io.JsonOutput;
import org.tfckpt.io.NewFile;

/** The page: a template with one style sheet, one script, and the data between them. */
final class Page {
    private static final List<String> SCRIPTS = List.of(
            "format.js", "data.js", "tree.js", "treemap.js", "table.js", "details.js", "sections.js", "main.js");
    private static final String DATA = "@data@";

    private Page() {}

    static void write(Path file, boolean overwrite, JsonOutput.Element<Columns> content) throws IOException {
        String style = resource("report.css");
        String script = "'use strict';\n(() => {\n"
                + SCRIPTS.stream().map(Page::resource).collect(Collectors.joining())
                + "})();\n";
        String page = resource("report.html")
                .replace("@style-hash@", hash(style))
                .replace("@script-hash@", hash(script))
                .replace("@style@", style)
                .replace("@script@", script);
        int data = page.indexOf(DATA);
        Destination.write(file, overwrite, bytes -> {}, target -> {
            try (OutputStream out = new BufferedOutputStream(new Target(target))) {
                out.write(page.substring(0, data).getBytes(StandardCharsets.UTF_8));
                try (Columns json = new Columns(out)) {
                    json.object(() -> content.write(json));
                }
                out.write(page.substring(data + DATA.length()).getBytes(StandardCharsets.UTF_8));
            }
        });
    }

    private static String resource(String name) {
        try (InputStream in = Page.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String hash(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return "'sha256-" + Base64.getEncoder().encodeToString(digest) + "'";
        } catch (NoSuchAlgorithmException everyJvmHasIt) {
            throw new IllegalStateException(everyJvmHasIt);
        }
    }

    private static final class Target extends OutputStream {
        private final NewFile file;

        Target(NewFile file) {
            this.file = file;
        }

        @Override
        public void write(int b) throws IOException {
            file.write(ByteBuffer.wrap(new byte[] {(byte) b}));
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            file.write(ByteBuffer.wrap(bytes, offset, length));
        }
    }
}
