package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.WireFormat;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tfckpt.proto.DataType;
import org.tfckpt.proto.GraphDef;
import org.tfckpt.tensor.CheckpointException;

@Timeout(120)
class LargeGraphTest {
    private static final int VARIABLES = 1000;

    @TempDir
    Path temporary;

    /** Opens a graph in a small heap. */
    static final class Probe {
        private Probe() {}

        public static void main(String[] args) throws IOException {
            try {
                Graph graph = Graph.open(Path.of(args[0]));
                System.out.println(graph.variables().size() + " of " + graph.nodeCount());
            } catch (CheckpointException e) {
                System.out.println(e.getMessage());
            }
        }
    }

    private String inHeap(String size, Path file) throws IOException, InterruptedException {
        Path output = temporary.resolve("output");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx" + size,
                        "-cp",
                        System.getProperty("java.class.path")
                                + File.pathSeparator
                                + System.getProperty("surefire.test.class.path", ""),
                        Probe.class.getName(),
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        process.waitFor();
        return Files.readString(output).strip();
    }

    private static byte[] variables() {
        GraphBuilder builder = new GraphBuilder();
        for (int i = 0; i < VARIABLES; i++) {
            builder.variable("scope/v_" + i, "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape(i, 3));
        }
        return builder.graphDef().toByteArray();
    }

    /** What stands before bytes so many that no array holds them: tag and length. */
    private static byte[] head(int field, long length) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        CodedOutputStream out = CodedOutputStream.newInstance(bytes);
        out.writeTag(field, WireFormat.WIRETYPE_LENGTH_DELIMITED);
        out.writeUInt64NoTag(length);
        out.flush();
        return bytes.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Arrays.stream(parts).forEach(all::writeBytes);
        return all.toByteArray();
    }

    @Test
    void frozenConstantsOfHundredsOfMegabytesAreNotRead() throws Exception {
        long size = 300L << 20;
        // From the inside outwards: tensor_content, tensor, AttrValue, key and value, node.
        byte[] content = head(4, size);
        byte[] tensor = head(8, content.length + size);
        byte[] value = head(2, tensor.length + content.length + size);
        byte[] key =
                GraphDef.newBuilder().addNodeBuilder().setName("value").build().toByteArray(); // a text of field 1
        long entry = key.length + value.length + tensor.length + content.length + size;
        byte[] attribute = head(5, entry);
        byte[] names = org.tfckpt.proto.NodeDef.newBuilder()
                .setName("frozen")
                .setOp("Const")
                .build()
                .toByteArray();
        byte[] node = head(1, names.length + attribute.length + entry);
        Path file = temporary.resolve("frozen.pb");
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE, StandardOpenOption.SPARSE)) {
            channel.write(ByteBuffer.wrap(join(node, names, attribute, key, value, tensor, content)));
            channel.position(channel.position() + size);
            channel.write(ByteBuffer.wrap(variables()));
        }
        assertThat(inHeap("32m", file)).endsWith(VARIABLES + " of " + (VARIABLES + 1));
    }

    @Test
    void aTextIsParsedInSixTimesItsSizeAndRejectedInASmallerHeap() throws Exception {
        Path file = temporary.resolve("frozen.pbtxt");
        byte[] piece = "\\001\\002abc".repeat(1 << 16).getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write("node { name: 'frozen' op: 'Const' attr { key: 'value' value { tensor { tensor_content: \""
                    .getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 40; i++) {
                out.write(piece);
            }
            out.write("\" } } } }\n".getBytes(StandardCharsets.UTF_8));
            out.write(com.google.protobuf.TextFormat.printer()
                    .printToString(GraphDef.parseFrom(variables()))
                    .getBytes(StandardCharsets.UTF_8));
        }
        assertThat(Files.size(file)).isGreaterThan(27L << 20);
        assertThat(inHeap("180m", file)).endsWith(VARIABLES + " of " + (VARIABLES + 1));
        assertThat(inHeap("150m", file)).contains("too large for a heap", "increase the heap with -Xmx");
    }
}
