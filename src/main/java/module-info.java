/** Reads, checks, edits and writes TensorFlow checkpoints, in pure Java. */
@SuppressWarnings("requires-automatic") // protobuf-java names its module in its manifest alone
module org.tfckpt {
    requires com.google.protobuf;
    requires java.logging;

    // Annotations: not needed at run time.
    requires static org.jspecify;

    // Needed to read safetensors files and to write reports, and by the command-line tool.
    requires static com.fasterxml.jackson.core;

    // The command-line tool alone needs these.
    requires static info.picocli;
    requires static org.apache.commons.io;

    exports org.tfckpt;
    exports org.tfckpt.edit;
    exports org.tfckpt.files;
    exports org.tfckpt.graph;
    exports org.tfckpt.objects;
    exports org.tfckpt.report;
    exports org.tfckpt.restore;
    exports org.tfckpt.slots;
    exports org.tfckpt.storage;
    exports org.tfckpt.storage.http;
    exports org.tfckpt.tensor;
    exports org.tfckpt.values;

    opens org.tfckpt.cli to
            info.picocli;

    // protobuf-java finds the accessors of fields by reflection.
    opens org.tfckpt.proto to
            com.google.protobuf;

    // File systems of buckets, for URIs like gs://bucket/model.
    uses java.nio.file.spi.FileSystemProvider;
}
