package org.tfckpt.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.tfckpt.testing.V1Builder.ints;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.tfckpt.Checkpoint;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.DataType;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.BundleBuilder;
import org.tfckpt.testing.Corpus;
import org.tfckpt.testing.V1Builder;

@DisplayName("Whatever a person has at hand leads to the checkpoint meant")
class CheckpointLocationTest {
    @TempDir
    Path directory;

    static Stream<Arguments> formsOfTheCorpus() {
        return Stream.of(
                Arguments.of(
                        "real/deepq-karpathy-v1/karpathy_game.ckpt", "V1", "real/deepq-karpathy-v1/karpathy_game.ckpt"),
                Arguments.of("real/deepq-karpathy-v1", "V1", "real/deepq-karpathy-v1/karpathy_game.ckpt"),
                Arguments.of("real/deepq-karpathy-v1/checkpoint", "V1", "real/deepq-karpathy-v1/karpathy_game.ckpt"),
                Arguments.of(
                        "real/gcp-flights-v1-sd/trained_model.sd", "V1", "real/gcp-flights-v1-sd/trained_model.sd"),
                Arguments.of("real/srcnn-v1", "V1", "real/srcnn-v1/SRCNN.model-2550000"),
                Arguments.of("real/srcnn-v1/SRCNN.model-2550000.meta", "V1", "real/srcnn-v1/SRCNN.model-2550000"),
                Arguments.of(
                        "real/tensorboard-v1-sharded",
                        "V1",
                        "real/tensorboard-v1-sharded/model.ckpt-3000-?????-of-00001"),
                Arguments.of(
                        "real/tensorboard-v1-sharded/model.ckpt-1000.meta",
                        "V1",
                        "real/tensorboard-v1-sharded/model.ckpt-1000-?????-of-?????"),
                Arguments.of(
                        "real/tf0-savedmodel-v1-vars/half_plus_two",
                        "V1",
                        "real/tf0-savedmodel-v1-vars/half_plus_two/variables/variables"),
                Arguments.of(
                        "real/tf0-savedmodel-v1-vars/half_plus_two/variables",
                        "V1",
                        "real/tf0-savedmodel-v1-vars/half_plus_two/variables/variables"),
                Arguments.of(
                        "real/tf0-savedmodel-v1-vars/half_plus_two_sharded",
                        "V1",
                        "real/tf0-savedmodel-v1-vars/half_plus_two_sharded/variables/variables-?????-of-?????"),
                Arguments.of(
                        "real/serving-session-bundle-v1", "V1", "real/serving-session-bundle-v1/export-?????-of-?????"),
                Arguments.of(
                        "real/mediapipe-calculators-v1-int32/bundle/00000000",
                        "V1",
                        "real/mediapipe-calculators-v1-int32/bundle/00000000/export-?????-of-00001"),
                Arguments.of("real/gcp-dot-index-prefix", "V2", "real/gcp-dot-index-prefix/"),
                Arguments.of("real/gcp-dot-index-prefix/.index", "V2", "real/gcp-dot-index-prefix/"),
                Arguments.of("golden/tf218-v2-sharded/ckpt.data-00001-of-00003", "V2", "golden/tf218-v2-sharded/ckpt"),
                Arguments.of("golden/tf218-v2-sharded/ckpt.data-00009-of-00010", "V2", "golden/tf218-v2-sharded/ckpt"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("formsOfTheCorpus")
    void formsOfTheCorpus(String path, String format, String prefix) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(Corpus.root().resolve(path))) {
            assertThat(checkpoint.format()).isEqualTo(format);
            assertThat(checkpoint.prefix()).isEqualTo(Corpus.root() + "/" + prefix);
            assertThat(checkpoint.tensors()).isNotEmpty();
        }
    }

    private V1Builder v1() {
        return new V1Builder().tensor("v", DataType.DT_INT32, new long[0], ints(7));
    }

    @ParameterizedTest
    @ValueSource(strings = {"m", "m.index", "m.meta", "m.data-00000-of-00001", "checkpoint"})
    @DisplayName("A V1 file may be called anything")
    void aV1FileMayBeCalledAnything(String name) throws Exception {
        try (Checkpoint checkpoint = Checkpoint.open(v1().write(directory.resolve(name)))) {
            assertThat(checkpoint.format()).isEqualTo("V1");
            assertThat(checkpoint.tensor("v").toIntArray()).containsExactly(7);
        }
    }

    @Test
    void wherePrefixAndV1FileShareANameThePrefixIsMeant() throws Exception {
        new BundleBuilder().floats("v", 1).write(directory.resolve("m"));
        try (Checkpoint checkpoint = Checkpoint.open(v1().write(directory.resolve("m")))) {
            assertThat(checkpoint.format()).isEqualTo("V2");
        }
    }

    @Test
    @DisplayName("CR-05: an index is its checkpoint; under another name it is told apart from an empty V1 file")
    void indexUnderAnotherName() throws Exception {
        Path prefix = new BundleBuilder().floats("v", 1).write(directory.resolve("m"));
        try (Checkpoint checkpoint = Checkpoint.open(directory.resolve("m.index"))) {
            assertThat(checkpoint.prefix()).isEqualTo(prefix.toString());
        }
        Path renamed = Files.copy(directory.resolve("m.index"), directory.resolve("renamed"));
        assertThatThrownBy(() -> Checkpoint.open(renamed))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("it must be called PREFIX.index");
    }

    @Test
    @DisplayName("CR-06: a wildcard that matches an index")
    void wildcardOverV2() {
        new BundleBuilder().floats("v", 1).write(directory.resolve("model"));
        assertThatThrownBy(() -> Checkpoint.open(directory.resolve("mo*")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("mo*.index; No such file or directory")
                .hasMessageContaining("open '" + directory.resolve("model") + "'");
    }

    @Test
    void theStateFileMayHaveAnotherName() throws Exception {
        v1().write(directory.resolve("m-3"));
        Path state = Files.writeString(directory.resolve("latest"), "model_checkpoint_path: \"m-3\"\n");
        try (Checkpoint checkpoint = Checkpoint.open(state)) {
            assertThat(checkpoint.prefix()).endsWith("m-3");
        }
    }

    @Test
    @DisplayName("CK-15: a state file whose latest is gone")
    void latestIsGone() throws Exception {
        v1().write(directory.resolve("m-00000-of-00001"));
        Files.writeString(directory.resolve("checkpoint"), "model_checkpoint_path: \"m-4-?????-of-00002\"\n");
        assertThatThrownBy(() -> Checkpoint.open(directory))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("Couldn't match files for checkpoint " + directory.resolve("m-4-?????-of-00002"))
                .hasMessageContaining("m-?????-of-00001");
    }

    @Test
    void filesWithoutTheirIndexAreToldApartFromV1() throws Exception {
        new BundleBuilder().floats("v", 1).write(directory.resolve("m"));
        Files.delete(directory.resolve("m.index"));
        assertThatThrownBy(() -> Checkpoint.open(directory.resolve("m.data-00000-of-00001")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("m.index; No such file or directory")
                .hasMessageContaining("whose index is missing");
    }

    @Test
    void aDamagedV1FileIsSaidToBeDamaged() throws Exception {
        byte[] bytes = v1().toBytes();
        bytes[3] ^= 1;
        Path file = Files.write(directory.resolve("m"), bytes);
        assertThatThrownBy(() -> Checkpoint.open(file))
                .isInstanceOf(DataLossException.class)
                .hasMessageContaining("block checksum mismatch");
    }

    @Test
    void patternsMatchAsFnmatchDoes() {
        for (List<String> match : List.of(
                List.of("*", ""),
                List.of("a*b*c", "aXbYbZc"),
                List.of("m-?????-of-00002", "m-00001-of-00002"),
                List.of("[a-c]x", "bx"),
                List.of("[!a-c]x", "dx"),
                List.of("[^a]", "b"),
                List.of("[]]", "]"),
                List.of("[a-]", "-"),
                List.of("[", "["),
                List.of("a{b}.", "a{b}."))) {
            assertThat(new FileGlob(match.get(0)).matches(match.get(1)))
                    .as(match.toString())
                    .isTrue();
        }
        for (List<String> other : List.of(
                List.of("a", "b"),
                List.of("a*b", "ac"),
                List.of("m-?????-of-00002", "m-000001-of-00002"),
                List.of("[a-c]x", "dx"),
                List.of("[!a-c]x", "bx"),
                List.of("a.b", "aXb"),
                List.of("", "a"))) {
            assertThat(new FileGlob(other.get(0)).matches(other.get(1)))
                    .as(other.toString())
                    .isFalse();
        }
        assertThat(new FileGlob("*a".repeat(100) + "b").matches("a".repeat(250)))
                .isFalse();
    }
}
