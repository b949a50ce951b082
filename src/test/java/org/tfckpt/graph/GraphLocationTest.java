package org.tfckpt.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.common.jimfs.Configuration;
import com.google.common.jimfs.Jimfs;
import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.tfckpt.proto.DataType;
import org.tfckpt.proto.MetaGraphDef;
import org.tfckpt.proto.SavedModel;
import org.tfckpt.tensor.CheckpointException;
import org.tfckpt.tensor.DataLossException;
import org.tfckpt.tensor.UnsupportedFormatException;
import org.tfckpt.testing.Corpus;

class GraphLocationTest {
    @TempDir
    Path temporary;

    @ParameterizedTest
    @CsvSource({
        "story/log/model.ckpt-122543.meta, story/log/model.ckpt-122543.meta, MetaGraphDef",
        "story/log/model.ckpt-122543, story/log/model.ckpt-122543.meta, MetaGraphDef",
        "story/log/model.ckpt-122543.index, story/log/model.ckpt-122543.meta, MetaGraphDef",
        "story/log/model.ckpt-122543.data-00000-of-00001, story/log/model.ckpt-122543.meta, MetaGraphDef",
        "story/log, story/log/model.ckpt-122543.meta, MetaGraphDef",
        "story/log/checkpoint, story/log/model.ckpt-122543.meta, MetaGraphDef",
        "story/log/model.ckpt-100000, story/log/model.ckpt-100000, checkpoint",
        "story/log/model.ckpt-100000.index, story/log/model.ckpt-100000, checkpoint",
        "story/tf2, story/tf2/ckpt-1, checkpoint",
        "story/tf2/checkpoint, story/tf2/ckpt-1, checkpoint",
        "story/tf2/ckpt-1.data-00000-of-00001, story/tf2/ckpt-1, checkpoint",
        "golden/tf115-v1-dtypes/model.ckpt, golden/tf115-v1-dtypes/model.ckpt, checkpoint",
        "golden/tf115-v1-sharded/model.ckpt-?????-of-00002, golden/tf115-v1-sharded/model.ckpt-?????-of-00002, checkpoint",
        "real/mlnet-mnist-lr/variables, real/mlnet-mnist-lr/variables/variables, checkpoint",
        // V1: the checkpoint is a file of the prefix's name, or files of a pattern.
        "real/srcnn-v1/SRCNN.model-2550000, real/srcnn-v1/SRCNN.model-2550000.meta, MetaGraphDef",
        "real/tensorboard-v1-sharded/model.ckpt-1-00000-of-00001, real/tensorboard-v1-sharded/model.ckpt-1.meta, MetaGraphDef",
        "real/tensorboard-v1-sharded/model.ckpt-1-?????-of-00001, real/tensorboard-v1-sharded/model.ckpt-1.meta, MetaGraphDef",
        "real/tensorboard-v1-sharded/model.ckpt-1, real/tensorboard-v1-sharded/model.ckpt-1.meta, MetaGraphDef",
        "real/mlnet-mnist-lr, real/mlnet-mnist-lr/saved_model.pb, SavedModel",
        "real/mlnet-mnist-lr/saved_model.pb, real/mlnet-mnist-lr/saved_model.pb, SavedModel",
        "real/vespa-modelb, real/vespa-modelb/saved_model.pbtxt, SavedModel",
        "real/tensorflex-iris/graphdef.pb, real/tensorflex-iris/graphdef.pb, GraphDef",
        "real/tensorflex-iris/graph.pbtxt, real/tensorflex-iris/graph.pbtxt, GraphDef"
    })
    void everyFormOfAGraph(String path, String file, String kind) throws IOException {
        Graph graph = Graph.open(Corpus.root().resolve(path));
        assertThat(graph.file()).isEqualTo(Corpus.root().resolve(file));
        assertThat(graph.kind()).hasToString(kind);
        boolean beside = graph.kind() == GraphKind.META_GRAPH_DEF && !path.equals(file);
        assertThat(graph.notes())
                .isEqualTo(beside ? List.of("the graph of the checkpoint is '" + graph.file() + "'") : List.of());
    }

    private static MetaGraphDef metaGraph() {
        return new GraphBuilder()
                .variable("v", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape(3))
                .metaGraph();
    }

    @Test
    void theContentDecidesNotTheName() throws IOException {
        MetaGraphDef meta = metaGraph();
        String[] names = {"x.pb", "x.pbtxt", "x.meta", "saved_model.pb", "x"};
        for (String name : names) {
            Path file = temporary.resolve(name);
            SavedModel model = SavedModel.newBuilder()
                    .setSavedModelSchemaVersion(1)
                    .addMetaGraphs(meta)
                    .build();
            Map<GraphKind, Message> messages = Map.of(
                    GraphKind.GRAPH_DEF, meta.getGraphDef(),
                    GraphKind.META_GRAPH_DEF, meta,
                    GraphKind.SAVED_MODEL, model);
            for (Map.Entry<GraphKind, Message> message : messages.entrySet()) {
                Files.write(file, message.getValue().toByteArray());
                assertThat(Graph.open(file).kind()).isEqualTo(message.getKey());
                Files.writeString(file, TextFormat.printer().printToString(message.getValue()));
                assertThat(Graph.open(file).kind()).isEqualTo(message.getKey());
                assertThat(Graph.open(file).variables()).hasToString("[v:0 DT_FLOAT [3]]");
            }
        }
    }

    @Test
    void aMetaGraphThatSaysNothingOfItselfAndASavedModelWithoutItsVersion() throws IOException {
        MetaGraphDef bare = metaGraph().toBuilder().clearMetaInfoDef().build();
        assertThat(GraphBuilder.read(bare, temporary).kind()).isEqualTo(GraphKind.META_GRAPH_DEF);
        SavedModel model = SavedModel.newBuilder().addMetaGraphs(metaGraph()).build();
        assertThat(GraphBuilder.read(model, temporary).kind()).isEqualTo(GraphKind.SAVED_MODEL);
        // Two pieces of a message make up one.
        byte[] bytes = metaGraph().toByteArray();
        byte[] twice = java.util.Arrays.copyOf(bytes, bytes.length * 2);
        MetaGraphDef other = new GraphBuilder()
                .variable("w", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape(3))
                .metaGraph();
        System.arraycopy(other.toByteArray(), 0, twice, bytes.length, bytes.length);
        assertThat(GraphBuilder.read(twice, temporary).variables().names()).containsExactly("v", "w");
    }

    @Test
    void tagsChooseAGraphOfASavedModel() throws IOException {
        MetaGraphDef.Builder serve = metaGraph().toBuilder();
        serve.getMetaInfoDefBuilder().addTags("serve");
        MetaGraphDef.Builder train = new GraphBuilder()
                .variable("w", "VarHandleOp", DataType.DT_FLOAT, GraphBuilder.shape(3)).metaGraph().toBuilder();
        train.getMetaInfoDefBuilder().addTags("train").addTags("gpu");
        Path file = Files.write(
                temporary.resolve("saved_model.pb"),
                SavedModel.newBuilder()
                        .setSavedModelSchemaVersion(1)
                        .addMetaGraphs(serve)
                        .addMetaGraphs(train)
                        .build()
                        .toByteArray());
        assertThat(Graph.open(temporary, Set.of("serve")).variables().names()).containsExactly("v");
        assertThat(Graph.open(file, Set.of("gpu", "train")).variables().names()).containsExactly("w");
        assertThat(Graph.open(file, Set.of("gpu", "train")).tags()).containsExactlyInAnyOrder("train", "gpu");
        assertThatThrownBy(() -> Graph.open(temporary))
                .isInstanceOf(UnsupportedFormatException.class)
                .hasMessageContaining("the SavedModel contains 2 graphs")
                .hasMessageContaining("choose one by its tags: {serve}, {train,gpu}");
        assertThatThrownBy(() -> Graph.open(temporary, Set.of("train")))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("the file contains no graph with the tags {train}")
                .hasMessageContaining("tags of its graphs: {serve}, {train,gpu}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "story/log/model.ckpt-122534 | there is '*story/log/model.ckpt-122543.meta'",
                "story/log/model.ckpt-100000.meta | the checkpoint '*story/log/model.ckpt-100000' has no graph beside it",
                "real/jobvector-sm/keras_metadata.pb | the SavedModel is '*real/jobvector-sm'",
                "real/jobvector-sm/fingerprint.pb | the SavedModel is '*real/jobvector-sm'",
                "real/tf-half-plus-two/half_plus_two | there is '*real/tf-half-plus-two/half_plus_two/00000123'"
            })
    void theWrongOneIsAnsweredWithTheRightOne(String path, String answer) {
        String[] pieces = answer.split("\\*");
        assertThatThrownBy(() -> Graph.open(Corpus.root().resolve(path)))
                .isInstanceOf(CheckpointException.class)
                .isNotInstanceOf(DataLossException.class)
                .satisfies(e -> assertThat(e.getMessage()).contains(pieces));
    }

    @Test
    void nothingThere() {
        assertThatThrownBy(() -> Graph.open(temporary.resolve("model.meta")))
                .isInstanceOf(CheckpointException.class)
                .hasMessage("no graph found at '" + temporary.resolve("model.meta") + "' (TensorFlow: \""
                        + temporary.resolve("model.meta")
                        + "; No such file or directory\"); give a '.meta' file, a SavedModel directory or a GraphDef");
        assertThatThrownBy(() -> Graph.open(temporary))
                .isInstanceOf(CheckpointException.class)
                .hasMessageContaining("contains no saved_model.pb or saved_model.pbtxt");
    }

    @Test
    void anyFileSystemWillDo() throws IOException {
        try (FileSystem memory = Jimfs.newFileSystem(Configuration.unix())) {
            Path directory = Files.createDirectory(memory.getPath("/model"));
            Files.write(directory.resolve("ckpt-1.meta"), metaGraph().toByteArray());
            Files.createFile(directory.resolve("ckpt-2.index"));
            assertThat(Graph.open(directory.resolve("ckpt-1")).variables().names())
                    .containsExactly("v");
            assertThatThrownBy(() -> Graph.open(directory.resolve("ckpt-2")))
                    .isInstanceOf(DataLossException.class)
                    .hasMessageContaining("the file is empty")
                    .hasMessageContaining("/model/ckpt-2.index");
        }
    }

    @Test
    void unknownFieldsOfATextAreSkippedWithoutAWarning() throws IOException {
        Logger logger = Logger.getLogger("com.google.protobuf");
        Handler unexpected = new Handler() {
            @Override
            public void publish(LogRecord logged) {
                throw new AssertionError(logged.getMessage());
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        logger.addHandler(unexpected);
        try {
            String text = "new_field { a: 1 } " + TextFormat.printer().printToString(metaGraph());
            Path file = Files.writeString(temporary.resolve("graph"), "meta_info_def { any_info { b: 1 } } " + text);
            assertThat(Graph.open(file).variables().names()).containsExactly("v");
        } finally {
            logger.removeHandler(unexpected);
        }
    }

    @Test
    void aSavedModelInChunksIsNotRead() throws IOException {
        Files.createFile(temporary.resolve("saved_model.cpb"));
        assertThatThrownBy(() -> Graph.open(temporary)).isInstanceOf(UnsupportedFormatException.class);
    }
}
