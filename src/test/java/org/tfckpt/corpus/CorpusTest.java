package org.tfckpt.corpus;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.ReadOptions;
import org.tfckpt.Tensor;
import org.tfckpt.TensorDigest;
import org.tfckpt.tensor.Problem;
import org.tfckpt.tensor.ProblemKind;
import org.tfckpt.tensor.TensorInfo;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.Corpus.Expected;
import org.tfckpt.testing.Json;

@DisplayName("Every checkpoint that TensorFlow wrote is read as TensorFlow reads it")
class CorpusTest {
    static Stream<Arguments> bothWays() {
        return Corpus.checkpoints().stream()
                .flatMap(expected -> Stream.of(
                        Arguments.of(expected, ReadOptions.DEFAULT),
                        Arguments.of(expected, ReadOptions.DEFAULT.withoutMapping())));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("bothWays")
    void namesDtypesShapesPlacesAndDigests(Expected expected, ReadOptions options) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(expected.path(), options)) {
            assertThat((long) checkpoint.shardCount()).isEqualTo(expected.json().get("shards"));
            assertThat(checkpoint.format()).isEqualTo(expected.string("format"));
            assertThat(checkpoint.byteOrder())
                    .isEqualTo(
                            "BIG".equals(expected.string("endianness"))
                                    ? ByteOrder.BIG_ENDIAN
                                    : ByteOrder.LITTLE_ENDIAN);
            List<TensorInfo> infos = checkpoint.tensors().toList();
            assertThat(infos.stream().map(Object::toString).toList())
                    .isEqualTo(expected.tensors().stream().map(CorpusTest::line).toList());
            for (int i = 0; i < infos.size(); i++) {
                tensor(checkpoint, infos.get(i), expected.tensors().get(i));
            }
        }
    }

    private static String line(Map<String, Object> tensor) {
        String shape = Json.list(tensor.get("shape")).toString().replace(" ", "");
        return Corpus.name(tensor) + " (" + tensor.get("dtype") + ") " + shape;
    }

    private static void tensor(Checkpoint checkpoint, TensorInfo info, Map<String, Object> wanted) throws Exception {
        assertThat(checkpoint.find(info.name()).orElseThrow()).isEqualTo(info);
        TensorInfo.Storage storage = info.storage();
        if (storage != null) {
            assertThat((long) storage.shard()).isEqualTo(wanted.get("shard"));
            assertThat(storage.offset()).isEqualTo(wanted.get("offset"));
            assertThat(storage.size()).isEqualTo(wanted.getOrDefault("size", wanted.get("bytes")));
            assertThat(String.format("%08x", storage.crc32c())).isEqualTo(wanted.get("crc32c"));
        }
        boolean here = wanted.containsKey("sha256") || wanted.containsKey("hex");
        assertThat(info.slices().stream().map(Object::toString).toList()).isEqualTo(specs(wanted.get("slices")));
        if (here) {
            assertThat(TensorDigest.sha256(checkpoint.tensor(info.name())))
                    .as(info.name())
                    .isEqualTo(digest(wanted));
        }
        for (Map<String, Object> query : Json.<Map<String, Object>>list(wanted.get("slice_queries"))) {
            Tensor region = checkpoint.tensor(info.name()).slice((String) query.get("slice"));
            assertThat(region.shape().toString().replace(",", ", "))
                    .isEqualTo(query.get("shape").toString());
            assertThat(TensorDigest.sha256(region))
                    .as(info.name() + " " + query)
                    .isEqualTo(query.get("sha256"));
        }
    }

    private static List<Object> specs(@Nullable Object slices) {
        return Json.<Map<String, Object>>list(slices).stream()
                .map(slice -> slice.get("spec"))
                .toList();
    }

    private static String digest(Map<String, Object> wanted) throws Exception {
        if (wanted.containsKey("sha256")) {
            return (String) wanted.get("sha256");
        }
        byte[] bytes = HexFormat.of().parseHex((String) wanted.get("hex"));
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    static List<Expected> all() {
        return Corpus.checkpoints();
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("all")
    void isVerifiedAsIntactButForFilesThatAreNotHere(Expected expected) throws IOException {
        List<Problem> problems = new ArrayList<>();
        try (Checkpoint checkpoint = Checkpoint.open(expected.path())) {
            Checkpoint.Verification verified = checkpoint.verify(problems::add);
            assertThat(verified.problems()).isEqualTo(problems.size());
        }
        if (expected.missingShards().isEmpty()) {
            assertThat(problems).isEmpty();
        } else {
            assertThat(problems).isNotEmpty().allMatch(problem -> problem.kind() == ProblemKind.MISSING_FILE);
        }
    }
}
