package org.tfckpt.spark;

import java.util.EnumSet;
import java.util.Set;
import org.apache.spark.sql.connector.catalog.SupportsRead;
import org.apache.spark.sql.connector.catalog.TableCapability;
import org.apache.spark.sql.connector.read.ScanBuilder;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.util.CaseInsensitiveStringMap;

/** A table of an archive. */
final class CheckpointTable implements SupportsRead {
    private final SourceOptions options;

    CheckpointTable(SourceOptions options) {
        this.options = options;
    }

    @Override
    public String name() {
        return "tfckpt " + options.table() + " of " + String.join(", ", options.paths());
    }

    @Override
    @SuppressWarnings("deprecation") // columns() calls it
    public StructType schema() {
        return options.table().schema();
    }

    @Override
    public Set<TableCapability> capabilities() {
        return EnumSet.of(TableCapability.BATCH_READ);
    }

    @Override
    public ScanBuilder newScanBuilder(CaseInsensitiveStringMap ignored) {
        return new CheckpointScanBuilder(options);
    }
}
